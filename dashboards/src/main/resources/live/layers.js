// The table of layers, the alerts and the facts of a run. All text is set as text.
import {layerColor} from './colors.js';
import {count, fixed, number, percent, ratio, time} from './format.js';

const body = document.querySelector('#layers tbody');
const alertList = document.querySelector('#alerts');
const facts = document.querySelector('#facts');

function cell(content, className) {
  const element = document.createElement('td');
  element.textContent = content;
  if (className) element.className = className;
  return element;
}

function decimals(values) {
  const largest = Math.max(0, ...values.filter(Number.isFinite).map(Math.abs));
  return largest >= 1e-2 && largest < 1e5 ? Math.max(0, 3 - Math.floor(Math.log10(largest))) : null;
}

/** Where it is told which rows there are, so that focus stays when only numbers change. */
let shown = '';

export function showLayers(model, opened, open) {
  const names = JSON.stringify(model.layers.map(layer => layer.layer));
  if (names !== shown) {
    shown = names;
    body.replaceChildren(...model.layers.map((layer, i) => newRow(layer, layerColor(i, model.layers.length), open)));
  }
  const cumulated = model.layers.map(layer => layer.cumulative.findLast(value => value !== null) ?? null);
  body.classList.toggle('many', model.layers.length > 12);
  const total = cumulated.reduce((sum, value) => sum + value, 0);
  const places = [decimals(cumulated), decimals(model.layers.map(layer => layer.help)), decimals(model.layers.map(layer => layer.harm))];
  const write = (value, at) => (places[at] === null ? number(value, 3) : fixed(value, places[at]));
  model.layers.forEach((layer, i) => {
    const row = body.children[i];
    const texts = [count(layer.parameters), write(cumulated[i], 0), percent(ratio(cumulated[i], total)), write(layer.help, 1), write(layer.harm, 2)];
    texts.forEach((content, at) => {
      row.children[at + 1].textContent = content;
    });
    row.children[2].className = cumulated[i] > 0 ? 'hurt' : '';
    row.setAttribute('aria-selected', String(layer.layer === opened));
    row.querySelector('button').setAttribute('aria-expanded', String(layer.layer === opened));
  });
}

function newRow(layer, color, open) {
  const row = document.createElement('tr');
  const button = document.createElement('button');
  button.type = 'button';
  button.dataset.layer = layer.layer;
  button.title = `units of ${layer.layer}`;
  const swatch = document.createElement('span');
  swatch.className = 'swatch';
  swatch.style.color = color;
  const name = document.createElement('span');
  name.textContent = layer.layer;
  button.append(swatch, name);
  button.addEventListener('click', () => open(layer.layer));
  const first = document.createElement('td');
  first.append(button);
  row.append(first, cell(''), cell(''), cell(''), cell('', 'help'), cell('', 'hurt'));
  return row;
}

export function showAlerts(alerts) {
  const key = JSON.stringify(alerts);
  if (alertList.dataset.key === key) return;
  alertList.dataset.key = key;
  if (alerts.length === 0) {
    const none = document.createElement('li');
    none.textContent = 'None.';
    alertList.replaceChildren(none);
    return;
  }
  alertList.replaceChildren(...alerts.map(alert => {
    const item = document.createElement('li');
    if (alert.open) item.className = 'open';
    const head = document.createElement('b');
    head.textContent = alert.open
      ? `open since step ${count(alert.opened_step)}: `
      : `steps ${count(alert.opened_step)}–${count(alert.step)}: `;
    item.append(head, document.createTextNode(alert.message));
    return item;
  }));
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
    ['resumes', manifest.parent_run],
    ['started', manifest.started > 0 ? time(manifest.started) : ''],
    ['ended', manifest.ended ? time(manifest.ended) : ''],
    ['steps missing', model.facts.missing_steps > 0 ? count(model.facts.missing_steps) : ''],
    ['shown', model.facts.steps_per_bucket > 1 ? `${count(model.facts.steps_per_bucket)} steps per point` : 'every step separately'],
    ['failure', manifest.failure],
  ].filter(([, value]) => value);
  const key = JSON.stringify(entries);
  if (facts.dataset.key === key) return;
  facts.dataset.key = key;
  facts.replaceChildren(...entries.flatMap(([name, value]) => {
    const term = document.createElement('dt');
    term.textContent = name;
    const description = document.createElement('dd');
    description.textContent = value;
    return [term, description];
  }));
}
