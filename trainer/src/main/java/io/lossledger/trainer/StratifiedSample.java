package io.lossledger.trainer;

import io.lossledger.trainer.data.ImageSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/** Draws a part of a data set with every class in the proportion of the whole. Stateless. */
public final class StratifiedSample {
    private StratifiedSample() {}

    /**
     * Draws without replacement. Each class gets its share of {@code size}, rounded down; the rest goes to the classes
     * with the largest remainders.
     *
     * @param size requested images; 0 or the size of the set: all
     * @return indices in ascending order
     */
    public static int[] of(ImageSet images, int size, long seed) {
        int wanted = size == 0 ? images.size() : Math.min(size, images.size());
        List<List<Integer>> byClass = new ArrayList<>();
        for (int label = 0; label < images.classes(); label++) {
            byClass.add(new ArrayList<>());
        }
        for (int index = 0; index < images.size(); index++) {
            byClass.get(images.label(index)).add(index);
        }
        int[] quota = quota(byClass, wanted, images.size());
        SplittableRandom random = new SplittableRandom(seed);
        int[] sample = new int[wanted];
        int next = 0;
        for (int label = 0; label < quota.length; label++) {
            List<Integer> members = byClass.get(label);
            for (int drawn = 0; drawn < quota[label]; drawn++) {
                int other = drawn + random.nextInt(members.size() - drawn);
                sample[next++] = members.get(other);
                members.set(other, members.get(drawn));
            }
        }
        Arrays.sort(sample);
        return sample;
    }

    private static int[] quota(List<List<Integer>> byClass, int wanted, int total) {
        int[] quota = new int[byClass.size()];
        List<Integer> byRemainder = new ArrayList<>();
        int given = 0;
        for (int label = 0; label < quota.length; label++) {
            quota[label] = (int) ((long) wanted * byClass.get(label).size() / total);
            given += quota[label];
            byRemainder.add(label);
        }
        byRemainder.sort(Comparator.comparingLong(
                label -> -((long) wanted * byClass.get(label).size() % total)));
        for (int i = 0; i < wanted - given; i++) {
            quota[byRemainder.get(i)]++;
        }
        return quota;
    }
}
