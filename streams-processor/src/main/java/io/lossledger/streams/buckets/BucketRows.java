package io.lossledger.streams.buckets;

import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.v1.BucketRow;
import io.lossledger.protocol.v1.PartTotal;
import io.lossledger.streams.steps.Row;
import io.lossledger.streams.v1.BucketBook;
import io.lossledger.streams.v1.BucketLayer;
import io.lossledger.streams.v1.BucketObjective;
import io.lossledger.streams.v1.GroupBook;
import io.lossledger.streams.v1.ObjectiveBook;
import io.lossledger.streams.v1.WindowBook;
import java.util.ArrayList;
import java.util.List;

/** The rows of a bucket, one for each objective. Stateless. */
final class BucketRows {
    private BucketRows() {}

    /** The rows of a full bucket; the book of the whole run contains its steps. */
    static List<Row> of(String run, BucketBook bucket, WindowBook whole) {
        return rows(bucket.getObjectivesList().stream()
                .map(objective -> row(run, bucket, objective, bookOf(objective, whole), whole))
                .toList());
    }

    /** The last rows of a run, also of objectives without a step in the bucket. */
    static List<Row> ofEnd(String run, BucketBook bucket, WindowBook whole, int outcome) {
        List<BucketRow.Builder> last = new ArrayList<>();
        for (ObjectiveBook book : whole.getObjectivesList()) {
            if (book.getPart().isEmpty()) {
                BucketObjective objective = bucket.getObjectivesList().stream()
                        .filter(open -> isOf(book, open))
                        .findFirst()
                        .orElseGet(() -> nothing(book));
                last.add(row(run, bucket, objective, book, whole).setOutcomeValue(outcome));
            }
        }
        return rows(last);
    }

    private static List<Row> rows(List<BucketRow.Builder> bucket) {
        return bucket.stream()
                .map(row ->
                        new Row(LedgerTopic.BUCKET, row.setRows(bucket.size()).build()))
                .toList();
    }

    private static BucketObjective nothing(ObjectiveBook book) {
        return BucketObjective.newBuilder()
                .setObjective(book.getName())
                .setStratum(book.getStratum())
                .setLossEnd(book.getLossEnd())
                .build();
    }

    private static ObjectiveBook bookOf(BucketObjective objective, WindowBook whole) {
        return whole.getObjectivesList().stream()
                .filter(book -> book.getPart().isEmpty() && isOf(book, objective))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isOf(ObjectiveBook book, BucketObjective objective) {
        return book.getName().equals(objective.getObjective())
                && book.getStratum().equals(objective.getStratum());
    }

    private static BucketRow.Builder row(
            String run, BucketBook bucket, BucketObjective objective, ObjectiveBook book, WindowBook whole) {
        double lca = book.getModel().getSums().getLca();
        BucketRow.Builder row = BucketRow.newBuilder()
                .setRun(run)
                .setObjective(objective.getObjective())
                .setStratum(objective.getStratum())
                .setStepsBefore(bucket.getStepsBefore())
                .setStepsBooked(whole.getSteps())
                .setSteps(objective.getSteps())
                .setFirstStep(objective.getFirstStep())
                .setLastStep(objective.getLastStep())
                .setMissingSteps(whole.getMissingSteps())
                .setLossStart(book.getLossStart())
                .setLossEnd(objective.getLossEnd())
                .setCumulativeLossChange(book.getLossChange())
                .setCumulativeLca(lca)
                .setCumulativeResidual(book.getLossChange() - lca)
                .setHelpedParameters(objective.getHelpedParameters())
                .setHurtParameters(objective.getHurtParameters())
                .setZeroParameters(objective.getZeroParameters())
                .setMinibatchLoss(objective.getMinibatchLoss())
                .setMinibatches(objective.getMinibatches())
                .setErrorSteps(objective.getErrorSteps())
                .setErrorSquares(objective.getErrorSquares())
                .setErrorFourths(objective.getErrorFourths());
        if (objective.hasTime()) {
            row.setTime(objective.getTime());
        }
        if (objective.hasLearningRate()) {
            row.setLearningRate(objective.getLearningRate());
        }
        for (ObjectiveBook part : whole.getObjectivesList()) {
            if (!part.getPart().isEmpty() && isOf(part, objective)) {
                row.addParts(PartTotal.newBuilder()
                        .setPart(part.getPart())
                        .setCumulativeLca(part.getModel().getSums().getLca()));
            }
        }
        addLayers(row, objective.getLayersList(), book.getLayersList());
        return row;
    }

    /** Both lists are in layer order, and the book has every layer of the bucket. */
    private static void addLayers(BucketRow.Builder row, List<BucketLayer> layers, List<GroupBook> whole) {
        boolean named = false;
        boolean norms = false;
        boolean errors = false;
        List<GroupBook> books = new ArrayList<>();
        int at = 0;
        for (BucketLayer layer : layers) {
            while (whole.get(at).getLayerIndex() != layer.getLayerIndex()) {
                at++;
            }
            books.add(whole.get(at));
            named |= whole.get(at).getSteps() == layer.getSteps();
            norms |= layer.getNormSteps() > 0;
            errors |= layer.getErrorSteps() > 0;
        }
        for (int i = 0; i < layers.size(); i++) {
            addSums(row, layers.get(i), books.get(i));
            if (named) {
                row.addLayer(books.get(i).getLayer())
                        .addLayerParameters(books.get(i).getParameters());
            }
            if (norms) {
                addNorms(row, layers.get(i));
            }
            if (errors) {
                addErrors(row, layers.get(i));
            }
        }
    }

    private static void addSums(BucketRow.Builder row, BucketLayer layer, GroupBook book) {
        row.addLayerIndex(layer.getLayerIndex())
                .addLayerSteps(layer.getSteps())
                .addLayerLca(layer.getLca())
                .addLayerCumulativeLca(book.getSums().getLca())
                .addLayerHelp(layer.getHelp())
                .addLayerHarm(layer.getHarm());
    }

    private static void addNorms(BucketRow.Builder row, BucketLayer layer) {
        row.addLayerNormSteps(layer.getNormSteps())
                .addLayerGradientNorm(layer.getGradientNorm())
                .addLayerDeltaNorm(layer.getDeltaNorm())
                .addLayerNormProduct(layer.getNormProduct());
    }

    private static void addErrors(BucketRow.Builder row, BucketLayer layer) {
        row.addLayerErrorSteps(layer.getErrorSteps())
                .addLayerErrorSquares(layer.getErrorSquares())
                .addLayerErrorFourths(layer.getErrorFourths());
    }
}
