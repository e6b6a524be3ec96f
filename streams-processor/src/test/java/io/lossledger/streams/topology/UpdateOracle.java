package io.lossledger.streams.topology;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import io.lossledger.protocol.v1.AllocatedChunk;
import io.lossledger.protocol.v1.AllocatedPart;
import io.lossledger.protocol.v1.AllocationSums;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.ObjectiveChunk;
import io.lossledger.protocol.v1.TensorChunk;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.UpdatePart;
import io.lossledger.streams.allocate.UpdateParser;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a record must be to be booked, said a second time and as plainly as possible: from the contract, in unbounded
 * integers, sharing no code with {@link UpdateParser}.
 */
final class UpdateOracle {
    private static final Pattern RUN = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern RULE =
            Pattern.compile("simpson-(2|4|6|8|10|12|14|16|18|20|22|24|26|28|30|32)|midpoint|trapezoid|first-order");
    private static final long YEAR_1 = -62_135_596_800L;
    private static final long YEAR_10000 = 253_402_300_800L;

    private UpdateOracle() {}

    /** The update, if the record may be booked. */
    static Optional<Update> valid(byte[] key, byte[] value) {
        Update update;
        try {
            update = Update.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            return Optional.empty();
        }
        String expected = update.getRun() + "|" + unsigned(update.getTensor()) + "|" + unsigned(update.getChunk());
        boolean valid = Arrays.equals(key, expected.getBytes(StandardCharsets.UTF_8)) && header(update) && body(update);
        return valid ? Optional.of(update) : Optional.empty();
    }

    private static boolean header(Update update) {
        long step = unsigned(update.getStep());
        long first = unsigned(update.getFirstStep());
        long chunks = unsigned(update.getChunksInStep());
        return RUN.matcher(update.getRun()).matches()
                && step <= 2_147_483_646L
                && first <= step
                && unsigned(update.getStepsCovered()) <= step - first + 1
                && chunks >= 1
                && chunks <= 1_048_576
                && unsigned(update.getChunk()) < chunks
                && update.getSession() != 0
                && time(update.getFacts().getTime());
    }

    private static boolean time(Timestamp time) {
        return time.getSeconds() >= YEAR_1
                && time.getSeconds() < YEAR_10000
                && time.getNanos() >= 0
                && time.getNanos() < 1_000_000_000;
    }

    private static boolean body(Update update) {
        return update.hasFinished() || (update.hasTensorChunk() && chunk(update.getTensorChunk()));
    }

    private static boolean chunk(TensorChunk chunk) {
        long count = unsigned(chunk.getCount());
        boolean sizes = name(chunk.getLayer())
                && unsigned(chunk.getLayerIndex()) < 1_048_576
                && count >= 1
                && count <= 268_435_456
                && chunk.getObjectivesCount() >= 1
                && chunk.getObjectivesCount() <= 1024
                && chunk.getPartsCount() <= 16;
        return sizes && units(chunk) && objectives(chunk) && parts(chunk);
    }

    private static boolean units(TensorChunk chunk) {
        BigInteger offset = new BigInteger(Long.toUnsignedString(chunk.getOffset()));
        if (offset.compareTo(BigInteger.TWO.pow(63).subtract(BigInteger.TWO.pow(28))) >= 0) {
            return false;
        }
        if (chunk.getParametersPerUnit() == 0) {
            return true;
        }
        BigInteger last = lastUnit(chunk).add(BigInteger.valueOf(unsigned(chunk.getFirstUnit())));
        return unsigned(chunk.getParametersPerUnit()) <= Integer.MAX_VALUE
                && last.compareTo(BigInteger.valueOf(4_194_304)) < 0;
    }

    /** Within the tensor. */
    private static BigInteger lastUnit(TensorChunk chunk) {
        return BigInteger.valueOf(chunk.getOffset())
                .add(BigInteger.valueOf(unsigned(chunk.getCount()) - 1))
                .divide(BigInteger.valueOf(unsigned(chunk.getParametersPerUnit())));
    }

    private static boolean objectives(TensorChunk chunk) {
        Set<List<String>> names = new HashSet<>();
        for (ObjectiveChunk objective : chunk.getObjectivesList()) {
            boolean fits = name(objective.getName())
                    && objective.getStratum().length() <= 200
                    && names.add(List.of(objective.getName(), objective.getStratum()))
                    && gradient(chunk, objective)
                    && (objective.getSamplingContrast().isEmpty()
                            || (vector(chunk, objective.getSamplingContrast())
                                    && vector(chunk, chunk.getDelta())
                                    && !objective.getAllocated().hasSamplingError()));
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    private static boolean gradient(TensorChunk chunk, ObjectiveChunk objective) {
        if (objective.hasNodes()) {
            List<ByteString> nodes = objective.getNodes().getNodeList();
            return vector(chunk, chunk.getDelta())
                    && nodes.size() >= 2
                    && nodes.size() <= 33
                    && nodes.stream().allMatch(node -> node.isEmpty() || vector(chunk, node))
                    && someRule(nodes);
        }
        if (objective.hasAveraged()) {
            ByteString coarse = objective.getAveraged().getCoarseMean();
            return vector(chunk, chunk.getDelta())
                    && RULE.matcher(objective.getAveraged().getRule()).matches()
                    && vector(chunk, objective.getAveraged().getMean())
                    && (coarse.isEmpty() || vector(chunk, coarse));
        }
        return objective.hasAllocated() && allocated(chunk, objective.getAllocated());
    }

    /** Every rule but the midpoint needs the start, and the start alone is first order. */
    private static boolean someRule(List<ByteString> nodes) {
        boolean even = nodes.size() % 2 == 1;
        return !nodes.get(0).isEmpty() || (even && !nodes.get(nodes.size() / 2).isEmpty());
    }

    private static boolean allocated(TensorChunk chunk, AllocatedChunk allocated) {
        Set<String> names = new HashSet<>();
        boolean parts = allocated.getPartsCount() <= 16
                && allocated.getPartsList().stream()
                        .allMatch(part -> name(part.getName())
                                && names.add(part.getName())
                                && sums(chunk, part.getSums(), part.getUnitLcaCount(), part.getUnitLcaFloatCount()));
        return parts
                && RULE.matcher(allocated.getRule()).matches()
                && sums(chunk, allocated.getSums(), allocated.getUnitLcaCount(), allocated.getUnitLcaFloatCount());
    }

    private static boolean sums(TensorChunk chunk, AllocationSums sums, int doubles, int floats) {
        BigInteger counted = BigInteger.ZERO;
        for (long count : new long[] {sums.getHelped(), sums.getHurt(), sums.getZero(), sums.getNonfinite()}) {
            counted = counted.add(new BigInteger(Long.toUnsignedString(count)));
        }
        BigInteger count = BigInteger.valueOf(unsigned(chunk.getCount()));
        BigInteger units = BigInteger.ZERO;
        if (chunk.getParametersPerUnit() != 0) {
            BigInteger first =
                    BigInteger.valueOf(chunk.getOffset()).divide(BigInteger.valueOf(chunk.getParametersPerUnit()));
            units = lastUnit(chunk).subtract(first).add(BigInteger.ONE);
        }
        return count.equals(new BigInteger(Long.toUnsignedString(sums.getParameters())))
                && count.equals(counted)
                && !(sums.getGradientSquares() < 0)
                && !(sums.getDeltaSquares() < 0)
                && (doubles == 0 || floats == 0)
                && units.equals(BigInteger.valueOf(doubles + floats));
    }

    private static boolean parts(TensorChunk chunk) {
        Set<String> names = new HashSet<>();
        for (UpdatePart part : chunk.getPartsList()) {
            if (!name(part.getName()) || !names.add(part.getName()) || !vector(chunk, part.getDelta())) {
                return false;
            }
        }
        List<String> whole =
                chunk.getPartsList().stream().map(UpdatePart::getName).toList();
        Set<List<String>> splits = new HashSet<>();
        for (ObjectiveChunk objective : chunk.getObjectivesList()) {
            splits.add(
                    objective.hasAllocated()
                            ? objective.getAllocated().getPartsList().stream()
                                    .map(AllocatedPart::getName)
                                    .toList()
                            : whole);
        }
        return splits.size() == 1 && (whole.isEmpty() || splits.contains(whole));
    }

    private static boolean vector(TensorChunk chunk, ByteString bytes) {
        ElementType type = chunk.getElementType();
        int width = type == ElementType.ELEMENT_TYPE_FLOAT32 ? 4 : type == ElementType.ELEMENT_TYPE_FLOAT64 ? 8 : 0;
        return width != 0 && bytes.size() == width * unsigned(chunk.getCount());
    }

    private static boolean name(String name) {
        return !name.isEmpty() && name.length() <= 200;
    }

    private static long unsigned(int value) {
        return Integer.toUnsignedLong(value);
    }
}
