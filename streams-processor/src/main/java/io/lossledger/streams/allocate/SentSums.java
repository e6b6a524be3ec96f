package io.lossledger.streams.allocate;

import io.lossledger.protocol.v1.AllocatedChunk;
import io.lossledger.protocol.v1.AllocatedPart;
import io.lossledger.protocol.v1.AllocationSums;
import io.lossledger.streams.v1.ObjectivePartial;
import java.util.ArrayList;
import java.util.List;

/** Books sums that the producer has allocated itself: those of the whole update, then those of its parts. Stateless. */
final class SentSums {
    private SentSums() {}

    /** @param head what both have in common: the objective, and the first unit */
    static List<ObjectivePartial> book(AllocatedChunk sent, ObjectivePartial head) {
        List<ObjectivePartial> booked = new ArrayList<>();
        ObjectivePartial.Builder whole = head.toBuilder()
                .setRule(sent.getRule())
                .setSums(normal(sent, sent.getSums()))
                .addAllUnitLca(sent.getUnitLcaList());
        sent.getUnitLcaFloatList().forEach(whole::addUnitLca);
        if (sent.hasSamplingError()) {
            whole.setSamplingError(sent.getSamplingError());
        }
        booked.add(whole.build());
        for (AllocatedPart part : sent.getPartsList()) {
            ObjectivePartial.Builder split = head.toBuilder()
                    .clearSamplingError()
                    .setRule(sent.getRule())
                    .setSums(normal(sent, part.getSums()))
                    .addAllUnitLca(part.getUnitLcaList());
            part.getUnitLcaFloatList().forEach(split::addUnitLca);
            split.getFactsBuilder().setPart(part.getName());
            booked.add(split.build());
        }
        return booked;
    }

    /** Sums without a coarser rule are NaN in the books; on the wire they may be missing, which reads as 0. */
    private static AllocationSums normal(AllocatedChunk sent, AllocationSums sums) {
        boolean coarse = sent.hasCoarseSums()
                ? sent.getCoarseSums()
                : sums.getCoarseLca() != 0 || sums.getAbsoluteEstimate() != 0 || sums.getZero() == sums.getParameters();
        return coarse
                ? sums
                : sums.toBuilder()
                        .setCoarseLca(Double.NaN)
                        .setAbsoluteEstimate(Double.NaN)
                        .build();
    }
}
