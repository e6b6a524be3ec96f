package io.lossledger.streams.check;

import io.lossledger.protocol.v1.LayerManifest;
import io.lossledger.protocol.v1.ObjectiveManifest;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.RunStatus;
import io.lossledger.protocol.v1.TensorChunk;
import io.lossledger.protocol.v1.TensorManifest;
import io.lossledger.protocol.v1.Update;
import io.lossledger.streams.steps.BalancedStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks the manifest of a run against the records that were sent. Stateless. */
final class ManifestCheck {
    private static final String PLACE = "the manifest";

    private ManifestCheck() {}

    static void check(
            Optional<RunManifest> found, Update first, ChunkHistories chunks, OpenSteps steps, Findings findings) {
        if (found.isEmpty()) {
            findings.add(PLACE, "manifest: a run must have one. Found: none");
            return;
        }
        RunManifest manifest = found.get();
        require(findings, "run", first.getRun(), manifest.getRun());
        require(
                findings,
                "session",
                Long.toUnsignedString(first.getSession()),
                Long.toUnsignedString(manifest.getSession()));
        require(findings, "first_step", first.getFirstStep(), manifest.getFirstStep());
        tensors(manifest, chunks, chunks.isWhole(first.getChunksInStep()), findings);
        BalancedStep last = steps.last();
        if (last != null) {
            objectives(manifest, last, findings);
            if (chunks.isEnded() && requireEnd(manifest, findings) && !first.getAnyOrder()) {
                ended(manifest, last, steps, findings);
            }
        }
    }

    private static void tensors(RunManifest manifest, ChunkHistories chunks, boolean isWhole, Findings findings) {
        Map<Integer, ChunkHistories.SentTensor> sent = chunks.tensors();
        List<TensorManifest> tensors = new ArrayList<>();
        List<LayerManifest> owners = new ArrayList<>();
        for (LayerManifest layer : manifest.getLayersList()) {
            for (TensorManifest tensor : layer.getTensorsList()) {
                tensors.add(tensor);
                owners.add(layer);
            }
        }
        if (sent.isEmpty() || !isWhole) {
            return;
        }
        require(findings, "layers (number of tensors)", sent.size(), tensors.size());
        sent.forEach((index, tensor) -> {
            if (index >= tensors.size()) {
                return;
            }
            TensorChunk chunk = tensor.chunk();
            TensorManifest said = tensors.get(index);
            require(findings, "tensor_name of tensor " + index, chunk.getTensorName(), said.getTensorName());
            require(
                    findings,
                    "layer of tensor " + index,
                    chunk.getLayer(),
                    owners.get(index).getLayer());
            require(findings, "role of tensor " + index, chunk.getRole(), said.getRole());
            long parameters = said.getShapeList().stream()
                    .mapToLong(Integer::toUnsignedLong)
                    .reduce(1, (a, b) -> a * b);
            require(findings, "shape of tensor " + index + " (parameters)", tensor.parameters(), parameters);
        });
        double parameters = sent.values().stream()
                .mapToLong(ChunkHistories.SentTensor::parameters)
                .sum();
        require(findings, "parameters", parameters, manifest.getParameters());
    }

    private static void objectives(RunManifest manifest, BalancedStep step, Findings findings) {
        List<String> sent = step.objectives().stream()
                .filter(BalancedStep.Objective::isWholeUpdate)
                .map(objective -> objective.facts().getName() + " "
                        + objective.facts().getWeight() + " "
                        + objective.facts().getKind())
                .toList();
        List<String> said = manifest.getObjectivesList().stream()
                .map((ObjectiveManifest objective) ->
                        objective.getName() + " " + objective.getWeight() + " " + objective.getKind())
                .toList();
        require(findings, "objectives", sent, said);
    }

    private static boolean requireEnd(RunManifest manifest, Findings findings) {
        if (manifest.getStatus() == RunStatus.RUN_STATUS_RUNNING
                || manifest.getStatus() == RunStatus.RUN_STATUS_UNSPECIFIED) {
            findings.add(
                    PLACE,
                    "manifest.status: must say how the run has ended, in a last manifest. Found: "
                            + manifest.getStatus());
            return false;
        }
        return true;
    }

    /** Who records does not know what others will measure. */
    private static void ended(RunManifest manifest, BalancedStep last, OpenSteps steps, Findings findings) {
        require(findings, "last_step", last.step(), manifest.getLastStep());
        if (steps.uncovered() > Integer.toUnsignedLong(manifest.getSkippedSteps())) {
            findings.add(
                    PLACE,
                    "manifest.skipped_steps: must count the steps that no segment covers, " + steps.uncovered()
                            + ". Found: " + Integer.toUnsignedString(manifest.getSkippedSteps()));
        }
    }

    private static void require(Findings findings, String field, Object sent, Object said) {
        if (!sent.equals(said)) {
            findings.add(PLACE, "manifest." + field + ": must be as sent, " + sent + ". Found: " + said);
        }
    }
}
