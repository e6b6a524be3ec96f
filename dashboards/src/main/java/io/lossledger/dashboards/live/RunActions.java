package io.lossledger.dashboards.live;

/** What the page can do to a run when someone asks for it. Called off the server's threads; must be thread-safe. */
public interface RunActions {
    /**
     * Ends a run whose trainer is gone.
     *
     * @return a sentence that says what was done
     * @throws RefusedActionException when a rule does not allow it
     */
    String end(String run) throws RefusedActionException, InterruptedException;

    /**
     * Deletes a run, and ends it first if it is running.
     *
     * @return a sentence that says what was done
     * @throws RefusedActionException when a rule does not allow it
     */
    String delete(String run) throws RefusedActionException, InterruptedException;
}
