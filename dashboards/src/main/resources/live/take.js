// What people take away: the numbers that are shown, and the address.

/** The steps in the range that is shown, one line each, as CSV. */
export function csv(model, [from, to]) {
  const columns = ['first', 'last', 'steps', 'loss', 'change', 'lca', 'residual', 'help', 'hurt', 'minibatch', 'rate'];
  const names = {first: 'first_step', last: 'last_step', change: 'cumulative_loss_change', lca: 'cumulative_lca', residual: 'cumulative_residual',
    help: 'helped_share', hurt: 'hurt_share', minibatch: 'minibatch_loss', rate: 'learning_rate'};
  const head = [...columns.map(name => names[name] ?? name),
    ...model.layers.flatMap(layer => [`lca:${layer.layer}`, `cumulative_lca:${layer.layer}`])];
  const lines = [];
  for (let i = 0; i < model.size; i++) {
    if (model.last[i] < from || model.first[i] > to) continue;
    lines.push([...columns.map(name => model[name][i]), ...model.layers.flatMap(layer => [layer.lca[i], layer.cumulative[i]])]);
  }
  return [head, ...lines].map(line => line.map(field).join(',')).join('\n') + '\n';
}

function field(value) {
  if (value === null || value === undefined) return '';
  const content = String(value);
  return /[",\n]/.test(content) ? `"${content.replaceAll('"', '""')}"` : content;
}

export function download(name, content) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([content], {type: 'text/csv'}));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Copies the address; false where the browser does not allow it. */
export async function copyLink() {
  try {
    await navigator.clipboard.writeText(location.href);
    return true;
  } catch {
    return false;
  }
}
