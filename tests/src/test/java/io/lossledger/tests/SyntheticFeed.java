package io.lossledger.tests;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lossledger.protocol.v1.Update;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Several synthetic runs side by side, with all that can befall them: chunks that come twice, chunks that never come, records
 * that are no updates. The same seed sends the same records in the same order.
 */
final class SyntheticFeed {
    private final List<SyntheticRun> runs = new ArrayList<>();
    private final Random random;
    private final long startMillis;
    private int next;

    /** @param startMillis time of the first step; not so old that a topic drops it */
    SyntheticFeed(long seed, int count, long startMillis) {
        random = new Random(seed);
        this.startMillis = startMillis;
        for (int run = 0; run < count; run++) {
            runs.add(new SyntheticRun("run-" + run, 1 + run % 4, 12, seed + run, startMillis));
        }
    }

    Set<String> names() {
        return runs.stream().map(SyntheticRun::name).collect(Collectors.toSet());
    }

    /** The step after the last one sent. */
    int next() {
        return next;
    }

    /** Sends the next step of every run. */
    void step(RawProducer producer) {
        for (SyntheticRun run : runs) {
            List<Update> chunks = new ArrayList<>(run.step(next));
            int kind = random.nextInt(40);
            if (kind == 0) {
                chunks.remove(random.nextInt(chunks.size()));
            } else if (kind == 1) {
                chunks.add(chunks.get(random.nextInt(chunks.size())));
            } else if (kind == 2) {
                producer.send(("poison-" + run.name()).getBytes(UTF_8), ("no update " + next).getBytes(UTF_8), time());
            }
            producer.send(chunks, run.timeMillis(next));
        }
        next++;
    }

    /** Ends every run. */
    void end(RawProducer producer) {
        for (SyntheticRun run : runs) {
            producer.send(run.end(next), run.timeMillis(next));
        }
        producer.flush();
    }

    private long time() {
        return startMillis + 1_000L * next;
    }
}
