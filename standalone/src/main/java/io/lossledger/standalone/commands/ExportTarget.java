package io.lossledger.standalone.commands;

import io.lossledger.standalone.terminal.UserException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/** The error for a file that cannot be written. */
final class ExportTarget {
    private ExportTarget() {}

    /** @throws UserException when a run is named twice */
    static void requireDifferent(List<String> runs) {
        for (String run : runs) {
            if (Collections.frequency(runs, run) > 1) {
                throw new UserException("RUN: must be different runs. Found: " + run + " twice");
            }
        }
    }

    /** A message that names the option and says why. */
    static UserException refused(String option, Path target, IOException fault) {
        String rule = fault instanceof FileAlreadyExistsException
                ? ": must not exist unless --force replaces it. Found: " + target
                : ": must be a writable path with enough space. Found: " + target + " ("
                        + fault.toString().strip().replaceAll("\\s+", " ") + ")";
        return new UserException(option + rule, fault);
    }
}
