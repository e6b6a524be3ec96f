package io.lossledger.dashboards.live.history;

/** An opened layer of a run, under one objective. */
public record LayerKey(String run, ObjectiveKey objective, String layer) {}
