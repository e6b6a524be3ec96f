package io.lossledger.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.lossledger.protocol.LedgerMetric;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.UpdateKey;
import io.lossledger.protocol.v1.AllocatedChunk;
import io.lossledger.protocol.v1.AllocatedPart;
import io.lossledger.protocol.v1.AllocationSums;
import io.lossledger.protocol.v1.AveragedGradient;
import io.lossledger.protocol.v1.ObjectiveChunk;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.StepFacts;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.UpdatePart;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged updates through the whole topology. None stops it, and each is either a dead letter with its bytes, or valid by
 * {@link UpdateOracle} and has done one thing: it waits for its step, was skipped as a duplicate, or wrote rows.
 *
 * <p>{@code lossledger.fuzz.records}: how many; {@code lossledger.fuzz.seed}: a seed to repeat.
 */
@Tag("long")
class FuzzTest {
    private static final int RECORDS = Integer.getInteger("lossledger.fuzz.records", 20_000);
    /** A fresh topology after so many: damage makes new runs, and their state would grow. */
    private static final int BLOCK = 2_000;

    private static final LedgerTopic[] ROWS = {
        LedgerTopic.LAYER, LedgerTopic.UNIT, LedgerTopic.STEP, LedgerTopic.WINDOW, LedgerTopic.MOMENT, LedgerTopic.ALERT
    };

    private final TreeMap<String, Integer> outcomes = new TreeMap<>();

    @Test
    void everyDamagedRecordIsSetAsideOrValid(@TempDir Path directory) throws Exception {
        long seed = Long.getLong("lossledger.fuzz.seed", 11);
        for (int from = 0; from < RECORDS; from += BLOCK) {
            Path state = Files.createDirectory(directory.resolve("state-" + from));
            try (LedgerDriver ledger = new LedgerDriver(state)) {
                fuzz(ledger, new Random(seed + from), Math.min(BLOCK, RECORDS - from), "seed " + seed + " + " + from);
            }
            delete(state);
        }
        System.out.println("fuzz: " + RECORDS + " records, " + outcomes);
        assertThat(outcomes.keySet())
                .contains("set aside", "waits", "duplicate", "rows", "contradicts its run or step");
    }

    private void fuzz(LedgerDriver ledger, Random random, int records, String where) {
        Mutations mutations = new Mutations(random);
        for (int i = 0; i < records; i++) {
            List<Update> forms = forms(i / 30, i % 30 == 29);
            Update original = forms.get(random.nextInt(forms.size()));
            byte[] value = mutations.mutate(original, forms.get(random.nextInt(forms.size())));
            byte[] key = key(value, original, random);
            try {
                outcomes.merge(require(ledger, key, value), 1, Integer::sum);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        where + ", record " + i + ", key " + new String(key, StandardCharsets.UTF_8) + ", value "
                                + HexFormat.of().formatHex(value),
                        e);
            }
        }
    }

    /** Mostly the key that belongs to the record, or damage to any other field would never be checked. */
    private static byte[] key(byte[] value, Update original, Random random) {
        Update named = original;
        if (random.nextInt(20) > 0) {
            try {
                named = Update.parseFrom(value);
            } catch (com.google.protobuf.InvalidProtocolBufferException e) {
                // has no key of its own
            }
        }
        return UpdateKey.of(named).getBytes(StandardCharsets.UTF_8);
    }

    private static String require(LedgerDriver ledger, byte[] key, byte[] value) {
        Optional<Update> valid = UpdateOracle.valid(key, value);
        boolean waited = valid.isPresent() && ledger.isPending(valid.get());
        double duplicates = ledger.counted(LedgerMetric.PROCESSOR_DUPLICATE_CHUNKS);
        ledger.send(key, value);

        List<TestRecord<byte[], byte[]>> letters = ledger.rejected();
        long rows = Arrays.stream(ROWS).mapToLong(ledger::count).sum();
        if (valid.isEmpty()) {
            assertThat(letters).hasSize(1);
            assertThat(letters.get(0).value()).isEqualTo(value);
            assertThat(letters.get(0).key()).isEqualTo(key);
            assertThat(header(letters.get(0), "lossledger.reason")).hasSizeBetween(10, 600);
            assertThat(header(letters.get(0), "lossledger.topic")).isEqualTo("lossledger.update");
            assertThat(rows).isZero();
            return "set aside";
        }
        List<String> happened = new ArrayList<>();
        if (!letters.isEmpty()) {
            assertThat(letters).hasSize(1);
            assertThat(header(letters.get(0), "lossledger.topic")).isEqualTo("lossledger.update");
            happened.add("contradicts its run or step");
        }
        if (rows > 0) {
            happened.add("rows");
        }
        if (ledger.counted(LedgerMetric.PROCESSOR_DUPLICATE_CHUNKS) > duplicates) {
            happened.add("duplicate");
        }
        if (!waited && ledger.isPending(valid.get())) {
            happened.add("waits");
        }
        assertThat(happened).hasSize(1);
        return happened.get(0);
    }

    private static String header(TestRecord<byte[], byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    /** Every form that a chunk may take: nodes, sampled with parts, averaged, allocated, the end. */
    private static List<Update> forms(int step, boolean last) {
        List<Update> forms = new ArrayList<>();
        Update[] plain = Updates.step("plain", step, 1);
        forms.addAll(List.of(plain));
        forms.addAll(List.of(Updates.step("other.run", step, -2)));
        ByteString weights = plain[0].getTensorChunk().getDelta();
        ByteString biases = plain[1].getTensorChunk().getDelta();
        forms.add(form("rich", plain[0], sampled(weights), weights));
        forms.add(form("rich", plain[1], sampled(biases), biases));
        forms.add(form("mean", plain[0], averaged(weights), null));
        forms.add(form("mean", plain[1], allocated(2), null));
        forms.add(form("sums", plain[0], split(4), null));
        forms.add(form("sums", plain[1], split(2), null));
        if (last) {
            forms.addAll(List.of(Updates.end("plain-" + step, 0)));
            forms.addAll(List.of(Updates.end("other.run", step + 1)));
        }
        return forms;
    }

    private static Update form(
            String run,
            Update update,
            ObjectiveChunk.Builder objective,
            @org.jspecify.annotations.Nullable ByteString part) {
        Update.Builder form = update.toBuilder()
                .setRun(run)
                .setFacts(StepFacts.newBuilder().setMinibatchLoss(1).setExamples(5));
        form.getTensorChunkBuilder().setObjectives(0, objective);
        if (part != null) {
            form.getTensorChunkBuilder()
                    .addParts(UpdatePart.newBuilder().setName("gradient").setDelta(part));
        }
        return form.build();
    }

    private static ObjectiveChunk.Builder sampled(ByteString vector) {
        return Updates.step("any", 0, 1)[0].getTensorChunk().getObjectives(0).toBuilder()
                .setKind(ObjectiveKind.OBJECTIVE_KIND_SAMPLED)
                .setSamplingContrast(vector)
                .clearNodes()
                .setNodes(io.lossledger.protocol.v1.NodeGradients.newBuilder()
                        .addNode(vector)
                        .addNode(ByteString.EMPTY)
                        .addNode(vector));
    }

    private static ObjectiveChunk.Builder averaged(ByteString vector) {
        return Updates.step("any", 0, 1)[0].getTensorChunk().getObjectives(0).toBuilder()
                .setAveraged(AveragedGradient.newBuilder()
                        .setRule("simpson-4")
                        .setMean(vector)
                        .setCoarseMean(vector));
    }

    private static ObjectiveChunk.Builder allocated(int count) {
        return Updates.step("any", 0, 1)[0].getTensorChunk().getObjectives(0).toBuilder()
                .setAllocated(AllocatedChunk.newBuilder()
                        .setRule("simpson-4")
                        .addUnitLca(1)
                        .addUnitLca(2)
                        .setSums(AllocationSums.newBuilder()
                                .setParameters(count)
                                .setHurt(count)
                                .setLca(3)
                                .setHarm(3)));
    }

    private static ObjectiveChunk.Builder split(int count) {
        ObjectiveChunk.Builder objective = allocated(count).setKind(ObjectiveKind.OBJECTIVE_KIND_SAMPLED);
        AllocatedChunk.Builder sums = objective.getAllocatedBuilder();
        AllocatedPart.Builder part = AllocatedPart.newBuilder()
                .setName("momentum")
                .setSums(sums.getSums())
                .addAllUnitLcaFloat(List.of(1f, 2f));
        sums.setSamplingError(-1).setCoarseSums(false).addParts(part);
        return objective;
    }

    private static void delete(Path directory) throws java.io.IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
