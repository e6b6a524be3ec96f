package io.lossledger.standalone.commands.runs;

import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.protocol.verdict.ClosingRows;
import io.lossledger.protocol.verdict.Figures;
import io.lossledger.protocol.verdict.LayerRanking;
import io.lossledger.protocol.verdict.RunVerdicts;

/**
 * What the closing balance of a run says in a table. Immutable.
 *
 * @param loss at the start and at the end
 * @param books a mark: whether they balance
 * @param best the layer that helped most, with its share
 * @param worst the layer that hurt most, with its LCA
 */
record ClosingLine(String loss, String books, String best, String worst) {
    private static final String NONE = "–";
    /** Of a run that is not closed, or has no step. */
    static final ClosingLine OPEN = new ClosingLine(NONE, NONE, NONE, NONE);

    static ClosingLine of(ClosingRows closing, double tolerance) {
        if (!closing.isComplete() || closing.model().getSteps() == 0) {
            return OPEN;
        }
        LayerRanking layers = LayerRanking.of(closing.layers());
        return new ClosingLine(
                loss(closing.model()),
                RunVerdicts.of(closing, tolerance).balance().state().mark(),
                layers.best()
                        .map(layer -> layer.getLayer() + " " + Figures.wholePercent(layers.bestShare()))
                        .orElse(NONE),
                layers.worst()
                        .map(layer -> layer.getLayer() + " " + Figures.signed(layer.getLca()))
                        .orElse(NONE));
    }

    private static String loss(WindowRow model) {
        return model.hasLossStart() && model.hasLossEnd()
                ? Figures.change(model.getLossStart(), model.getLossEnd())
                : Figures.signed(model.getLossChange());
    }
}
