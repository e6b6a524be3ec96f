package io.lossledger.trainer.data;

/** Classifies an image by the nearest mean image of a class: what is learned without any training. */
final class NearestCentroid {

    private NearestCentroid() {}

    static double accuracy(ImageSplit split) {
        float[][] centroids = centroids(split.train());
        ImageSet validation = split.validation();
        float[] image = new float[validation.pixelsPerImage()];
        int right = 0;
        for (int i = 0; i < validation.size(); i++) {
            validation.copyPixels(i, image, 0);
            right += nearest(centroids, image) == validation.label(i) ? 1 : 0;
        }
        return (double) right / validation.size();
    }

    static float[][] centroids(ImageSet set) {
        float[][] centroids = new float[set.classes()][set.pixelsPerImage()];
        int[] counts = new int[set.classes()];
        for (int i = 0; i < set.size(); i++) {
            counts[set.label(i)]++;
        }
        float[] image = new float[set.pixelsPerImage()];
        for (int i = 0; i < set.size(); i++) {
            set.copyPixels(i, image, 0);
            float[] centroid = centroids[set.label(i)];
            for (int j = 0; j < image.length; j++) {
                centroid[j] += image[j] / counts[set.label(i)];
            }
        }
        return centroids;
    }

    static double squaredDistance(float[] a, float[] b) {
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            double difference = a[j] - b[j];
            sum += difference * difference;
        }
        return sum;
    }

    private static int nearest(float[][] centroids, float[] image) {
        int best = 0;
        for (int digit = 1; digit < centroids.length; digit++) {
            if (squaredDistance(centroids[digit], image) < squaredDistance(centroids[best], image)) {
                best = digit;
            }
        }
        return best;
    }
}
