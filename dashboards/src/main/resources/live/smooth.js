// Moving means over steps.

/**
 * LCA of each layer by bucket: in place of a bucket's own mean per step, that over some steps up to it.
 *
 * @param steps over how many; 1: the buckets as they are
 */
export function smoothed(model, steps) {
  return model.layers.map(layer => (steps <= Math.max(1, model.facts.steps_per_bucket ?? 1) ? layer.lca : mean(model, layer.lca, steps)));
}

function mean(model, lca, steps) {
  const out = new Array(lca.length);
  let sum = 0;
  let covered = 0;
  let from = 0;
  let broken = -1; // the newest bucket in reach whose value is not finite
  for (let i = 0; i < lca.length; i++) {
    if (lca[i] !== null && lca[i] !== undefined) {
      if (Number.isFinite(lca[i])) sum += lca[i];
      else broken = i;
      covered += model.steps[i];
    }
    while (from < i && covered - counted(model, lca, from) >= steps) {
      if (Number.isFinite(lca[from])) sum -= lca[from];
      covered -= counted(model, lca, from);
      from++;
    }
    out[i] = lca[i] === null || lca[i] === undefined ? null : broken >= from ? NaN : sum / covered * model.steps[i];
  }
  return out;
}

function counted(model, lca, i) {
  return lca[i] === null || lca[i] === undefined ? 0 : model.steps[i];
}
