package io.lossledger.producer.evaluate;

import java.util.List;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** The minibatches of an iterator, each cut into halves. Not thread-safe. */
final class IteratorSource implements SampleSource {
    private final DataSetIterator iterator;
    private final int examples;

    IteratorSource(DataSetIterator iterator, int examples) {
        if (iterator.batch() < 2 || iterator.batch() % 2 != 0) {
            throw new IllegalArgumentException("sampled objective: minibatches must have an even number of examples."
                    + " Found: " + iterator.batch());
        }
        this.iterator = iterator;
        this.examples = examples;
    }

    @Override
    public int examples() {
        return examples;
    }

    @Override
    public int sampleExamples() {
        return iterator.batch();
    }

    @Override
    public List<DataSet> draw() {
        DataSet batch = nextFull();
        int half = batch.numExamples() / 2;
        return List.of((DataSet) batch.getRange(0, half), (DataSet) batch.getRange(half, batch.numExamples()));
    }

    /** The last minibatch of an epoch may be short; it is then skipped. */
    private DataSet nextFull() {
        if (!iterator.hasNext()) {
            iterator.reset();
        }
        DataSet batch = iterator.next();
        if (batch.numExamples() == iterator.batch()) {
            return batch;
        }
        iterator.reset();
        batch = iterator.next();
        if (batch.numExamples() != iterator.batch()) {
            throw new IllegalArgumentException(
                    "sampled objective: minibatches must have as many examples as their iterator says." + " Found: "
                            + batch.numExamples() + " of " + iterator.batch());
        }
        return batch;
    }
}
