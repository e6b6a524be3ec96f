package io.lossledger.streams.books;

import io.lossledger.protocol.v1.RunRequest;
import io.lossledger.streams.v1.PendingRequest;
import io.lossledger.streams.v1.RunProgress;
import java.util.Optional;

/**
 * Collects the records of a request to end or delete a run. Each partition of the update topic holds one, after
 * everything sent before the request. Once all have arrived, everything sent before has arrived too. Stateless.
 */
final class RunRequests {
    private RunRequests() {}

    /**
     * Adds one record.
     *
     * @param run the book of the run; it keeps the request until it is complete
     * @param timestampMillis time of the record
     * @return the request, once every partition has delivered its record
     */
    static Optional<PendingRequest> add(RunProgress.Builder run, RunRequest record, long timestampMillis) {
        int place = place(run, record);
        PendingRequest.Builder request = run.getRequestsBuilder(place);
        // Topics grow: a repeated request also counts the new partitions.
        request.setPartitions(Math.max(request.getPartitions(), record.getPartitions()));
        request.setTimestampMillis(Math.max(request.getTimestampMillis(), timestampMillis));
        if (!request.getArrivedList().contains(record.getPartition())) {
            request.addArrived(record.getPartition());
        }
        if (request.getArrivedCount() < request.getPartitions()) {
            return Optional.empty();
        }
        PendingRequest complete = request.build();
        run.removeRequests(place);
        return Optional.of(complete);
    }

    private static int place(RunProgress.Builder run, RunRequest record) {
        for (int i = 0; i < run.getRequestsCount(); i++) {
            if (run.getRequests(i).getAction() == record.getAction()) {
                return i;
            }
        }
        run.addRequestsBuilder().setAction(record.getAction());
        return run.getRequestsCount() - 1;
    }
}
