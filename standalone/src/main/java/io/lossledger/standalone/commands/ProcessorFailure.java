package io.lossledger.standalone.commands;

import io.lossledger.standalone.broker.DiskRoom;
import io.lossledger.standalone.terminal.DiskFullException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.commons.lang3.exception.ExceptionUtils;

/** Why a processor has stopped, in one line. Stateless. */
final class ProcessorFailure {
    private ProcessorFailure() {}

    /** The failure and its first cause, which Kafka Streams wraps several times. */
    static String text(Throwable fault) {
        Throwable root = ExceptionUtils.getRootCause(fault);
        return root == fault ? fault.toString() : fault + ", caused by " + root;
    }

    /** What to do if the disk of the state is full. */
    static Optional<DiskFullException> fullDisk(String option, Path folder, Throwable fault) {
        return DiskRoom.full(option, folder, fault)
                .map(why -> new DiskFullException(
                        why + ". Then start the processor again: it continues from its last commit", fault));
    }
}
