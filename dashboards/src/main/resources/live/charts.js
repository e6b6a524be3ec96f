// The panels of a run.
import {drawShare, drawStack, piles} from './areas.js';
import {css, layerColor, robustLargest} from './colors.js';
import {count, known, number, percent, ratio, signed, smallPercent} from './format.js';
import {cellSizes, drawHeatmap, drawScale} from './heatmap.js';
import {told} from './model.js';
import {gaps, Panel, powers, rangeOf, shared, text, title, uPlot, valueRows, visible} from './panel.js';
import {smoothed} from './smooth.js';

const SMOOTH = [1, 10, 100];

/** The colours of a heatmap with their numbers, in the heading of its panel. */
export function scaleOf(panel) {
  const scale = text('span', '', 'scale');
  panel.heading.append(scale);
  return scaleIn(scale);
}

/** The same in any element; returns what shows the largest value. */
export function scaleIn(scale) {
  const low = text('span', '');
  const canvas = document.createElement('canvas');
  const high = text('span', '');
  scale.append(low, canvas, high);
  return largest => {
    drawScale(canvas);
    low.textContent = largest > 0 ? `help ${number(-largest, 2)}` : 'help';
    high.textContent = largest > 0 ? `+${number(largest, 2)} hurt` : 'hurt';
  };
}

export class Charts {
  /**
   * @param parent element that they are added to
   * @param actions openLayer(layer), smooth(steps) and log(on), called when the user asks for it
   */
  constructor(parent, actions) {
    this.actions = actions;
    this.loss = new Panel(parent, {
      height: 170,
      series: [
        {stroke: () => css('--ink'), width: 1.5},
        {stroke: () => css('--allocated'), width: 2, dash: [6, 5]},
        {stroke: () => css('--soft'), width: 1.5},
      ],
      draw: u => this.#drawAlerts(u),
      bands: [{series: [1, 2], fill: () => `color-mix(in srgb, ${css('--residual')} 45%, transparent)`}],
    });
    this.lossWords = title(this.loss, 'Loss and its start + ΣLCA', 'the two should coincide');
    this.logButton = text('button', 'log');
    this.logButton.type = 'button';
    this.logButton.title = 'logarithmic scale of the loss';
    this.logButton.addEventListener('click', () => actions.log(!this.loss.log));
    this.loss.heading.append(this.logButton);
    this.residual = new Panel(parent, {
      height: 54,
      space: 16,
      series: [
        {stroke: () => css('--residual'), width: 1.5},
        {stroke: () => css('--soft'), width: 1, dash: [2, 4]},
        {stroke: () => css('--soft'), width: 1, dash: [2, 4]},
      ],
      bands: [{series: [2, 3], fill: () => `color-mix(in srgb, ${css('--soft')} 12%, transparent)`}],
    });
    this.residualWords = title(this.residual, 'Residual', 'loss change − ΣLCA since the start');
    this.stack = new Panel(parent, {height: 150, draw: u => drawStack(u, this.model, this.piles, this.every)});
    title(this.stack, 'ΣLCA by layer', 'since the start, stacked; below zero: lowers the loss');
    this.heat = new Panel(parent, {height: 66, rows: true, draw: u => this.#drawHeat(u)});
    this.heatWords = title(this.heat, 'LCA by layer', 'per step');
    this.#addSmoothing();
    this.heatScale = scaleOf(this.heat);
    this.heat.values.classList.add('rows');
    this.names = text('div', '', 'names');
    this.heat.plotElement.append(this.names);
    this.share = new Panel(parent, {height: 80, percent: true, steps: true, draw: u => drawShare(u, this.model)});
    this.shareWords = title(this.share, 'Helped, zero, hurt', '');
  }

  remove() {
    for (const panel of [this.loss, this.residual, this.stack, this.heat, this.share]) panel.remove();
  }

  /**
   * Shows the model in the shared range.
   *
   * @param settings sampled (the objective is), smooth (steps), log (scale of the loss), parent (model, name and last step of a run that is drawn with it, or null)
   */
  show(model, manifest, {sampled, smooth, log, parent}) {
    this.model = model;
    this.shareWords.textContent = 'share of the parameters in each step'
      + (sampled ? '; sampling noise pulls it towards one half' : '');
    this.every = Math.max(1, manifest?.every ?? 1);
    this.smooth = smooth;
    this.smoothing.value = String(smooth);
    this.loss.log = log;
    this.logButton.setAttribute('aria-pressed', String(log));
    const x = [model.first[0] - this.every, ...model.last];
    const start = model.facts.loss_start ?? null;
    const at = value => (log ? powers(value) : gaps(value));
    const allocated = model.loss.map((loss, i) => (known(loss) && known(model.residual[i]) ? loss - model.residual[i] : null));
    this.alerts = model.alerts.filter(alert => alert.objective === '' || alert.objective === model.facts.objective);
    this.lossWords.textContent = 'the two should coincide' + (this.alerts.length > 0 ? '; ▴ alerts' : '') + (parent ? `; grey: parent ${parent.name}` : '');
    this.#fitHeights();
    const losses = [at([start, ...model.loss]), at([start, ...allocated])];
    const before = parent ? parent.model.last.filter(step => step <= parent.last) : [];
    const parentLoss = parent ? at(parent.model.loss.slice(0, before.length)) : [];
    const range = rangeOf(padded(model), losses);
    const parentRange = before.length > 0 ? rangeOf(parent.model, [parentLoss]) : range;
    this.loss.show(uPlot.join([[x, ...losses], [before, parentLoss]]), [Math.min(range[0], parentRange[0]), Math.max(range[1], parentRange[1])]);
    this.#showResidual(x);
    this.piles = piles(model);
    this.stack.show([x], rangeOf(model, this.piles.flat(2), {zero: true}));
    this.#showHeat(x);
    this.share.show([x], [0, 1]);
  }

  #showResidual(x) {
    const model = this.model;
    const {tolerance} = model.facts;
    const allowed = model.residual.map((value, i) => (Number.isFinite(value) ? tolerance * model.moved(i) : null));
    this.residualWords.textContent = `loss change − ΣLCA since the start; grey: tolerance, ${smallPercent(tolerance)} of what moved`;
    const columns = [[0, ...gaps(model.residual)], [0, ...allowed], [0, ...allowed.map(value => (value === null ? null : -value))]];
    this.residual.show([x, ...columns], rangeOf(padded(model), columns, {zero: true, room: 0.1}));
  }

  #addSmoothing() {
    const label = text('label', 'mean over ', 'choice');
    this.smoothing = document.createElement('select');
    this.smoothing.append(...SMOOTH.map(steps => {
      const option = text('option', steps === 1 ? '1 step' : `${steps} steps`);
      option.value = String(steps);
      return option;
    }));
    this.smoothing.addEventListener('change', () => this.actions.smooth(Number(this.smoothing.value)));
    label.append(this.smoothing);
    this.heat.heading.append(label);
  }

  /** Values at a bucket, in the column beside each panel. */
  read(bucket) {
    const model = this.model;
    if (!model || model.size === 0) return;
    const change = model.change[bucket];
    const residual = model.residual[bucket];
    valueRows(this.loss, [
      ['loss', number(model.loss[bucket]), css('--ink'), 'line'],
      ['start + ΣLCA', number(known(model.loss[bucket]) && known(residual) ? model.loss[bucket] - residual : null), css('--allocated'), 'dashed'],
      ['loss change', number(change)],
      ['ΣLCA', number(model.lca[bucket])],
      ...(bucket === model.size - 1 && known(model.facts.half_interval) ? [['95 % interval', `±${number(told(model.facts.half_interval), 2)}`]] : []),
      ['minibatch', number(model.minibatch[bucket])],
      ['step', steps(model, bucket)],
    ]);
    valueRows(this.residual, [
      ['residual', signed(residual, 3), css('--residual'), 'line'],
      ['of what moved', smallPercent(ratio(known(residual) ? Math.abs(residual) : null, model.moved(bucket)))],
    ]);
    const many = model.layers.length;
    const most = Math.max(1, Math.floor(this.stack.totalHeight / 18) - 1);
    const layers = model.layers.map((layer, i) => [layer.layer, number(layer.cumulative[bucket]), layerColor(i, many), 'area', layer.cumulative[bucket]]);
    if (many > most) {
      const largest = [...layers].sort((a, b) => rank(b[4]) - rank(a[4])).slice(0, most);
      const shown = layers.filter(row => largest.includes(row));
      valueRows(this.stack, [...shown, [`and ${many - most} smaller`, '']]);
    } else {
      valueRows(this.stack, layers);
    }
    const [helped, hurt] = [model.help[bucket], model.hurt[bucket]];
    valueRows(this.share, [
      ['hurt', percent(hurt), css('--hurt')],
      ['zero', percent(known(helped) && known(hurt) ? 1 - helped - hurt : null), css('--line')],
      ['helped', percent(helped), css('--help')],
    ]);
    this.#readHeat(bucket);
    const moment = momentAt(model, bucket);
    this.heatWords.textContent = moment ? `▾ moment at step ${count(moment.step)}: ${moment.layers.join(', ')}` : this.#heatWords();
  }

  /** Large screens get taller panels. */
  #fitHeights() {
    const scale = Math.max(1, Math.min(2.4, (innerHeight - 360) / 540));
    for (const [panel, height] of [[this.loss, 170], [this.residual, 54], [this.stack, 150], [this.share, 80]]) {
      panel.setHeight(Math.round(height * scale));
    }
  }

  #heatWords() {
    const moments = this.model.moments.length;
    return moments === 0 ? 'per step' : `per step; ▾ ${count(moments)} ${moments === 1 ? 'moment' : 'moments'}: layers learn together`;
  }

  #showHeat(x) {
    const model = this.model;
    const rows = model.layers.length;
    const rowHeight = rows <= 8 ? 22 : rows <= 24 ? 18 : 11;
    this.heat.setHeight(Math.max(22, rows * rowHeight));
    for (const column of [this.heat.values, this.names]) {
      column.style.setProperty('--top', '6px');
      column.style.gridAutoRows = `${rowHeight}px`;
      column.classList.toggle('many', rowHeight < 14);
    }
    this.cells = smoothed(model, this.smooth);
    this.largest = robustLargest(cellSizes(model, rows, this.#cell, visible(model)));
    this.heatScale(this.largest);
    this.#nameRows();
    this.heat.show([x], [0, Math.max(1, rows)]);
  }

  #cell = (row, i) => this.cells[row][i];

  /** The names of the layers at the left of their rows. */
  #nameRows() {
    const names = this.model.layers.map(layer => layer.layer);
    const key = names.join('\n');
    if (this.names.dataset.key === key) return;
    this.names.dataset.key = key;
    this.names.replaceChildren(...names.map(name => {
      const button = text('button', '', 'name');
      button.append(text('bdi', name));
      button.type = 'button';
      button.tabIndex = -1; // the table of layers is the way for the keyboard
      button.title = `units of ${name}`;
      button.addEventListener('click', () => this.actions.openLayer(name));
      return button;
    }));
    this.heat.values.replaceChildren(...names.map(() => text('span', '', 'value')));
  }

  #readHeat(bucket) {
    const {steps: all} = this.model;
    [...this.heat.values.children].forEach((value, i) => {
      const lca = this.cells[i]?.[bucket] ?? null;
      value.textContent = lca === null ? number(lca) : number(lca / all[bucket], 3);
      value.title = `step ${steps(this.model, bucket)}`;
    });
  }

  /** A mark on the axis of steps where an alert opened. */
  #drawAlerts(u) {
    const size = 4 * devicePixelRatio;
    const bottom = u.bbox.top + u.bbox.height;
    for (const alert of this.alerts ?? []) {
      const step = alert.opened_step;
      if (step < u.scales.x.min || step > u.scales.x.max) continue;
      const x = u.valToPos(step, 'x', true);
      u.ctx.fillStyle = css(alert.rule === 'layer-hurts' ? '--hurt' : '--bad');
      u.ctx.beginPath();
      u.ctx.moveTo(x - size, bottom);
      u.ctx.lineTo(x + size, bottom);
      u.ctx.lineTo(x, bottom - size * 1.6);
      u.ctx.fill();
    }
  }

  #drawHeat(u) {
    const model = this.model;
    if (!model) return;
    drawHeatmap(u, model, model.layers.length, this.#cell, this.largest, this.every);
    const context = u.ctx;
    context.fillStyle = css('--ink');
    for (const {step} of model.moments) {
      if (step < u.scales.x.min || step > u.scales.x.max) continue;
      const x = u.valToPos(step, 'x', true);
      const size = 4 * devicePixelRatio;
      context.beginPath();
      context.moveTo(x - size, u.bbox.top - size * 1.4);
      context.lineTo(x + size, u.bbox.top - size * 1.4);
      context.lineTo(x, u.bbox.top);
      context.fill();
    }
  }
}

/** The model with the start before its first step, for ranges of columns that have it. */
function padded(model) {
  const before = model.first[0] - 1;
  return {size: model.size + 1, first: [before, ...model.first], last: [before, ...model.last]};
}

/** What is not finite comes first. */
function rank(value) {
  return Number.isFinite(value) ? Math.abs(value) : value === null || value === undefined ? -1 : Number.MAX_VALUE;
}

function steps(model, bucket) {
  const first = model.first[bucket];
  const last = model.last[bucket];
  return first === last ? count(last) : `${count(first)}–${count(last)}`;
}

function momentAt(model, bucket) {
  return model.moments.find(moment => moment.step >= model.first[bucket] && moment.step <= model.last[bucket]);
}
