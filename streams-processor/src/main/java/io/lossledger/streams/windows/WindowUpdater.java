package io.lossledger.streams.windows;

import io.lossledger.lca.AllocationSums;
import io.lossledger.lca.Balance;
import io.lossledger.protocol.Sums;
import io.lossledger.streams.steps.BalancedStep;
import io.lossledger.streams.steps.Places;
import io.lossledger.streams.v1.GroupBook;
import io.lossledger.streams.v1.ObjectiveBook;
import io.lossledger.streams.v1.ObjectiveFacts;
import io.lossledger.streams.v1.WindowBook;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Adds steps to a window's books. Stateless; books are immutable, and each step creates the next version. */
public final class WindowUpdater {
    private WindowUpdater() {}

    public static WindowBook add(WindowBook book, BalancedStep step) {
        WindowBook.Builder next = book.toBuilder();
        if (book.getSteps() == 0) {
            next.setFirstStep(step.step()).setFirstTime(step.time());
        }
        next.setLastStep(step.step()).setLastTime(step.time()).setSteps(book.getSteps() + 1);
        int expected = 0;
        for (BalancedStep.Objective objective : step.objectives()) {
            expected = addObjective(next, expected, objective) + 1;
        }
        return next.build();
    }

    public static WindowBook addMissing(WindowBook book, int steps) {
        return book.toBuilder().setMissingSteps(book.getMissingSteps() + steps).build();
    }

    /** The balance of an objective over the steps of a window; whole update only. */
    public static Balance balance(ObjectiveBook book) {
        double moved = 0;
        for (GroupBook layer : book.getLayersList()) {
            moved += Math.abs(layer.getSums().getLca());
        }
        double lca = book.getModel().getSums().getLca();
        return new Balance(book.getLossChange() - lca, book.getLossChange(), moved);
    }

    /** The index of an objective, or of one of its update parts, that has been added. */
    public static int place(WindowBook book, int expected, ObjectiveFacts facts) {
        return Places.find(expected, book.getObjectivesCount(), i -> isOf(book.getObjectives(i), facts));
    }

    private static boolean isOf(ObjectiveBook book, ObjectiveFacts facts) {
        return book.getName().equals(facts.getName())
                && book.getStratum().equals(facts.getStratum())
                && book.getPart().equals(facts.getPart());
    }

    private static int addObjective(WindowBook.Builder book, int expected, BalancedStep.Objective objective) {
        ObjectiveFacts facts = objective.facts();
        int at = Places.find(expected, book.getObjectivesCount(), i -> isOf(book.getObjectives(i), facts));
        if (at < 0) {
            at = book.getObjectivesCount();
            book.addObjectives(ObjectiveBook.newBuilder()
                    .setName(facts.getName())
                    .setStratum(facts.getStratum())
                    .setPart(facts.getPart()));
            if (objective.isWholeUpdate()) {
                book.getObjectivesBuilder(at).setLossStart(facts.getLossStart());
            }
        }
        ObjectiveBook.Builder next = book.getObjectives(at).toBuilder();
        if (next.hasLossStart()) {
            next.setLossEnd(facts.getLossEnd());
        }
        next.setLossChange(next.getLossChange() + objective.lossChange());
        next.setModel(addGroup(next.getModel(), objective.model(), objective.samplingError(), OptionalLong.empty()));
        addLayers(next, objective.layers());
        book.setObjectives(at, next);
        return at;
    }

    /** Both lists are in layer order, so one walk merges them. */
    private static void addLayers(ObjectiveBook.Builder book, List<BalancedStep.Layer> layers) {
        int at = 0;
        for (BalancedStep.Layer layer : layers) {
            while (at < book.getLayersCount() && book.getLayers(at).getLayerIndex() < layer.index()) {
                at++;
            }
            if (at == book.getLayersCount() || book.getLayers(at).getLayerIndex() != layer.index()) {
                book.addLayers(at, GroupBook.newBuilder().setLayerIndex(layer.index()));
            }
            GroupBook group = addGroup(book.getLayers(at), layer.sums(), layer.samplingError(), layer.signChanges());
            book.setLayers(at, group.toBuilder().setLayer(layer.name()));
        }
    }

    /** Squares are left out: over several steps, norms and their cosine would have no meaning. */
    private static GroupBook addGroup(
            GroupBook group, AllocationSums step, OptionalDouble samplingError, OptionalLong signChanges) {
        AllocationSums before = group.hasSums() ? Sums.fromMessage(group.getSums()) : AllocationSums.EMPTY;
        GroupBook.Builder next = group.toBuilder();
        if (samplingError.isPresent()) {
            double square = samplingError.getAsDouble() * samplingError.getAsDouble();
            next.setErrorSquares(next.getErrorSquares() + square);
            next.setErrorFourths(next.getErrorFourths() + square * square);
        }
        if (signChanges.isPresent()) {
            next.setSignChanges(next.getSignChanges() + signChanges.getAsLong());
        }
        return next.setSums(Sums.toMessage(before.plus(step).withSquares(null)))
                .setParameters(step.parameters())
                .setSteps(group.getSteps() + 1)
                .setHelpedSteps(group.getHelpedSteps() + (step.sum() < 0 ? 1 : 0))
                .setEstimate(group.getEstimate() + step.estimate())
                .build();
    }
}
