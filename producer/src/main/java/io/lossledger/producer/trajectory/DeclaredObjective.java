package io.lossledger.producer.trajectory;

/**
 * An objective over fixed examples that workers measure: a recorded run only states it. Immutable.
 *
 * @param name name in the ledger, such as {@code train}; unique in a run
 * @param weight weight in a sum of objectives; 1 for a single objective
 * @param examples number of examples
 */
public record DeclaredObjective(String name, double weight, int examples) {}
