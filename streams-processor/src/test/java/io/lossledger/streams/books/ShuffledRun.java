package io.lossledger.streams.books;

import io.lossledger.protocol.v1.SegmentLost;
import io.lossledger.protocol.v1.Update;
import io.lossledger.streams.topology.Updates;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A random run of single steps and chords, some of which are lost, and the orders in which its records may come. */
public final class ShuffledRun {
    private static final double LOST = 0.1;
    private static final double REPEATED = 0.1;
    private static final int LONGEST = 4;

    private final String name;
    private final int steps;
    private final List<Update> measured = new ArrayList<>();
    private final List<Update> lost = new ArrayList<>();

    /** @param steps the least number of steps */
    public ShuffledRun(String name, int steps, Random random) {
        this.name = name;
        int next = 0;
        while (next < steps) {
            int covered = random.nextBoolean() ? 1 : 1 + random.nextInt(LONGEST);
            next += covered;
            if (random.nextDouble() < LOST) {
                lost.add(lost(name, next - 1, covered));
            } else {
                for (Update chunk : Updates.step(name, next - 1, random.nextGaussian())) {
                    measured.add(chunk.toBuilder().setStepsCovered(covered).build());
                }
            }
        }
        this.steps = next;
    }

    /** The step after the last one. */
    public int steps() {
        return steps;
    }

    /** A segment that is lost. */
    public static Update lost(String run, int step, int covered) {
        return Updates.end(run, step)[0].toBuilder()
                .setStepsCovered(covered)
                .setAnyOrder(true)
                .setLost(SegmentLost.newBuilder().setReason("the worker ran out of memory"))
                .build();
    }

    /** The record of a run whose steps come in any order. */
    public static Update anyOrder(Update update) {
        return update.toBuilder().setAnyOrder(true).build();
    }

    /** The records as a producer sends them that measures during the training: steps that are lost are not sent. */
    public List<Update> inOrder() {
        List<Update> records = new ArrayList<>(measured);
        records.addAll(List.of(Updates.end(name, steps)));
        return records;
    }

    /**
     * The records as workers send them: each at most so many places before or after its own, and some of them twice.
     *
     * @param distance 0: in order
     */
    public List<Update> shuffled(int distance, Random random) {
        List<Update> records = new ArrayList<>(measured);
        records.addAll(lost);
        records.sort(Comparator.comparingInt(Update::getStep));
        records.addAll(List.of(Updates.end(name, steps)));
        for (int i = records.size() - 1; i >= 0; i--) {
            if (random.nextDouble() < REPEATED) {
                records.add(i, records.get(i));
            }
        }
        Map<Integer, Double> places = new HashMap<>();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            places.put(i, i + distance * random.nextDouble());
            order.add(i);
        }
        order.sort(Comparator.comparingDouble(places::get));
        return order.stream().map(records::get).map(ShuffledRun::anyOrder).toList();
    }
}
