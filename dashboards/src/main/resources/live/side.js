// The alerts and the facts of a run. All text is set as text.
import {count, number, time} from './format.js';
import {text} from './panel.js';
import {isAsked} from './relations.js';

const alertList = document.querySelector('#alerts');
const facts = document.querySelector('#facts');

/** @param go called with the step of an alert that was chosen */
export function showAlerts(alerts, go) {
  const key = JSON.stringify(alerts);
  if (alertList.dataset.key === key) return;
  alertList.dataset.key = key;
  if (alerts.length === 0) {
    alertList.replaceChildren(text('li', 'None.'));
    return;
  }
  alertList.replaceChildren(...alerts.map(alert => {
    const item = document.createElement('li');
    if (alert.open) item.className = 'open';
    const head = text('button', alert.open
      ? `open since step ${count(alert.opened_step)}: `
      : `steps ${count(alert.opened_step)}–${count(alert.step)}: `);
    head.type = 'button';
    head.title = 'move the cursor there';
    head.addEventListener('click', () => go(alert.opened_step));
    item.append(head, document.createTextNode(alert.message));
    return item;
  }));
}

/** LCA of each part of the updates, since the start of the run. */
export function showParts(parts) {
  const section = document.querySelector('#parts');
  section.hidden = parts.length === 0;
  section.querySelector('dl').replaceChildren(...parts.flatMap(({part, lca}) => [text('dt', part), text('dd', number(Number(lca)))]));
}

export function showFacts(manifest, model) {
  const entries = [
    ['model', manifest.model],
    ['parameters', manifest.parameters > 0 ? count(manifest.parameters) : ''],
    ['optimizer', manifest.optimizer],
    ['minibatch', manifest.batch_size > 0 ? `${count(manifest.batch_size)} examples` : ''],
    ['data', manifest.data_set],
    ['rule', manifest.rule],
    ['measured', manifest.every > 1 ? `every ${count(manifest.every)} steps` : 'every step'],
    ['learning rate', number(model.rate[model.size - 1], 3)],
    ['resumes', isAsked(manifest) ? '' : manifest.parent_run],
    ['trajectory', manifest.recorded_run ? (isAsked(manifest) ? `of ${manifest.recorded_run}` : 'recorded') : ''],
    ['started', manifest.started > 0 ? time(manifest.started) : ''],
    ['ended', manifest.ended ? time(manifest.ended) : ''],
    ['steps missing', model.facts.missing_steps > 0 ? count(model.facts.missing_steps) : ''],
    ['shown', model.facts.steps_per_bucket > 1 ? `${count(model.facts.steps_per_bucket)} steps per point` : 'every step separately'],
    ['failure', manifest.failure],
  ].filter(([, value]) => value);
  const key = JSON.stringify(entries);
  if (facts.dataset.key === key) return;
  facts.dataset.key = key;
  facts.replaceChildren(...entries.flatMap(([name, value]) => [text('dt', name), text('dd', value)]));
}
