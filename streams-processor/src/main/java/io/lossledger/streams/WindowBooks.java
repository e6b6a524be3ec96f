package io.lossledger.streams;

import io.lossledger.lca.AllocationSums;
import io.lossledger.streams.v1.GroupBook;
import io.lossledger.streams.v1.ObjectiveBook;
import io.lossledger.streams.v1.WindowBook;
import java.util.List;

/** Adds steps to a window's books. Stateless; books are immutable, each step makes the next version. */
final class WindowBooks {
    private WindowBooks() {}

    /** An empty book for window number {@code window} of {@code size} steps. */
    static WindowBook open(int window, int size) {
        return WindowBook.newBuilder().setWindow(window).setSize(size).build();
    }

    static WindowBook add(WindowBook book, BalancedStep step) {
        WindowBook.Builder next = book.toBuilder();
        if (book.getSteps() == 0) {
            next.setFirstStep(step.step()).setFirstTime(step.time());
        }
        next.setLastStep(step.step()).setLastTime(step.time()).setSteps(book.getSteps() + 1);
        for (BalancedStep.Objective objective : step.objectives()) {
            addObjective(next, objective);
        }
        return next.build();
    }

    static WindowBook addMissing(WindowBook book, int steps) {
        return book.toBuilder().setMissingSteps(book.getMissingSteps() + steps).build();
    }

    private static void addObjective(WindowBook.Builder book, BalancedStep.Objective objective) {
        String name = objective.facts().getName();
        String stratum = objective.facts().getStratum();
        int at = 0;
        while (at < book.getObjectivesCount()
                && !(book.getObjectives(at).getName().equals(name)
                        && book.getObjectives(at).getStratum().equals(stratum))) {
            at++;
        }
        if (at == book.getObjectivesCount()) {
            book.addObjectives(ObjectiveBook.newBuilder().setName(name).setStratum(stratum));
        }
        ObjectiveBook.Builder next = book.getObjectives(at).toBuilder();
        next.setLossChange(next.getLossChange() + objective.lossChange());
        next.setModel(addGroup(next.getModel(), objective.model()));
        addLayers(next, objective.layers());
        book.setObjectives(at, next);
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
            GroupBook.Builder group = addGroup(book.getLayers(at), layer.sums()).toBuilder();
            book.setLayers(at, group.setLayer(layer.name()));
        }
    }

    private static GroupBook addGroup(GroupBook group, AllocationSums step) {
        AllocationSums before = group.hasSums() ? Sums.fromMessage(group.getSums()) : AllocationSums.EMPTY;
        return group.toBuilder()
                .setSums(Sums.toMessage(before.plus(step)))
                .setParameters(step.parameters())
                .setSteps(group.getSteps() + 1)
                .setHelpedSteps(group.getHelpedSteps() + (step.sum() < 0 ? 1 : 0))
                .setEstimate(group.getEstimate() + step.estimate())
                .build();
    }
}
