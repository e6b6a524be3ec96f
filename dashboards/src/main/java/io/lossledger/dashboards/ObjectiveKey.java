package io.lossledger.dashboards;

/** An objective, and its stratum if it is sampled in strata. */
record ObjectiveKey(String name, String stratum) {}
