package io.lossledger.standalone.commands;

import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;

/** Where the processor keeps its state: a folder for each Kafka, because the books of one are wrong for another. */
final class StateFolder {
    private StateFolder() {}

    static Path of(Path parent, Admin admin) throws ExecutionException, InterruptedException {
        return parent.resolve(admin.describeCluster().clusterId().get());
    }
}
