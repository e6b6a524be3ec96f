package io.lossledger.dashboards;

/** An opened layer of a run, under one objective. */
record LayerKey(String run, ObjectiveKey objective, String layer) {}
