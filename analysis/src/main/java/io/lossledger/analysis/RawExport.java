package io.lossledger.analysis;

import com.google.protobuf.ByteString;
import io.lossledger.protocol.LedgerReader;
import io.lossledger.protocol.VectorBytes;
import io.lossledger.protocol.files.UnfinishedFile;
import io.lossledger.protocol.v1.AllocatedChunk;
import io.lossledger.protocol.v1.AllocatedPart;
import io.lossledger.protocol.v1.AllocationSums;
import io.lossledger.protocol.v1.ElementType;
import io.lossledger.protocol.v1.ObjectiveChunk;
import io.lossledger.protocol.v1.TensorChunk;
import io.lossledger.protocol.v1.Update;
import io.lossledger.protocol.v1.UpdatePart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.DoubleStream;

/**
 * Writes what a producer sent for a run as numpy arrays, one for each vector of each chunk:
 *
 * <pre>{@code
 * step-00000012/0_W/0/delta                     change of the parameters from flat index 0 on
 * step-00000012/0_W/0/train/node-0              gradient at s = 0; then node-1 ... node-n, where they are there
 * step-00000012/0_W/0/train/mean                averaged gradient instead, and coarse_mean
 * step-00000012/0_W/0/train/sums                instead of vectors: the fields of AllocationSums in their order, float64; NaN if not set
 * step-00000012/0_W/0/train/units               LCA of each unit of such a chunk, float64
 * step-00000012/0_W/0/train/sampling_error      one draw of the sampling error of such a chunk, float64
 * step-00000012/0_W/0/train/loss                losses at s = 0 and s = 1, float64
 * step-00000012/0_W/0/part/momentum             a part of the delta
 * }</pre>
 *
 * <p>A stratum follows the objective's name, as in {@code sampled,own}.
 */
public final class RawExport {
    private RawExport() {}

    /**
     * The size of an export.
     *
     * @param arrays number of arrays written
     * @param steps number of steps with at least one chunk
     */
    public record Report(long arrays, NavigableSet<Integer> steps) {}

    /**
     * Exports the existing updates of a run.
     *
     * @param target a file
     * @param force whether an existing file is replaced
     * @throws IllegalArgumentException when there are no updates
     * @throws java.nio.file.FileAlreadyExistsException when the file exists and {@code force} is false
     * @throws IOException when the file cannot be written
     */
    public static Report export(LedgerReader reader, String run, Path target, boolean force, RunRows.Progress progress)
            throws IOException {
        long[] arrays = {0};
        NavigableSet<Integer> steps = new TreeSet<>();
        try (UnfinishedFile file = UnfinishedFile.begin(target, force)) {
            try (NpzWriter out = new NpzWriter(file.newOutputStream())) {
                reader.read(Update.class, run, update -> {
                    progress.row();
                    if (update.hasTensorChunk()) {
                        steps.add(update.getStep());
                        try {
                            arrays[0] += write(update, out);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    }
                });
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
            if (steps.isEmpty()) {
                throw new IllegalArgumentException("run: must have updates in Kafka. Found: none of " + run);
            }
            file.finish();
        }
        return new Report(arrays[0], steps);
    }

    private static int write(Update update, NpzWriter out) throws IOException {
        TensorChunk chunk = update.getTensorChunk();
        String chunkName = String.format(
                Locale.ROOT,
                "step-%08d/%s/%d/",
                update.getStep(),
                chunk.getTensorName().replace('/', '_'),
                chunk.getOffset());
        Vectors vectors = new Vectors(out, chunk);
        vectors.write(chunkName + "delta", chunk.getDelta());
        for (UpdatePart part : chunk.getPartsList()) {
            vectors.write(chunkName + "part/" + part.getName().replace('/', '_'), part.getDelta());
        }
        for (ObjectiveChunk objective : chunk.getObjectivesList()) {
            String stratum = objective.getStratum().isEmpty() ? "" : "," + objective.getStratum();
            String name = chunkName + (objective.getName() + stratum).replace('/', '_') + "/";
            List<ByteString> nodes = objective.getNodes().getNodeList();
            for (int node = 0; node < nodes.size(); node++) {
                vectors.write(name + "node-" + node, nodes.get(node));
            }
            vectors.write(name + "mean", objective.getAveraged().getMean());
            vectors.write(name + "coarse_mean", objective.getAveraged().getCoarseMean());
            vectors.write(name + "sampling_contrast", objective.getSamplingContrast());
            if (objective.hasAllocated()) {
                writeSums(name, objective.getAllocated(), vectors);
            }
            vectors.doubles(name + "loss", objective.getLossStart(), objective.getLossEnd());
        }
        return vectors.written;
    }

    private static void writeSums(String name, AllocatedChunk sent, Vectors vectors) throws IOException {
        vectors.doubles(name + "sums", fields(sent.getSums()));
        vectors.doubles(name + "units", units(sent.getUnitLcaList(), sent.getUnitLcaFloatList()));
        if (sent.hasSamplingError()) {
            vectors.doubles(name + "sampling_error", sent.getSamplingError());
        }
        for (AllocatedPart part : sent.getPartsList()) {
            String partName = name + "part/" + part.getName().replace('/', '_') + "/";
            vectors.doubles(partName + "sums", fields(part.getSums()));
            vectors.doubles(partName + "units", units(part.getUnitLcaList(), part.getUnitLcaFloatList()));
        }
    }

    private static double[] fields(AllocationSums sums) {
        return AllocationSums.getDescriptor().getFields().stream()
                .mapToDouble(field -> field.hasPresence() && !sums.hasField(field)
                        ? Double.NaN
                        : ((Number) sums.getField(field)).doubleValue())
                .toArray();
    }

    private static double[] units(List<Double> doubles, List<Float> floats) {
        return DoubleStream.concat(
                        doubles.stream().mapToDouble(Double::doubleValue),
                        floats.stream().mapToDouble(Float::doubleValue))
                .toArray();
    }

    /** The vectors of a chunk. */
    private static final class Vectors {
        private final NpzWriter out;
        private final TensorChunk chunk;
        private int written;

        Vectors(NpzWriter out, TensorChunk chunk) {
            this.out = out;
            this.chunk = chunk;
        }

        /** An empty vector was not sent. */
        void write(String name, ByteString bytes) throws IOException {
            if (!bytes.isEmpty()) {
                boolean single = chunk.getElementType() == ElementType.ELEMENT_TYPE_FLOAT32;
                int count = bytes.size() / (single ? Float.BYTES : Double.BYTES);
                add(out.write(name, single ? "<f4" : "<f8", List.of(count), bytes.toByteArray()));
            }
        }

        void doubles(String name, double... values) throws IOException {
            ByteString bytes = VectorBytes.encode(values, 0, values.length);
            add(out.write(name, "<f8", List.of(values.length), bytes.toByteArray()));
        }

        /** A second copy of a chunk is ignored, as in the ledger. */
        private void add(boolean isNew) {
            written += isNew ? 1 : 0;
        }
    }
}
