// The panels of a run.
import {css, layerColor, robustLargest} from './colors.js';
import {count, known, number, percent, ratio, signed, smallPercent} from './format.js';
import {cellSizes, drawHeatmap, drawScale} from './heatmap.js';
import {Panel, rangeOf, shared, visible} from './panel.js';

function text(tag, content, className) {
  const element = document.createElement(tag);
  element.textContent = content;
  if (className) element.className = className;
  return element;
}

/** A title, and what the panel shows in softer words. */
export function title(panel, name, words) {
  const soft = text('span', words);
  panel.heading.replaceChildren(document.createTextNode(name), soft);
  panel.element.setAttribute('aria-label', `${name}: ${words}`);
  return soft;
}

/** The colours of a heatmap with their numbers. */
export function scaleOf(panel) {
  const scale = text('span', '', 'scale');
  const low = text('span', '');
  const canvas = document.createElement('canvas');
  const high = text('span', '');
  scale.append(low, canvas, high);
  panel.heading.append(scale);
  return largest => {
    drawScale(canvas);
    low.textContent = largest > 0 ? `help ${number(-largest, 2)}` : 'help';
    high.textContent = largest > 0 ? `+${number(largest, 2)} hurt` : 'hurt';
  };
}

/** Lines of a name and a value beside a panel. */
function valueRows(panel, rows) {
  panel.values.replaceChildren(...rows.map(([name, value, color, line]) => {
    const row = text('div', '', 'row');
    if (color) {
      const swatch = text('span', '', line ? 'swatch line' : 'swatch');
      swatch.style.color = color;
      row.append(swatch);
    }
    const label = text('span', name, 'name');
    label.title = name;
    row.append(label, text('span', value, 'value'));
    return row;
  }));
}

export class Charts {
  constructor(parent, openLayer) {
    this.openLayer = openLayer;
    this.parent = parent;
    this.loss = new Panel(parent, {
      height: 176,
      series: [
        {stroke: () => css('--ink'), width: 1.5},
        {stroke: () => css('--allocated'), width: 2, dash: [6, 5]},
      ],
      bands: [{series: [1, 2], fill: () => `color-mix(in srgb, ${css('--residual')} 45%, transparent)`}],
    });
    title(this.loss, 'Loss change and ΣLCA', 'since the start of the run; the two should coincide');
    this.residual = new Panel(parent, {
      height: 46,
      series: [{stroke: () => css('--residual'), fill: () => `color-mix(in srgb, ${css('--residual')} 22%, transparent)`, fillTo: 0}],
    });
    title(this.residual, 'Residual', 'loss change − ΣLCA, cumulated');
    this.stack = new Panel(parent, {height: 150, draw: u => this.#drawStack(u)});
    title(this.stack, 'ΣLCA by layer', 'cumulated and stacked; below zero: lowers the loss');
    this.heat = new Panel(parent, {height: 66, rows: true, draw: u => this.#drawHeat(u)});
    this.heatWords = title(this.heat, 'LCA by layer', 'per step');
    this.heatScale = scaleOf(this.heat);
    this.heat.values.classList.add('rows');
    this.share = new Panel(parent, {
      height: 80, percent: true, steps: true,
      series: [
        {stroke: () => css('--ink'), width: 1.25},
        {stroke: () => css('--soft'), width: 1, dash: [3, 3]},
      ],
      draw: u => drawHalf(u),
    });
    this.shareWords = title(this.share, 'Help', '');
  }

  /** Shows the model in the shared range. */
  show(model, manifest, sampled) {
    this.model = model;
    this.shareWords.textContent = 'share of the parameters that helped'
      + (sampled ? '; in samples, whose noise pulls it towards one half' : '');
    this.every = Math.max(1, manifest?.every ?? 1);
    const x = model.last;
    this.#fitHeights();
    this.loss.show([x, gaps(model.change), gaps(model.lca)], rangeOf(model, [model.change, model.lca], {zero: !shared.zoomed}));
    this.residual.show([x, gaps(model.residual)], rangeOf(model, [model.residual], {zero: true, room: 0.15}));
    this.#pile();
    this.stack.show([x], rangeOf(model, this.piled.flat(2), {zero: true}));
    this.#showHeat(x);
    this.share.show([x, gaps(model.help), gaps(model.help_nonzero)], shareRange(model));
  }

  /** Values at a bucket, in the column beside each panel. */
  read(bucket) {
    const model = this.model;
    if (!model || model.size === 0) return;
    const change = model.change[bucket];
    const residual = model.residual[bucket];
    valueRows(this.loss, [
      ['loss', number(model.loss[bucket])],
      ['loss change', number(change), css('--ink'), true],
      ['ΣLCA', number(model.lca[bucket]), css('--allocated'), true],
      ['minibatch', number(model.minibatch[bucket])],
      ['step', steps(model, bucket)],
    ]);
    valueRows(this.residual, [
      ['residual', signed(residual, 3), css('--residual')],
      ['of the change', smallPercent(ratio(residual, known(change) ? Math.abs(change) : null))],
    ]);
    const many = model.layers.length;
    const most = Math.max(1, Math.floor(this.stack.totalHeight / 18) - 1);
    const layers = model.layers.map((layer, i) => [layer.layer, number(layer.cumulative[bucket]), layerColor(i, many), false, layer.cumulative[bucket]]);
    if (many > most) {
      const largest = [...layers].sort((a, b) => rank(b[4]) - rank(a[4])).slice(0, most);
      const shown = layers.filter(row => largest.includes(row));
      valueRows(this.stack, [...shown, [`and ${many - most} smaller`, '']]);
    } else {
      valueRows(this.stack, layers);
    }
    valueRows(this.share, [
      ['of all', percent(model.help[bucket]), css('--ink'), true],
      ['of non-zero', percent(model.help_nonzero[bucket]), css('--soft'), true],
    ]);
    this.#readHeat(bucket);
    const moment = momentAt(model, bucket);
    this.heatWords.textContent = moment ? `▾ moment at step ${count(moment.step)}: ${moment.layers.join(', ')}` : this.#heatWords();
  }

  /** Large screens get taller panels. */
  #fitHeights() {
    const scale = Math.max(1, Math.min(2.4, (innerHeight - 360) / 540));
    for (const [panel, height] of [[this.loss, 176], [this.residual, 46], [this.stack, 150], [this.share, 80]]) {
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
    const rowHeight = rows <= 8 ? 22 : rows <= 24 ? 18 : rows <= 60 ? 14 : 6;
    this.heat.setHeight(Math.max(22, rows * rowHeight));
    this.heat.values.style.setProperty('--top', '6px');
    this.heat.values.style.gridAutoRows = `${rowHeight}px`;
    const cell = (row, i) => model.layers[row].lca[i];
    this.largest = robustLargest(cellSizes(model, rows, cell, visible(model)));
    this.heatScale(this.largest);
    this.heat.show([x], [0, Math.max(1, rows)]);
  }

  #readHeat(bucket) {
    const {layers, steps: all} = this.model;
    const {values} = this.heat;
    const named = layers.length <= 60;
    if (values.children.length !== (named ? layers.length : 0) || values.dataset.names !== layers.map(l => l.layer).join('\n')) {
      values.dataset.names = layers.map(l => l.layer).join('\n');
      values.replaceChildren(...(named ? layers : []).map(layer => {
        const row = text('div', '', 'row');
        const button = text('button', layer.layer, 'name');
        button.type = 'button';
        button.tabIndex = -1; // the table of layers is the way for the keyboard
        button.title = `units of ${layer.layer}`;
        button.addEventListener('click', () => this.openLayer(layer.layer));
        row.append(button, text('span', '', 'value'));
        return row;
      }));
    }
    for (let i = 0; i < values.children.length; i++) {
      const lca = layers[i].lca[bucket] ?? null;
      values.children[i].lastChild.textContent = lca === null ? number(lca) : number(lca / all[bucket], 3);
    }
  }

  /** Helping parts go down from zero and hurting ones up, so that a layer that hurts as a whole is seen. */
  #pile() {
    const model = this.model;
    const below = new Float64Array(model.size);
    const above = new Float64Array(model.size);
    this.known = model.size - 1; // the rows of layers may come after those of steps
    while (this.known > 0 && model.layers.some(layer => (layer.cumulative[this.known] ?? null) === null)) this.known--;
    this.piled = model.layers.map(layer => [pileUp(layer.cumulative, below, Math.min), pileUp(layer.cumulative, above, Math.max)]);
  }

  #drawStack(u) {
    const model = this.model;
    if (!model || model.size === 0) return;
    const [start, end] = visible(model);
    const context = u.ctx;
    context.save();
    context.beginPath();
    context.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
    context.clip();
    const last = Math.min(end, this.known);
    for (const [from, to] of finiteRuns(model.layers, start, last)) this.#drawBands(context, u, from, to);
    context.restore();
  }

  #drawBands(context, u, start, last) {
    const model = this.model;
    this.piled.forEach((sides, layer) => {
      for (const [near, far] of sides) {
        if (far[last] === near[last] && far.every((value, i) => value === near[i])) continue;
        const path = new Path2D();
        trace(u, model, far, start, last, path, false);
        trace(u, model, near, start, last, path, true);
        path.closePath();
        context.fillStyle = layerColor(layer, this.piled.length);
        context.globalAlpha = 0.88;
        context.fill(path);
        context.globalAlpha = 1;
      }
    });
    this.#drawSeams(context, u, start, last);
  }

  /** Thin lines between layers. */
  #drawSeams(context, u, start, end) {
    context.strokeStyle = css('--paper');
    context.lineWidth = devicePixelRatio * 0.75;
    for (const [[, far]] of this.piled.slice(0, -1)) {
      const path = new Path2D();
      trace(u, this.model, far, start, end, path, false);
      context.stroke(path);
    }
  }

  #drawHeat(u) {
    const model = this.model;
    if (!model) return;
    drawHeatmap(u, model, model.layers.length, (row, i) => model.layers[row].lca[i], this.largest, this.every);
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

/** What is not finite is left out of a line. */
function gaps(column) {
  return column.every(value => value === null || Number.isFinite(value))
    ? column : column.map(value => (Number.isFinite(value) ? value : null));
}

/** What is not finite comes first. */
function rank(value) {
  return Number.isFinite(value) ? Math.abs(value) : value === null || value === undefined ? -1 : Number.MAX_VALUE;
}

/** The buckets in which no layer has a value that is not finite, from and to, in order. */
function finiteRuns(layers, start, end) {
  const runs = [];
  let from = null;
  for (let i = start; i <= end; i++) {
    const whole = layers.every(layer => !known(layer.cumulative[i]) || Number.isFinite(layer.cumulative[i]));
    if (whole && from === null) from = i;
    if (!whole && from !== null) {
      runs.push([from, i - 1]);
      from = null;
    }
  }
  if (from !== null) runs.push([from, end]);
  return runs;
}

/** One side of a layer's band: from what lies there already to where it reaches. */
function pileUp(values, pile, side) {
  const near = Float64Array.from(pile);
  for (let i = 0; i < pile.length; i++) pile[i] += Number.isFinite(values[i]) ? side(0, values[i]) : 0;
  return [near, Float64Array.from(pile)];
}

function steps(model, bucket) {
  const first = model.first[bucket];
  const last = model.last[bucket];
  return first === last ? count(last) : `${count(first)}–${count(last)}`;
}

function momentAt(model, bucket) {
  return model.moments.find(moment => moment.step >= model.first[bucket] && moment.step <= model.last[bucket]);
}

function shareRange(model) {
  const [low, high] = rangeOf(model, [model.help, model.help_nonzero], {room: 0.1});
  return [Math.max(0, Math.min(low, 0.48)), Math.min(1, Math.max(high, 0.52))];
}

/** The line at one half: as many help as hurt. */
function drawHalf(u) {
  const y = u.valToPos(0.5, 'y', true);
  if (!(y > u.bbox.top && y < u.bbox.top + u.bbox.height)) return;
  u.ctx.save();
  u.ctx.strokeStyle = css('--hurt');
  u.ctx.lineWidth = devicePixelRatio;
  u.ctx.globalAlpha = 0.7;
  u.ctx.beginPath();
  u.ctx.moveTo(u.bbox.left, y);
  u.ctx.lineTo(u.bbox.left + u.bbox.width, y);
  u.ctx.stroke();
  u.ctx.restore();
}

/** Adds a line to a path, at most two points a pixel. */
function trace(u, model, values, start, end, path, backward) {
  const {left, top, width, height} = u.bbox;
  const {x: across, y: up} = u.scales;
  const perStep = width / (across.max - across.min);
  const perValue = height / (up.max - up.min);
  let before = NaN;
  for (let k = start; k <= end; k++) {
    const i = backward ? end - (k - start) : k;
    const x = Math.round((left + (model.last[i] - across.min) * perStep) * 2) / 2;
    if (x === before && k !== end) continue;
    before = x;
    const y = top + (up.max - values[i]) * perValue;
    if (k === start && !backward) path.moveTo(x, y);
    else path.lineTo(x, y);
  }
}
