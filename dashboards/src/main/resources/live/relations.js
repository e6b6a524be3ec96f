// What the run is in relation to others: it asks something of a recorded trajectory, or others ask something of its own.
import {text} from './panel.js';

const MOST_BESIDE = 3;
const line = document.querySelector('#relation');

/** Whether a run measures the trajectory of another one. */
export function isAsked({run, recorded_run: recorded}) {
  return recorded !== undefined && recorded !== run;
}

/** The run that is drawn with this one where both have the same objective: the one that it resumes, or whose trajectory it measures. */
export function parentLine(manifest, model, parent) {
  const {objective, stratum} = parent?.facts ?? {};
  if (!manifest || !parent || objective !== model.facts.objective || stratum !== model.facts.stratum) return null;
  return {model: parent, name: manifest.parent_run, last: isAsked(manifest) ? Infinity : manifest.parent_step};
}

/** The names of compared runs, each with its objective where these are different. */
export function runLabels(runs, models) {
  const objectives = models.map(model => {
    const {objective, stratum} = model?.facts ?? {};
    return stratum ? `${objective} (${stratum})` : objective;
  });
  const differ = new Set(objectives.filter(Boolean)).size > 1;
  return runs.map((run, at) => (differ && objectives[at] ? `${run} · ${objectives[at]}` : run));
}

/** Shows it below the header, with links to the other runs. */
export function showRelation({manifest, runs, beside}) {
  const parts = !manifest ? [] : isAsked(manifest) ? question(manifest) : asked(manifest, runs ?? []);
  const shown = beside.length > 0 ? parts.filter(([, , compares]) => !compares) : parts;
  line.hidden = shown.length === 0;
  const key = JSON.stringify(shown);
  if (line.dataset.key === key) return;
  line.dataset.key = key;
  line.replaceChildren(...shown.map(([words, address]) => {
    if (!address) return document.createTextNode(words);
    const link = text('a', words);
    link.href = address;
    return link;
  }));
}

/** Words, each with the address that it leads to or without one, and whether that compares runs. */
function question({run, question: words, recorded_run: recorded}) {
  return [[`asks ${words} of the trajectory of `], [recorded, to(recorded)], [' · ', null, true], ['compare', to(run, [recorded]), true]];
}

function asked({run}, runs) {
  const asking = runs.filter(one => isAsked(one) && one.recorded_run === run);
  if (asking.length === 0) return [];
  const others = asking.flatMap(({run: name, question: words}, at) => [[at > 0 ? ', ' : ''], [name, to(name)], [` (${words})`]]);
  const first = asking.slice(0, MOST_BESIDE).map(one => one.run);
  return [['asked later: '], ...others, [' · ', null, true], ['compare', to(run, first), true]];
}

function to(run, beside = []) {
  const wanted = new URLSearchParams({run});
  if (beside.length > 0) wanted.set('with', beside.join(','));
  return `#${wanted}`;
}
