package io.lossledger.producer.dl4j;

import io.lossledger.producer.LedgerRecorder;
import io.lossledger.producer.ProducerMetrics;
import io.lossledger.producer.evaluate.EvaluationPool;
import io.lossledger.producer.evaluate.EvaluatorChoice;
import io.lossledger.producer.measure.MeasureTiming;
import io.lossledger.producer.publish.PublishReport;
import io.lossledger.protocol.v1.RunStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;

/**
 * The ledger of one training run, attached to a DL4J network:
 *
 * <pre>{@code
 * try (LossLedger ledger = LossLedger.to("localhost:9092").run("my-run").train(trainSet).attach(network)) {
 *     network.fit(iterator, epochs); // your training, untouched
 *     ledger.finish();
 * }
 * }</pre>
 *
 * <p>Every optimizer step of the network is measured and sent, on the ledger's own threads, or recorded ({@link
 * LedgerBuilder#record()}) to be measured elsewhere. When it is recorded, or measured with one BLAS thread ({@code OMP_NUM_THREADS=1})
 * or with DL4J's layers as evaluator ({@link EvaluatorChoice#DL4J}), training is the same, to the bit, with and without the
 * ledger. In all other cases the ledger limits BLAS to one thread while it is attached, so BLAS rounds its products differently.
 *
 * <p>A ledger that is closed without {@link #finish} ends its run as interrupted. So does one that is open when the JVM
 * shuts down, for example on Ctrl-C or TERM, with its last complete step ({@link LedgerBuilder#endAtShutdown}).
 *
 * <p>For the training thread, except {@link #report}.
 */
public final class LossLedger implements AutoCloseable {
    private final Model network;
    private final LedgerListener listener;
    private final LedgerRecorder recorder;
    private final ProducerMetrics metrics;
    private final Optional<EvaluationPool> pool;
    private final Optional<ShutdownHook> hook;
    private boolean ended;

    LossLedger(
            Model network,
            LedgerListener listener,
            LedgerRecorder recorder,
            ProducerMetrics metrics,
            Optional<EvaluationPool> pool,
            boolean endAtShutdown) {
        this.network = network;
        this.listener = listener;
        this.recorder = recorder;
        this.metrics = metrics;
        this.pool = pool;
        network.addListeners(listener);
        hook = endAtShutdown ? Optional.of(ShutdownHook.add(this::interrupt)) : Optional.empty();
    }

    /**
     * Starts the description of a ledger in the Kafka at {@code bootstrapServers}, whose topics must exist ({@code
     * lossledger topics --create}).
     */
    public static LedgerBuilder to(String bootstrapServers) {
        return new LedgerBuilder(Map.of("bootstrap.servers", bootstrapServers));
    }

    /**
     * The same with any settings of a Kafka producer, such as security; they must include {@code bootstrap.servers}.
     */
    public static LedgerBuilder to(Map<String, Object> kafka) {
        return new LedgerBuilder(kafka);
    }

    /** Ends the run as finished; returns when everything is measured and sent. */
    public PublishReport finish() {
        return finish(RunStatus.RUN_STATUS_FINISHED, "");
    }

    /**
     * Ends the run.
     *
     * @param failure why the run failed, one line; empty when it did not
     */
    public synchronized PublishReport finish(RunStatus outcome, String failure) {
        if (!ended) {
            ended = true;
            detach();
            return listener.finish(outcome, failure);
        }
        return report();
    }

    private synchronized void interrupt() {
        if (!ended) {
            ended = true;
            listener.interrupt();
        }
    }

    /** What has happened to the steps so far. May be called from any thread. */
    public PublishReport report() {
        return recorder.report();
    }

    /** What the gradients have cost so far. */
    public MeasureTiming timing() {
        return recorder.timing();
    }

    /** The nanoseconds that training has waited for measuring to keep up. */
    public long waitedNanos() {
        return recorder.waitedNanos();
    }

    @Override
    public void close() {
        try {
            finish(RunStatus.RUN_STATUS_INTERRUPTED, "");
        } finally {
            hook.ifPresent(ShutdownHook::remove);
            metrics.close();
            try {
                recorder.close();
            } finally {
                pool.ifPresent(EvaluationPool::close);
            }
        }
    }

    private void detach() {
        if (network instanceof ComputationGraph graph) {
            List<TrainingListener> others = new ArrayList<>(graph.getListeners());
            others.remove(listener);
            graph.setListeners(others);
        } else if (network instanceof MultiLayerNetwork layers) {
            List<TrainingListener> others = new ArrayList<>(layers.getListeners());
            others.remove(listener);
            layers.setListeners(others);
        }
    }
}
