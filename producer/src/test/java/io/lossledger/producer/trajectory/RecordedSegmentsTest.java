package io.lossledger.producer.trajectory;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.lossledger.producer.publish.LedgerPublisher;
import io.lossledger.producer.publish.PublishReport;
import io.lossledger.producer.publish.SkipReason;
import io.lossledger.producer.publish.TestPublishers;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.ModelLayout;
import io.lossledger.producer.step.TensorLayout;
import io.lossledger.producer.step.TrainedSegment;
import io.lossledger.producer.trajectory.ReadBlocks.Block;
import io.lossledger.producer.trajectory.ReadBlocks.Whole;
import io.lossledger.protocol.PointKey;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.ParameterRole;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.StepFacts;
import io.lossledger.protocol.v1.TrajectoryManifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** What of a training the blocks cover, whatever is lost on the way. */
class RecordedSegmentsTest {
    private static final int PARAMETERS = 600;
    private static final int PARTITIONS = 5;
    private static final int TRAININGS = 300;

    private final ModelLayout layout = new ModelLayout(
            PARAMETERS,
            List.of(new TensorLayout("0_W", "fc", 0, ParameterRole.PARAMETER_ROLE_WEIGHT, 0, PARAMETERS, 1, 0)));

    @Test
    void repeatsThePointBetweenTwoBlocksAndEndsEach() {
        Training training = new Training(0, 0, 4, 1);
        for (int step = 0; step < 10; step++) {
            training.step();
        }
        PublishReport report = training.finish();

        Map<Integer, Block> blocks = ReadBlocks.of(training.kafka.history());
        assertThat(steps(blocks, 0)).containsExactly(0, 1, 2, 3, 4);
        assertThat(steps(blocks, 1)).containsExactly(4, 5, 6, 7, 8);
        assertThat(steps(blocks, 2)).containsExactly(8, 9, 10);
        assertThat(blocks.values()).extracting(block -> block.end().getStep()).containsExactly(4, 8, 10);
        assertThat(blocks.values())
                .flatExtracting(Block::points)
                .extracting(point -> point.first().getPath())
                .containsOnly(0);
        assertThat(report.steps()).isEqualTo(10);
        assertThat(report.skippedSteps()).isZero();
    }

    @Test
    void aRunWithoutAStepHasNoBlock() {
        Training training = new Training(0, 7, 4, 1);
        training.finish();

        assertThat(ReadBlocks.of(training.kafka.history())).isEmpty();
    }

    @Test
    void aPointThatIsNotSentLengthensTheNextSegment() {
        Training training = new Training(0, 0, 4, 1);
        training.step();
        training.lost = true;
        training.step();
        training.lost = false;
        training.kafka.refusals = 1;
        training.step(); // neither is the one that ends the segment that was lost
        training.kafka.refusals = 0;
        training.step();
        PublishReport report = training.finish();

        assertThat(steps(ReadBlocks.of(training.kafka.history()), 0)).containsExactly(0, 1, 4);
        assertThat(report.skippedSteps()).isZero();
    }

    @Test
    void thePointBetweenTwoBlocksIsSentToBothWhenKafkaIsBack() {
        Training training = new Training(0, 0, 4, 1);
        for (int step = 0; step < 6; step++) {
            training.kafka.refusals = step == 3 ? 1 : 0;
            training.step();
        }
        PublishReport report = training.finish();

        Map<Integer, Block> blocks = ReadBlocks.of(training.kafka.history());
        assertThat(steps(blocks, 0)).containsExactly(0, 1, 2, 3, 4);
        assertThat(steps(blocks, 1)).containsExactly(4, 5, 6);
        assertThat(training.covered(blocks)).isEqualTo(6);
        assertThat(report.skippedSteps()).isZero();
    }

    @Test
    void endsABlockOfWhichNothingCouldBeSent() {
        Training training = new Training(0, 0, 4, 1);
        for (int step = 0; step < 10; step++) {
            training.kafka.refusals = step >= 4 && step < 8 ? 1 : 0;
            training.step();
        }
        PublishReport report = training.finish();

        Map<Integer, Block> blocks = ReadBlocks.of(training.kafka.history());
        assertThat(steps(blocks, 1)).isEmpty();
        assertThat(steps(blocks, 2)).containsExactly(8, 9, 10);
        assertThat(report.skipped(SkipReason.KAFKA_AWAY)).isEqualTo(4);
    }

    /**
     * Refusals by Kafka, a full queue, steps without the listener and parameters set from outside, at random: the blocks cover
     * exactly the steps that are not counted as skipped, by points that the training went through.
     */
    @Test
    void countsExactlyTheStepsThatNoSegmentCovers() {
        int skipped = 0;
        int lengthened = 0;
        for (int seed = 0; seed < TRAININGS; seed++) {
            Random random = new Random(seed);
            int every = 1 + random.nextInt(3);
            Training training = new Training(seed, random.nextInt(2) * 5, every * (2 + random.nextInt(4)), every);
            training.kafka.refusals = random.nextInt(3) * 0.2;
            double losses = random.nextInt(3) * 0.15;
            int events = random.nextInt(60);
            for (int event = 0; event < events; event++) {
                double what = random.nextDouble();
                if (what < 0.05) {
                    training.setParameters();
                } else if (what < 0.1) {
                    training.unseen(1 + random.nextInt(12));
                } else {
                    training.lost = random.nextDouble() < losses;
                    training.step();
                }
            }
            PublishReport report = training.finish();
            int covered = training.covered(ReadBlocks.of(training.kafka.history()));
            assertThat(covered + report.skippedSteps())
                    .as("steps of training %d, skipped: %s", seed, report.skipped())
                    .isEqualTo(training.position - training.firstStep);
            skipped += (int) (report.skippedSteps() - report.skipped(SkipReason.UNSEEN));
            lengthened += training.lengthened;
        }
        assertThat(skipped).isPositive();
        assertThat(lengthened).isPositive();
    }

    private static List<Integer> steps(Map<Integer, Block> blocks, int index) {
        return Objects.requireNonNull(blocks.get(index)).points().stream()
                .map(Whole::step)
                .toList();
    }

    /** A training whose parameters show where they are from. */
    private final class Training {
        private final int firstStep;
        private final int stepsInBlock;
        private final int every;
        private final RandomProducer kafka;
        private final LedgerPublisher publisher;
        private final RecordedSegments recorder;
        /** The parameters at each position: at the end of a segment, and at the start of the next. */
        private final Map<Integer, ByteString> ends = new TreeMap<>();

        private final Map<Integer, ByteString> starts = new TreeMap<>();
        private final List<Integer> breaks = new ArrayList<>();
        private int position;
        private int version;
        private int start;
        private FlatVector at;
        private boolean begins = true;
        private boolean lost;
        private int lengthened;

        Training(int seed, int firstStep, int stepsInBlock, int every) {
            this.firstStep = firstStep;
            this.stepsInBlock = stepsInBlock;
            this.every = every;
            this.kafka = new RandomProducer(seed);
            this.publisher = TestPublishers.into(
                    kafka,
                    RunManifest.newBuilder()
                            .setRun("r")
                            .setFirstStep(firstStep)
                            .setTrajectory(TrajectoryManifest.newBuilder()
                                    .setStepsInBlock(stepsInBlock)
                                    .setChunkParameters(100))
                            .build(),
                    layout,
                    1024);
            this.recorder = new RecordedSegments(publisher, segment -> {});
            this.position = firstStep;
            this.start = firstStep;
            this.at = vector();
            starts.put(firstStep, bytes(at));
        }

        void step() {
            position++;
            if ((position - firstStep) % every == 0) {
                close();
            }
        }

        void setParameters() {
            close();
            begin();
        }

        void unseen(int steps) {
            close();
            publisher.skip(steps, SkipReason.UNSEEN);
            position += steps;
            begin();
        }

        private void begin() {
            version++;
            start = position;
            at = vector();
            starts.put(position, bytes(at));
            breaks.add(position);
            begins = true;
        }

        private void close() {
            if (position == start) {
                return;
            }
            FlatVector end = vector();
            ends.put(position, bytes(end));
            starts.put(position, bytes(end));
            TrainedSegment segment = new TrainedSegment(
                    position - 1,
                    position - start,
                    at,
                    end,
                    Map.of(),
                    StepFacts.newBuilder().setMinibatchLoss(position).build(),
                    begins);
            if (lost) {
                recorder.missed(segment, SkipReason.BEHIND);
            } else {
                recorder.take(segment);
            }
            start = position;
            at = end;
            begins = false;
        }

        PublishReport finish() {
            close();
            kafka.refusals = 0;
            recorder.end(position);
            PublishReport report = publisher.finish(RunStatus.RUN_STATUS_FINISHED, position, "");
            publisher.close();
            return report;
        }

        /** The steps that a worker's segments cover. */
        int covered(Map<Integer, Block> blocks) {
            int last = Math.floorDiv(position - 1 - firstStep, stepsInBlock);
            assertThat(blocks.keySet()).hasSize(last + 1);
            int covered = 0;
            for (Map.Entry<Integer, Block> block : blocks.entrySet()) {
                int from = firstStep + block.getKey() * stepsInBlock;
                int to = Math.min(position, from + stepsInBlock);
                assertThat(block.getValue().end().getStep()).isEqualTo(to);
                List<Whole> points = block.getValue().points();
                for (int i = 0; i < points.size(); i++) {
                    Whole point = points.get(i);
                    assertThat(point.step()).isBetween(from, to);
                    boolean leads = i > 0
                            && point.first().getPath()
                                    == points.get(i - 1).first().getPath();
                    assertThat(point.values())
                            .as("point %d of block %d", i, block.getKey())
                            .isEqualTo((leads ? ends : starts).get(point.step()));
                    if (leads) {
                        covered += segment(points.get(i - 1), point);
                    }
                }
            }
            return covered;
        }

        private int segment(Whole from, Whole to) {
            assertThat(to.first().getFacts().getMinibatchLoss()).isEqualTo(to.step());
            assertThat(breaks).noneMatch(broken -> broken > from.step() && broken < to.step());
            if (breaks.contains(from.step())) {
                assertThat(from.values()).isEqualTo(starts.get(from.step()));
            }
            lengthened += to.step() - from.step() > every ? 1 : 0;
            return to.step() - from.step();
        }

        private FlatVector vector() {
            float[] elements = new float[PARAMETERS];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = i % 2 == 0 ? position + i / 1000f : -0f * version + version;
            }
            return FlatVector.of(elements);
        }

        private ByteString bytes(FlatVector vector) {
            assertThat(vector.elementType()).isEqualTo(ElementType.ELEMENT_TYPE_FLOAT32);
            return vector.bytes(0, PARAMETERS);
        }
    }

    /** Refuses records of the trajectory at random, as Kafka's producer does when its buffer is full. */
    private static final class RandomProducer extends MockProducer<String, byte[]> {
        private final Random random;
        private double refusals;

        RandomProducer(int seed) {
            super(
                    TestPublishers.trajectories(PARTITIONS),
                    true,
                    null,
                    new StringSerializer(),
                    new ByteArraySerializer());
            random = new Random(seed);
        }

        @Override
        public synchronized Future<RecordMetadata> send(ProducerRecord<String, byte[]> entry, Callback callback) {
            if (entry.topic().equals("lossledger.trajectory")) {
                int block = Integer.parseInt(entry.key().substring(2));
                assertThat(entry.partition()).isEqualTo(PointKey.partition("r", block, PARTITIONS));
                if (random.nextDouble() < refusals) {
                    TimeoutException full = new TimeoutException("buffer full");
                    callback.onCompletion(null, full);
                    return CompletableFuture.failedFuture(full);
                }
            }
            return super.send(entry, callback);
        }
    }
}
