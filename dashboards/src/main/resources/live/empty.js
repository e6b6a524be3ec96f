// What the page says while there is nothing to draw.
import {count} from './format.js';
import {isAsked} from './relations.js';
import {sentStep} from './states.js';

const section = document.querySelector('#empty');

export function showEmpty(state) {
  const parts = words(state);
  const key = JSON.stringify(parts);
  if (section.dataset.key === key) return;
  section.dataset.key = key;
  section.replaceChildren(...parts.map(([tag, content]) => {
    const element = document.createElement(tag);
    element.textContent = content;
    return element;
  }));
}

const UNBOOKED_MILLIS = 15_000;
// A running trainer says every few seconds how far it is, so that the newest word is never old.
const seen = {run: null, at: 0};

/** Whether a processor may still be at the first steps of a run. */
function mayBook(run, {status, sent_time: at}) {
  const now = Date.now();
  if (seen.run !== run) Object.assign(seen, {run, at: now});
  return status === 'RUN_STATUS_RUNNING' && now - at < UNBOOKED_MILLIS && now - seen.at < UNBOOKED_MILLIS;
}

function words(state) {
  const runs = state.runs?.slice(0, 5).map(run => run.run).join(', ');
  if (state.unknown) {
    return [['h2', 'No such run'], ['p', `This Kafka has no run ${state.run}. ${runs ? `It has ${runs}${state.runs.length > 5 ? ' and others' : ''}. Choose one above.` : ''}`]];
  }
  if (state.missingTopics.length > 0 || state.model?.facts.missing_topics?.length > 0) {
    return [['h2', 'Topics are missing'], ['p', `This Kafka lacks ${[...state.missingTopics, ...(state.model?.facts.missing_topics ?? [])].join(', ')}. A processor or trainer creates them, or run:`], ['code', './lossledger topics --create']];
  }
  if (state.kafka.topics.length > 0) return [['h2', 'Topics cannot be read'], ...state.kafka.topics.map(({topic, reason}) => ['p', `${topic} ${reason}.`])];
  if (state.runs === null) return [['h2', 'Looking for runs …']];
  if (state.runs.length === 0) {
    return [['h2', 'No runs yet'], ['p', 'A training appears here as soon as it begins. To start one:'], ['code', './lossledger train --steps 500']];
  }
  if (!state.model || state.model.facts.reading) return [['h2', 'Reading the ledger …']];
  const {manifest} = state;
  const sent = manifest ? sentStep(manifest, state.recording) : null;
  if (manifest?.recorded_run && (sent !== null || isAsked(manifest))) return unmeasured(manifest, sent);
  if (sent === null) return [['h2', 'No steps yet'], ['p', `Run ${state.run} has begun; its trainer has not sent a step yet.`]];
  if (mayBook(state.run, manifest)) {
    return [['h2', 'No steps yet'], ['p', `The trainer of run ${state.run} has sent steps; they are being booked.`]];
  }
  return [['h2', 'No step is booked'], ['p', `The trainer of run ${state.run} has sent steps, but no processor has booked one. To start a processor:`], ['code', './lossledger process']];
}

/** Nothing of a recorded trajectory is booked: perhaps no worker measures it. */
function unmeasured(manifest, sent) {
  const {run, recorded_run: recorded, first_step: first} = manifest;
  const steps = sent === null ? `Run ${recorded} is recorded` : `${count(sent + 1 - first)} steps of run ${recorded} are recorded`;
  return [
    ['h2', 'No step is measured yet'],
    ['p', isAsked(manifest) ? `${steps}. Workers measure them. To start one more, give it the options of the first:` : `${steps}. Workers measure them. To start one:`],
    ['code', `./lossledger measure --run ${recorded}${isAsked(manifest) ? ` --as ${run} …` : ''}`],
    ['p', 'A processor must run, too:'],
    ['code', './lossledger process'],
  ];
}
