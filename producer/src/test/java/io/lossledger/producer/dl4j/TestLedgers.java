package io.lossledger.producer.dl4j;

import io.lossledger.producer.publish.TestPublishers;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Model;

/** Ledgers without Kafka for tests outside this package. */
public final class TestLedgers {
    private TestLedgers() {}

    /**
     * Attaches a ledger that keeps everything in memory.
     *
     * @param evaluator told what evaluates
     */
    public static LossLedger attach(LedgerBuilder builder, Model network, Consumer<String> evaluator) {
        return builder.attach(network, run -> {
            evaluator.accept(run.manifest().getEvaluator());
            return TestPublishers.intoTheVoid(run.layout());
        });
    }
}
