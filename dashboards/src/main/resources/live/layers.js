// The layers in the range of steps that is shown: how much each helped and hurt, and why.
import {layerColor} from './colors.js';
import {count, fixed, known, number, percent, ratio} from './format.js';
import {text} from './panel.js';

const ASK_MILLIS = 400;
const COLUMNS = [
  {key: 'index', name: 'layer', words: 'order in the model'},
  {key: 'lca', name: 'help | hurt', words: 'LCA of the layer; sorts by the most negative'},
  {key: 'lca', name: 'LCA', words: 'sum over the steps; negative lowers the loss'},
  {key: 'gradient_norm', name: '‖ḡ‖', words: 'norm of the averaged gradient, mean over the steps', why: true},
  {key: 'delta_norm', name: '‖δ‖', words: 'norm of the update, mean over the steps', why: true},
  {key: 'cosine', name: 'cos', words: 'cosine of gradient and update, weighted by their norms: LCA = ‖ḡ‖·‖δ‖·cos', why: true},
];

export class Layers {
  /** @param open called with the name of a layer */
  constructor(section, open) {
    this.section = section;
    this.open = open;
    this.body = section.querySelector('tbody');
    this.sort = 'index';
    this.rows = null;
    this.timer = 0;
    this.asked = '';
    this.names = '';
    section.querySelector('thead tr').replaceChildren(...COLUMNS.map((column, i) => {
      const head = document.createElement('th');
      head.scope = 'col';
      if (column.why) head.className = 'why';
      const button = text('button', column.name);
      button.type = 'button';
      button.title = column.words;
      button.addEventListener('click', () => {
        this.sort = i === 0 ? 'index' : column.key;
        this.#draw();
      });
      head.append(button);
      return head;
    }));
  }

  /** Asks the server for the sums over a range, not more often than it helps; `version` changes with the data. */
  show({run, objective, stratum}, range, opened, version) {
    if (opened !== this.opened) {
      this.opened = opened;
      this.#draw();
    }
    const query = new URLSearchParams();
    if (objective) query.set('objective', objective);
    if (stratum) query.set('stratum', stratum);
    if (range) {
      query.set('from', Math.ceil(range[0]));
      query.set('to', Math.floor(range[1]));
    }
    const url = `api/runs/${encodeURIComponent(run)}/layers?${query}`;
    const subject = JSON.stringify([run, objective, stratum]);
    if (subject !== this.subject) {
      this.subject = subject;
      this.#forget();
    }
    const key = `${url} ${version}`;
    if (key === this.wanted) return;
    this.wanted = key;
    this.url = url;
    if (this.timer === 0) this.timer = setTimeout(() => this.#ask(), this.rows ? ASK_MILLIS : 0);
  }

  async #ask() {
    const {url, wanted} = this;
    try {
      const answer = await fetch(url);
      const rows = answer.ok ? await answer.json() : null;
      if (rows && url === this.url) {
        this.rows = rows;
        this.#draw();
      }
    } catch {
      // the stream reports a server that is away
    }
    this.timer = 0;
    if (this.wanted !== wanted) this.timer = setTimeout(() => this.#ask(), this.rows ? ASK_MILLIS : 0);
  }

  /** Moves the focus by a row. */
  focus(by) {
    const buttons = [...this.body.querySelectorAll('button')];
    if (buttons.length === 0) return;
    const at = buttons.indexOf(document.activeElement);
    const next = at < 0 ? (by > 0 ? 0 : buttons.length - 1) : (at + by + buttons.length) % buttons.length;
    buttons[next].focus();
  }

  /** What is shown is of another run or objective. */
  #forget() {
    this.rows = null;
    this.names = '';
    this.body.replaceChildren();
    this.section.querySelector('#layers-range').textContent = '';
    this.section.querySelector('#matrix').hidden = true;
  }

  #draw() {
    if (!this.rows) return;
    const {layers, first, last, objectives} = this.rows;
    const values = layers.map((layer, index) => Object.fromEntries(
      Object.entries({...layer, index}).map(([name, value]) => [name, name !== 'layer' && typeof value === 'string' ? Number(value) : value])));
    const order = [...values].sort((a, b) => rank(a, this.sort) - rank(b, this.sort));
    const names = JSON.stringify(order.map(layer => layer.layer));
    if (names !== this.names) {
      this.names = names;
      this.body.replaceChildren(...order.map(layer => this.#newRow(layer, values.length)));
    }
    this.section.classList.toggle('many', values.length > 12);
    this.section.classList.toggle('no-why', values.every(layer => !known(layer.gradient_norm)));
    this.section.querySelector('#layers-range').textContent = first === null ? 'no steps' : `steps ${count(first)}–${count(last)}`;
    const largest = Math.max(1e-300, ...values.flatMap(layer => [-layer.help, layer.harm]).filter(Number.isFinite));
    this.section.querySelector('#interval-note').hidden = values.every(layer => !known(layer.half_interval));
    const places = decimals(values.map(layer => layer.lca));
    const total = values.reduce((sum, layer) => sum + layer.lca, 0);
    order.forEach((layer, i) => this.#fill(this.body.children[i], layer, largest, places, total));
    showMatrix(this.section.querySelector('#matrix'), values, objectives);
  }

  #fill(row, layer, largest, places, total) {
    const [, bar, net, gradient, update, cosine] = row.children;
    const width = value => (Number.isFinite(value) ? `${50 * Math.min(1, Math.abs(value) / largest)}%` : '0');
    const [help, hurt, interval, mark] = bar.firstChild.children;
    help.style.width = width(layer.help);
    hurt.style.width = width(layer.harm);
    const across = value => 50 + 50 * Math.max(-1, Math.min(1, value / largest));
    const half = layer.half_interval;
    interval.hidden = !Number.isFinite(layer.lca) || !Number.isFinite(half);
    if (!interval.hidden) {
      interval.style.left = `${across(layer.lca - half)}%`;
      interval.style.width = `${across(layer.lca + half) - across(layer.lca - half)}%`;
    }
    mark.hidden = !Number.isFinite(layer.lca);
    if (!mark.hidden) mark.style.left = `${across(layer.lca)}%`;
    const within = known(half) ? `LCA ${number(layer.lca)}, 95 % interval ±${number(half, 2)}` : '';
    net.title = within;
    bar.title = `${within && `${within}; `}help ${number(layer.help, 3)}, hurt ${number(layer.harm, 3)}, share of the sum ${percent(ratio(layer.lca, total))}`;
    net.textContent = places === null ? number(layer.lca, 3) : fixed(layer.lca, places);
    net.className = layer.lca > (half ?? 0) ? 'net hurt' : 'net';
    gradient.textContent = number(layer.gradient_norm, 2);
    update.textContent = number(layer.delta_norm, 2);
    cosine.textContent = known(layer.cosine) ? fixed(layer.cosine, 2) : '–';
    row.setAttribute('aria-selected', String(layer.layer === this.opened));
    row.querySelector('button').setAttribute('aria-expanded', String(layer.layer === this.opened));
  }

  #newRow({layer, index, parameters}, layers) {
    const row = document.createElement('tr');
    const button = document.createElement('button');
    button.type = 'button';
    button.dataset.layer = layer;
    button.title = `${layer}, ${count(parameters)} parameters: show its units`;
    const swatch = text('span', '', 'swatch');
    swatch.style.color = layerColor(index, layers);
    const name = text('span', '', 'name');
    name.append(text('bdi', layer));
    button.append(swatch, name);
    button.addEventListener('click', () => this.open(layer));
    const first = document.createElement('td');
    first.append(button);
    const bar = text('td', '', 'bar');
    const track = text('div', '');
    track.append(text('span', '', 'help'), text('span', '', 'hurt'), text('span', '', 'interval'), text('span', '', 'mark'));
    bar.append(track);
    row.append(first, bar, text('td', '', 'net'), ...[0, 1, 2].map(() => text('td', '', 'why')));
    return row;
  }
}

/** Sorts most helpful first by LCA, largest first by norms; what is not known comes last. */
function rank(layer, key) {
  const value = layer[key];
  if (!known(value) || Number.isNaN(value)) return Infinity;
  return key === 'index' || key === 'lca' || key === 'cosine' ? value : -value;
}

function decimals(values) {
  const largest = Math.max(0, ...values.filter(Number.isFinite).map(Math.abs));
  return largest >= 1e-3 && largest < 1e5 ? Math.max(0, 3 - Math.floor(Math.log10(largest))) : null;
}

/** LCA of each layer for each objective, such as the classes, or training beside validation. */
function showMatrix(parent, layers, objectives) {
  parent.hidden = objectives.length < 2;
  if (parent.hidden) return;
  // Classes come last.
  objectives.sort((a, b) => a.name.includes('=') - b.name.includes('='));
  const sums = objectives.map(objective => objective.lca.map(value => (value === null ? null : Number(value))));
  const largest = Math.max(1e-300, ...sums.flat().filter(Number.isFinite).map(Math.abs));
  const head = document.createElement('tr');
  head.append(text('th', ''), ...objectives.map(({name, stratum}) => {
    const cell = text('th', stratum ? `${name} ${stratum}` : name);
    cell.scope = 'col';
    cell.title = cell.textContent;
    return cell;
  }));
  const rows = layers.map((layer, i) => {
    const row = document.createElement('tr');
    const name = text('th', layer.layer);
    name.scope = 'row';
    row.append(name, ...sums.map((column, objective) => {
      const value = column[i] ?? null;
      const cell = text('td', known(value) ? number(value, 2) : '–');
      cell.title = `${layer.layer}, ${objectives[objective].name}: ${number(value)}`;
      if (Number.isFinite(value)) {
        cell.style.background = `color-mix(in srgb, var(${value > 0 ? '--hurt' : '--help'}) ${Math.round(70 * Math.abs(value) / largest)}%, transparent)`;
      }
      return cell;
    }));
    return row;
  });
  parent.querySelector('table').replaceChildren(head, ...rows);
}
