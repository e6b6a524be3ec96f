// The page: what is watched, and when it is drawn.
import {Charts} from './charts.js';
import {Detail} from './detail.js';
import {showEmpty} from './empty.js';
import {showFigures, showStatus, statusWord} from './figures.js';
import {watchKeys} from './keys.js';
import {showAlerts, showFacts, showLayers} from './layers.js';
import {bucketAt, RunModel, UnitModel} from './model.js';
import {moveCursor, restyleAll, shared} from './panel.js';
import {Stream} from './stream.js';
import {watchTheme} from './theme.js';

const $ = selector => document.querySelector(selector);
const FRAME_MILLIS = 180;
const HIDDEN_MILLIS = 60_000;

const state = {
  runs: null, missingTopics: [], run: '', objective: '', stratum: '', layer: '', kafka: {kafka: 'up', message: '', topics: []}, lost: '', status: 0,
  manifest: null, model: null, units: new UnitModel(), pictures: null, charts: null, detail: null, zoomed: null, cursor: null, paused: false, following: false,
};

// ---- what is watched stands in the address, so that a link and a reload show the same

function readAddress() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  state.run = wanted.get('run') ?? '';
  state.objective = wanted.get('objective') ?? '';
  state.stratum = wanted.get('stratum') ?? '';
  state.layer = wanted.get('layer') ?? '';
  state.following = state.run === '';
}

/** A run that nobody has chosen is not named: then the page follows the newest one. */
function writeAddress() {
  const wanted = new URLSearchParams();
  for (const name of ['run', 'objective', 'stratum', 'layer']) {
    if (state[name] && !(name === 'run' && state.following)) wanted.set(name, state[name]);
  }
  history.replaceState(null, '', `#${wanted}`);
}

function url() {
  if (!state.run) return 'api/stream';
  const query = new URLSearchParams();
  if (state.objective) {
    query.set('objective', state.objective);
    if (state.stratum) query.set('stratum', state.stratum);
  }
  if (state.layer) query.set('layer', state.layer);
  return `api/runs/${encodeURIComponent(state.run)}/stream?${query}`;
}

const stream = new Stream({
  found() {
    state.lost = '';
    state.status = 0;
    later();
  },
  lost(reason, status = 0) {
    state.lost = reason;
    state.status = status;
    if (status === 404 && state.runs) showRuns();
    if (status === 404 && (state.layer || state.objective)) watch({layer: '', objective: '', stratum: ''});
    later();
  },
  state(message) {
    state.kafka = message;
    later();
  },
  runs(message) {
    state.runs = message.runs;
    state.missingTopics = message.missing_topics;
    if (state.following && state.runs.length > 0 && state.runs[0].run !== state.run) watch({run: state.runs[0].run});
    showRuns();
    later();
  },
  manifest(message) {
    state.manifest = message;
    showObjectives();
    if (state.layer && !state.detail) openDetail();
    later();
  },
  snapshot(message) {
    state.model = new RunModel();
    state.model.apply(message);
    later();
  },
  update(message) {
    state.model.apply(message);
    later();
  },
  units(message) {
    if (message.from === undefined || message.from === 0) state.units = new UnitModel();
    state.units.apply(message);
    later();
  },
  pictures(message) {
    state.pictures = message;
    later();
  },
});

/** Watches another run, objective or layer. */
function watch(changes) {
  if (changes.run !== undefined && changes.run !== state.run) {
    // The first run is watched as the address says, a later one from its beginning.
    if (state.run !== '') Object.assign(state, {objective: '', stratum: '', layer: ''});
    Object.assign(state, {manifest: null, model: null, zoomed: null});
    closeDetail();
  }
  if (changes.layer !== undefined && changes.layer !== state.layer) closeDetail();
  Object.assign(state, changes);
  writeAddress();
  if (state.layer && state.manifest) openDetail();
  stream.open(url());
  later();
}

// ---- drawing, at most some times a second however fast steps come

let scheduled = false;
let drawnAt = 0;

function later() {
  if (scheduled) return;
  scheduled = true;
  const wait = Math.max(0, drawnAt + FRAME_MILLIS - performance.now());
  setTimeout(() => requestAnimationFrame(() => {
    scheduled = false;
    drawnAt = performance.now();
    showNotices();
    if (!state.paused) draw();
  }), wait);
}

function draw() {
  const {model, manifest} = state;
  const isEmpty = !model || model.size === 0;
  $('#charts').hidden = isEmpty;
  $('#side').hidden = isEmpty;
  $('#empty').hidden = !isEmpty;
  if (isEmpty) {
    showEmpty(state);
    $('#status').replaceChildren();
    return;
  }
  if (!state.charts) {
    state.charts = new Charts($('#panels'), toggleLayer);
    if (state.layer && manifest) openDetail();
  }
  const first = model.first[0];
  const last = Math.max(model.last[model.size - 1], first + 1);
  shared.zoomed = state.zoomed !== null;
  shared.view = state.zoomed ?? [first - 0.5, last + 0.5];
  $('#unzoom').hidden = state.zoomed === null;
  const objective = manifest?.objectives.find(isShown);
  state.charts.show(model, manifest, objective?.kind === 'OBJECTIVE_KIND_SAMPLED');
  state.detail?.show(Math.max(1, manifest?.every ?? 1), state.units, state.pictures);
  showFigures(model);
  showLayers(model, state.layer, toggleLayer);
  showAlerts(model.alerts);
  if (manifest) {
    showFacts(manifest, model);
    showStatus(model, manifest);
  }
  read();
}

/** The values at the cursor, or the newest ones. */
function read() {
  const {model, charts, detail, cursor} = state;
  if (!model || model.size === 0 || !charts) return;
  const step = cursor ?? (state.zoomed ? state.zoomed[1] - 0.5 : Infinity);
  charts.read(bucketAt(model, step));
  const units = detail?.model;
  if (units && units.size > 0) detail.read(bucketAt(units, step));
}

let reading = false;
shared.move = step => {
  state.cursor = step === null ? null : Math.round(step);
  if (reading) return;
  reading = true;
  requestAnimationFrame(() => {
    reading = false;
    read();
  });
};

// ---- header, figures and notices

function showRuns() {
  const picker = $('#run');
  const options = state.runs.map(run => {
    const option = document.createElement('option');
    option.value = run.run;
    const status = statusWord(run.status);
    option.textContent = status === 'finished' ? run.run : `${run.run} (${status})`;
    return option;
  });
  if (state.run && !state.runs.some(run => run.run === state.run)) {
    const option = document.createElement('option');
    option.value = state.run;
    option.textContent = state.status === 404 ? `${state.run} (unknown)` : state.run;
    options.unshift(option);
  }
  picker.replaceChildren(...options);
  picker.value = state.run;
  picker.disabled = options.length === 0;
}

/** Whether an objective is the one that is watched: the server's choice if nobody has chosen. */
function isShown({name, stratum}) {
  const shown = state.objective ? {name: state.objective, stratum: state.stratum} : state.manifest.default_objective;
  return name === shown.name && stratum === shown.stratum;
}

function showObjectives() {
  const picker = $('#objective');
  picker.replaceChildren(...state.manifest.objectives.map(({name, stratum}, i) => {
    const option = document.createElement('option');
    option.value = String(i);
    option.textContent = stratum ? `${name} (${stratum})` : name;
    option.selected = isShown({name, stratum});
    return option;
  }));
  picker.disabled = picker.options.length < 2;
}

function kafkaTrouble({kafka, message, topics}) {
  if (kafka === 'away') return `Kafka is unreachable: ${message}. The data stay; the page resumes automatically.`;
  return topics.length === 0 ? '' : `These topics cannot be read: ${topics.map(({topic, reason}) => `${topic} ${reason}`).join('; ')}. The page resumes automatically.`;
}

function showNotices() {
  const banner = $('#banner');
  const text = state.lost || kafkaTrouble(state.kafka);
  banner.hidden = text === '';
  if (banner.textContent !== text) banner.textContent = text;
}

// ---- layers

function toggleLayer(layer) {
  watch({layer: layer === state.layer ? '' : layer});
  if (state.layer) state.detail?.panel.element.scrollIntoView({block: 'start'});
}

function openDetail() {
  if (!state.charts || state.detail) return;
  const facts = state.manifest.layer_facts.find(layer => layer.layer === state.layer);
  state.detail = new Detail($('#panels'), state.layer, facts?.image ?? false, () => toggleLayer(state.layer));
}

function closeDetail() {
  state.detail?.remove();
  Object.assign(state, {detail: null, units: new UnitModel(), pictures: null});
}

function focusLayer(by) {
  const buttons = [...document.querySelectorAll('#layers button')];
  if (buttons.length === 0) return;
  const at = buttons.indexOf(document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : buttons.length - 1) : (at + by + buttons.length) % buttons.length;
  buttons[next].focus();
}

// ---- zoom, pause and keys

shared.zoom = (from, to) => {
  const span = Math.max(2, to - from);
  const middle = (from + to) / 2;
  state.zoomed = [middle - span / 2, middle + span / 2];
  later();
};
shared.unzoom = () => {
  state.zoomed = null;
  later();
};

function zoomBy(factor) {
  const {model} = state;
  if (!model || model.size === 0) return;
  const [from, to] = shared.view;
  const around = state.cursor ?? (from + to) / 2;
  const next = [around - (around - from) * factor, around + (to - around) * factor];
  const end = model.last[model.size - 1];
  if (next[0] <= model.first[0] && next[1] >= end) shared.unzoom();
  else shared.zoom(Math.max(next[0], model.first[0] - 0.5), Math.min(next[1], end + 0.5));
}

function moveBy(buckets) {
  const {model} = state;
  if (!model || model.size === 0) return;
  const at = state.cursor === null ? model.size - 1 : bucketAt(model, state.cursor);
  moveCursor(model.last[Math.max(0, Math.min(model.size - 1, at + buckets))]);
}

function pause() {
  state.paused = !state.paused;
  $('#pause').setAttribute('aria-pressed', String(state.paused));
  $('#pause').textContent = state.paused ? 'resume' : 'pause';
  $('#pause').title = state.paused ? 'New data are kept, and shown when you resume.' : '';
  if (state.paused && state.model) $('#status').append(' · paused');
  later();
}

// Nothing comes of a run that is silent, and yet there is something to say.
setInterval(later, 10_000);

$('#pause').addEventListener('click', pause);
$('#unzoom').addEventListener('click', () => shared.unzoom());
$('#help').addEventListener('click', () => $('#keys').showModal());
$('#run').addEventListener('change', event => {
  state.following = false;
  watch({run: event.target.value});
});
$('#objective').addEventListener('change', event => {
  const {name, stratum} = state.manifest.objectives[Number(event.target.value)];
  state.model = null;
  closeDetail();
  watch({objective: name, stratum});
});
watchTheme($('#theme'), () => {
  restyleAll();
  later();
});
watchKeys({
  pause,
  layer: focusLayer,
  move: moveBy,
  escape: () => (state.layer ? toggleLayer(state.layer) : shared.unzoom()),
  zoom: zoomBy,
  unzoom: shared.unzoom,
  theme: () => $('#theme').click(),
  keys: () => $('#keys').showModal(),
});
addEventListener('hashchange', () => {
  const before = {...state};
  readAddress();
  if (before.layer !== state.layer) closeDetail();
  if (before.run !== state.run || before.objective !== state.objective || before.stratum !== state.stratum) {
    Object.assign(state, {manifest: null, model: null, zoomed: null});
    closeDetail();
  }
  watch({});
});

// Browsers allow six connections to a server over all tabs: one that nobody has seen for a while gives its own up.
let hiding = 0;
document.addEventListener('visibilitychange', () => {
  clearTimeout(hiding);
  if (document.hidden) hiding = setTimeout(() => stream.close(), HIDDEN_MILLIS);
  else if (!stream.isOpen) stream.open(url());
});
addEventListener('resize', later);
readAddress();
stream.open(url());
later();
