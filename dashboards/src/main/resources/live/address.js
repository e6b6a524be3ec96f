// The address of the page contains what it shows, so that links and reloads work.
const MOST_BESIDE = 3;

/** What an address asks for; whatever it does not say has its default. */
export function readAddress() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  const [from, to] = (wanted.get('steps') ?? '').split('-').map(Number);
  const smooth = Number(wanted.get('smooth'));
  return {
    run: wanted.get('run') ?? '',
    beside: (wanted.get('with') ?? '').split(',').filter(Boolean).slice(0, MOST_BESIDE),
    objective: wanted.get('objective') ?? '',
    stratum: wanted.get('stratum') ?? '',
    layer: wanted.get('layer') ?? '',
    zoomed: to > from ? [from - 0.5, to + 0.5] : null,
    smooth: [10, 100].includes(smooth) ? smooth : 1,
    log: wanted.get('scale') === 'log',
    following: !wanted.get('run'),
  };
}

/** A run that nobody has chosen is not named: then the page follows the newest one. */
export function writeAddress(state) {
  const wanted = new URLSearchParams();
  if (state.run && !state.following) wanted.set('run', state.run);
  if (state.beside.length > 0) wanted.set('with', state.beside.join(','));
  for (const name of ['objective', 'stratum', 'layer']) if (state[name]) wanted.set(name, state[name]);
  if (state.zoomed) wanted.set('steps', state.zoomed.map(step => Math.max(0, Math.round(step))).join('-'));
  if (state.smooth > 1) wanted.set('smooth', state.smooth);
  if (state.log) wanted.set('scale', 'log');
  history.replaceState(null, '', `#${wanted}`);
}

/** The stream that brings what is watched; a run that resumes another is shown with it. */
export function streamUrl({run, beside, parent, objective, stratum, layer}) {
  if (!run) return 'api/stream';
  const query = new URLSearchParams();
  if (objective) {
    query.set('objective', objective);
    if (stratum) query.set('stratum', stratum);
  }
  if (layer) query.set('layer', layer);
  const others = beside?.length > 0 ? beside : [parent].filter(Boolean);
  if (others.length > 0) query.set('with', others.join(','));
  return `api/runs/${encodeURIComponent(run)}/stream?${query}`;
}
