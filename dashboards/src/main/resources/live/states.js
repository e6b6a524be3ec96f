// What a run is doing: the training and the booking, each for itself.
import {count, duration, fixed} from './format.js';
import {isAsked} from './relations.js';

const SILENT_MILLIS = 60_000;
const LOST_MILLIS = 600_000;

export function statusWord(status) {
  return status.replace('RUN_STATUS_', '').toLowerCase();
}

/** How long a running trainer has been silent: 0 if it is not, and whether it must be given up for lost. */
function silence(manifest, model, now) {
  const heard = Math.max(manifest.sent_time ?? 0, manifest.started ?? 0, model?.size > 0 ? model.time[model.size - 1] ?? 0 : 0);
  const usual = model?.size > 0 ? model.usualPause() : 0;
  const age = heard > 0 ? now - heard : 0;
  return {
    silent: age > Math.max(SILENT_MILLIS, 10 * usual) ? age : 0,
    lost: age > Math.max(LOST_MILLIS, 100 * usual),
  };
}

/** The newest step that the trainer has sent, as far as is known, or null; for a run that measures the trajectory of another one, that one's. */
export function sentStep(manifest, recording) {
  const source = isAsked(manifest) ? recording : manifest;
  return manifest.last_step ?? source?.last_step ?? source?.sent_step ?? null;
}

/**
 * The state of a run.
 *
 * @param manifest of the run
 * @param recording manifest of the run whose trajectory it measures; null if there is none
 * @param model what is booked; null or empty if nothing is
 * @param now milliseconds
 * @return word, its kind (`running`, `bad` or ``), more parts, and progress from 0 to 1 or null
 */
export function runState(manifest, recording, model, now) {
  const first = manifest.first_step ?? 0;
  const booked = model?.size > 0 ? model.last[model.size - 1] : first - 1;
  const planned = manifest.planned_steps ?? null;
  const closing = model?.facts.outcome ?? null;
  const ended = statusWord(closing ?? manifest.status);
  const sent = sentStep(manifest, recording);
  const recorded = manifest.recorded_run !== undefined;
  // The manifest is some seconds old, so that the booking may be ahead of what it says.
  const behind = sent === null || closing ? 0 : Math.max(0, sent - booked);
  const trained = Math.max(sent ?? booked, booked) + 1 - first;
  const of = planned ? `${count(trained)}/${count(planned)}` : count(trained);
  const done = count(booked + 1 - first);
  const booking = behind === 0 ? null : recorded ? `workers: ${done} booked, ${count(behind)} to go` : `booking ${done}, ${count(behind)} behind`;
  const steps = recorded && behind > 0 ? `${of} steps recorded` : `${of} steps`;

  if (model?.facts.reading) {
    const end = sent ?? booked;
    return {word: 'reading history', kind: '', parts: [`${count(booked + 1 - first)}/${count(end + 1 - first)} steps`],
      progress: end >= first ? Math.min(1, (booked + 1 - first) / (end + 1 - first)) : null};
  }
  if (ended !== 'running' && ended !== 'unspecified') {
    const took = manifest.ended && manifest.started ? duration((manifest.ended - manifest.started) / 1000) : null;
    const measuring = recorded && behind > 0 && ended === 'finished';
    return {word: measuring ? 'measuring' : ended, kind: measuring ? 'running' : ended === 'failed' ? 'bad' : '', parts: [steps, booking ?? took],
      progress: behind > 0 ? (booked + 1 - first) / trained : null};
  }
  // Workers measure it, and say nothing between blocks.
  if (isAsked(manifest)) return {word: 'measuring', kind: 'running', parts: [steps, booking], progress: behind > 0 ? (booked + 1 - first) / trained : null};
  const {silent, lost} = silence(manifest, model, now);
  if (silent > 0) {
    return {word: lost ? 'lost' : 'running', kind: lost ? 'bad' : '',
      parts: [lost ? `no sign of the trainer for ${duration(silent / 1000)}` : `silent for ${duration(silent / 1000)}`, steps, booking],
      progress: null};
  }
  if (planned && trained >= planned) return {word: 'ending', kind: 'running', parts: [steps, booking], progress: null};
  const rate = model?.size > 0 ? model.rateNow() : null;
  const left = rate && planned ? (planned - trained) / rate : null;
  return {word: 'training', kind: 'running', parts: [
    recorded && behind > 0 ? `${of} recorded` : of,
    booking,
    rate ? `${rate >= 100 ? Math.round(rate) : fixed(rate, 1)} steps/s` : null,
    left > 0 ? `${duration(left)} left` : null,
  ], progress: planned ? Math.min(1, trained / planned) : null};
}

/** Shows the state in the header. */
export function showState(manifest, recording, model, paused) {
  const {word, kind, parts, progress} = runState(manifest, recording, model, Date.now());
  const status = document.querySelector('#status');
  const bold = document.createElement('b');
  bold.textContent = word;
  bold.className = kind;
  const rest = [...parts.filter(Boolean), paused ? 'paused' : null].filter(Boolean).map(part => ` · ${part}`).join('');
  const line = [bold, document.createTextNode(rest)];
  if (progress !== null && progress < 1) {
    const bar = document.createElement('progress');
    bar.value = progress;
    bar.setAttribute('aria-label', word);
    line.push(bar);
  }
  status.replaceChildren(...line);
  document.title = `${manifest.run} · ${word} · LossLedger`;
}
