// The page: what is watched, and when it is drawn.
import {readAddress, streamUrl, writeAddress} from './address.js';
import {Charts} from './charts.js';
import {Comparison, runColor} from './compare.js';
import {Detail} from './detail.js';
import {showEmpty} from './empty.js';
import {watchKeys} from './keys.js';
import {Layers} from './layers.js';
import {bucketAt, frozen, RunModel, UnitModel} from './model.js';
import {hideNotice, showBanner, showNotice} from './notices.js';
import {moveCursor, restyleAll, shared} from './panel.js';
import {showObjectives, showRuns} from './pickers.js';
import {parentLine, runLabels, showRelation} from './relations.js';
import {Runs} from './runs.js';
import {showAlerts, showFacts, showParts} from './side.js';
import {showState} from './states.js';
import {Stream} from './stream.js';
import {copyLink, csv, download} from './take.js';
import {watchTheme} from './theme.js';
import {showRunVerdicts, showVerdicts} from './verdicts.js';

const $ = selector => document.querySelector(selector);
const FRAME_MILLIS = 180;
const HIDDEN_MILLIS = 60_000;

const state = {
  ...readAddress(),
  runs: null, editable: false, missingTopics: [], kafka: {kafka: 'up', message: '', topics: []}, lost: '', unknown: false,
  manifest: null, model: null, stale: false, parent: '', recording: null, others: new Map(), units: new UnitModel(), pictures: null,
  charts: null, comparison: null, detail: null, cursor: null, paused: false, frozen: null, touched: false, version: 0,
};
const layers = new Layers($('#layers-section'), toggleLayer);
const runs = new Runs($('#runs'), {
  watch: run => choose(run),
  compare: ([run, ...beside]) => watch({run, beside, following: false}),
  deleted: leave,
  say: showNotice,
});

const stream = new Stream({
  found() {
    state.lost = '';
    later();
  },
  lost(reason, status = 0) {
    state.lost = status === 404 ? '' : reason;
    if (status === 404) correct(reason);
    later();
  },
  state(message) {
    state.kafka = message;
    later();
  },
  runs(message) {
    const newest = message.runs[0]?.run;
    const isNew = state.runs !== null && newest !== undefined && !state.runs.some(run => run.run === newest);
    state.runs = message.runs;
    state.editable = message.editable;
    state.missingTopics = message.missing_topics;
    if (state.unknown && state.runs.some(run => run.run === state.run)) watch({});
    if (newest && newest !== state.run) {
      if (state.following && !state.touched) watch({run: newest});
      else if (isNew) showNotice(`${newest} started`, () => choose(newest));
    }
    showRuns(state);
    if ($('#runs').open) runs.show(state.runs, state.editable);
    later();
  },
  manifest(message) {
    if (message.run === state.manifest?.recorded_run) state.recording = message;
    if (message.run !== state.run) return later();
    state.manifest = message;
    const parent = state.runs?.some(run => run.run === message.parent_run) ? message.parent_run : '';
    if (parent !== state.parent) {
      state.parent = parent;
      stream.open(streamUrl(state));
    }
    showObjectives(state);
    if (state.layer && !state.detail) openDetail();
    later();
  },
  snapshot(message) {
    const model = new RunModel();
    model.apply(message);
    keep(message, model);
  },
  update(message) {
    const model = message.run === state.run ? state.model : state.others.get(message.run);
    model?.apply(message);
    keep(message, model);
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

function keep(message, model) {
  if (message.run === state.run) {
    state.model = model;
    state.stale = false;
    state.version++;
  } else if (state.beside.includes(message.run) || message.run === state.parent) {
    state.others.set(message.run, model);
  }
  later();
}

/** What is drawn: all that has come; while paused, what had come until then. */
function shown() {
  return state.frozen ?? state;
}

/** Watches another run, objective or layer; what stays the same is not asked for again. Another run or objective ends a pause. */
function watch(changes) {
  if (state.paused && ['run', 'beside', 'objective'].some(name => changes[name] !== undefined)) pause();
  if (changes.run !== undefined && changes.run !== state.run) {
    // The first run is watched as the address says, a later one from its beginning.
    if (state.run !== '') Object.assign(state, {objective: '', stratum: '', layer: '', zoomed: null, beside: []});
    Object.assign(state, {manifest: null, model: null, parent: '', recording: null});
    closeDetail();
  }
  if (changes.layer !== undefined && changes.layer !== state.layer) closeDetail();
  Object.assign(state, changes, {unknown: false});
  state.beside = state.beside.filter(run => run !== state.run);
  state.others = new Map([...state.others].filter(([run]) => state.beside.includes(run) || run === state.parent));
  writeAddress(state);
  if (state.layer && state.manifest) openDetail();
  stream.open(streamUrl(state));
  later();
}

function choose(run) {
  hideNotice();
  watch({run, beside: [], following: false});
}

/** Stops to watch a run that is deleted; another one takes its place. */
function leave(run) {
  if (run === state.run) {
    const next = state.runs.find(one => one.run !== run)?.run ?? '';
    watch({run: next, beside: [], following: next === ''});
    if (next === '') state.touched = false;
  } else if (state.beside.includes(run)) {
    watch({beside: state.beside.filter(one => one !== run)});
  }
}

/** What the server does not have is left out, and said; of a run that does not exist, the others are shown until it begins. */
function correct(reason) {
  if (state.layer || state.objective || state.beside.length > 0) {
    showNotice(`${reason[0].toUpperCase()}${reason.slice(1)}.`);
    watch({layer: '', objective: '', stratum: '', beside: []});
    return;
  }
  state.unknown = true;
  stream.open(streamUrl({run: ''}));
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
    showBanner(state);
    draw();
  }), wait);
}

function draw() {
  const {manifest} = state;
  const {model, version} = shown();
  const isEmpty = !model || model.size === 0;
  for (const part of ['#charts', '#side', '#verdicts']) $(part).hidden = isEmpty;
  $('#empty').hidden = !isEmpty;
  $('#csv').disabled = isEmpty;
  showRelation(state);
  if (manifest) showState(manifest, state.recording, state.model, state.paused);
  else $('#status').replaceChildren();
  if (isEmpty) {
    showEmpty(state);
    return;
  }
  $('main').classList.toggle('stale', state.stale);
  shared.zoomed = state.zoomed !== null;
  shared.view = state.zoomed ?? wholeRange();
  $('#unzoom').hidden = state.zoomed === null;
  const isComparing = state.beside.length > 0;
  for (const of of document.querySelectorAll('.of')) of.textContent = isComparing ? `of ${state.run}` : '';
  if (isComparing) drawComparison();
  else drawRun();
  if (!state.stale) layers.show(state, state.zoomed ?? (state.paused ? [0, model.last[model.size - 1]] : null), state.layer, version);
  showAlerts(model.alerts, step => moveCursor(step));
  showParts(model.facts.parts);
  if (manifest) showFacts(manifest, model);
  read();
}

function drawRun() {
  const {manifest} = state;
  const {model, others} = shown();
  showVerdicts(model.facts.verdicts);
  if (state.comparison) {
    state.comparison.remove();
    state.comparison = null;
  }
  if (!state.charts) {
    state.charts = new Charts($('#panels'), {openLayer: toggleLayer, smooth: steps => set({smooth: steps}), log: log => set({log})});
    if (state.layer && manifest) openDetail();
  }
  const objective = manifest?.objectives.find(({name, stratum}) => name === model.facts.objective && stratum === model.facts.stratum);
  const parent = parentLine(manifest, model, others.get(state.parent));
  state.charts.show(model, manifest, {sampled: objective?.kind === 'OBJECTIVE_KIND_SAMPLED', smooth: state.smooth, log: state.log, parent});
  // Of a layer that is opened while the page is paused, nothing was there before.
  const {units, pictures} = state.frozen?.layer === state.layer ? state.frozen : state;
  state.detail?.show(Math.max(1, manifest?.every ?? 1), units, pictures);
}

function drawComparison() {
  const names = [state.run, ...state.beside];
  if (state.charts) {
    closeDetail();
    state.charts.remove();
    state.charts = null;
  }
  if (state.comparison && state.comparison.runs.join() !== names.join()) {
    state.comparison.remove();
    state.comparison = null;
  }
  state.comparison ??= new Comparison($('#panels'), names, {layer: layer => set({compared: layer}), log: log => set({log})});
  const models = [shown().model, ...state.beside.map(run => shown().others.get(run) ?? null)];
  showRunVerdicts(runLabels(names, models).map((run, at) => ({run, color: runColor(at), verdicts: models[at]?.facts.verdicts ?? null})));
  state.comparison.show(models, state.compared ?? state.layer, state.log);
}

/** From the start of the first step to the newest one; while history is read, to the newest that all panels have. */
function wholeRange() {
  const {manifest} = state;
  const {model, others} = shown();
  const models = [model, ...others.values()].filter(one => one.size > 0);
  const first = Math.min(...models.map(one => one.first[0])) - Math.max(1, manifest?.every ?? 1);
  const compared = state.beside.length > 0 ? models : [model];
  const last = Math.max(...compared.map(one => one.last[one.facts.reading ? one.common : one.size - 1]));
  return [first, Math.max(last + 0.5, first + 1)];
}

/** Changes how something is shown. */
function set(changes) {
  Object.assign(state, changes);
  writeAddress(state);
  later();
}

/** The values at the cursor, or the newest ones. */
function read() {
  const {charts, comparison, detail, cursor} = state;
  const step = cursor ?? (state.zoomed ? state.zoomed[1] - 0.5 : Infinity);
  comparison?.read(step);
  if (charts?.model?.size > 0) charts.read(bucketAt(charts.model, step));
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

// ---- layers

function toggleLayer(layer) {
  watch({layer: layer === state.layer ? '' : layer});
  if (state.layer) state.detail?.panel.element.scrollIntoView({block: 'nearest'});
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

// ---- zoom, pause and keys

shared.zoom = (from, to) => {
  const span = Math.max(2, to - from);
  const middle = (from + to) / 2;
  set({zoomed: [middle - span / 2, middle + span / 2]});
};
shared.unzoom = () => set({zoomed: null});

function zoomBy(factor) {
  const {model} = shown();
  if (!model || model.size === 0) return;
  const [from, to] = shared.view;
  const around = state.cursor ?? (from + to) / 2;
  const next = [around - (around - from) * factor, around + (to - around) * factor];
  const [start, end] = wholeRange();
  if (next[0] <= start && next[1] >= end) shared.unzoom();
  else shared.zoom(Math.max(next[0], start), Math.min(next[1], end));
}

function moveBy(buckets) {
  const {model} = shown();
  if (!model || model.size === 0) return;
  const at = state.cursor === null ? model.size - 1 : bucketAt(model, state.cursor);
  moveCursor(model.last[Math.max(0, Math.min(model.size - 1, at + buckets))]);
}

function pause() {
  state.paused = !state.paused;
  state.frozen = state.paused ? frozen(state) : null;
  $('#pause').setAttribute('aria-pressed', String(state.paused));
  $('#pause').textContent = state.paused ? 'resume' : 'pause';
  $('#pause').title = state.paused ? 'New data are kept, and shown when you resume.' : '';
  later();
}

function openRuns() {
  runs.open(state.runs ?? [], state.editable, [state.run, ...state.beside].filter(Boolean));
}

// Nothing comes of a run that is silent, and yet there is something to say.
setInterval(later, 5_000);

// A page that someone has touched stays with its run, whatever else begins.
for (const event of ['pointerdown', 'keydown']) {
  addEventListener(event, () => {
    state.touched = true;
  }, {capture: true});
}

$('#pause').addEventListener('click', pause);
$('#unzoom').addEventListener('click', () => shared.unzoom());
$('#help').addEventListener('click', () => $('#keys').showModal());
$('#all-runs').addEventListener('click', openRuns);
$('#csv').addEventListener('click', () => download(`${state.run}.csv`, csv(shown().model, shared.view)));
$('#link').addEventListener('click', async () => {
  state.following = false;
  writeAddress(state);
  showNotice(await copyLink() ? 'Link copied.' : `The browser does not allow copying; the address is ${location.href}`);
});
$('#run').addEventListener('change', event => choose(event.target.value));
$('#objective').addEventListener('change', event => {
  const {name, stratum} = state.manifest.objectives[Number(event.target.value)];
  closeDetail();
  watch({objective: name, stratum, stale: true});
});
watchTheme($('#theme'), () => {
  restyleAll();
  later();
});
watchKeys({
  pause,
  layer: by => layers.focus(by),
  move: moveBy,
  escape: () => (state.layer ? toggleLayer(state.layer) : shared.unzoom()),
  zoom: zoomBy,
  unzoom: shared.unzoom,
  log: () => set({log: !state.log}),
  runs: openRuns,
  theme: () => $('#theme').click(),
  keys: () => $('#keys').showModal(),
});
addEventListener('hashchange', () => {
  const before = {...state};
  const wanted = readAddress();
  if (before.layer !== wanted.layer) closeDetail();
  if (wanted.following) state.touched = false;
  if (before.run !== wanted.run) Object.assign(state, {manifest: null, model: null, parent: '', recording: null, run: ''});
  else if (before.objective !== wanted.objective || before.stratum !== wanted.stratum) state.stale = true;
  watch(wanted);
});

// Browsers allow six connections to a server over all tabs: one that nobody has seen for a while gives its own up.
let hiding = 0;
document.addEventListener('visibilitychange', () => {
  clearTimeout(hiding);
  if (document.hidden) hiding = setTimeout(() => stream.close(), HIDDEN_MILLIS);
  else if (!stream.isOpen) stream.open(streamUrl(state));
});
addEventListener('resize', later);
stream.open(streamUrl(state));
later();
