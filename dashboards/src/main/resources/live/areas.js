// Filled areas over steps.
import {css, layerColor} from './colors.js';
import {known} from './format.js';
import {visible} from './panel.js';

/**
 * The bands of the layers, one on the other: of each layer, near and far edge of its helping and of its hurting part. Helping
 * parts go down from zero and hurting ones up, so that a layer that hurts as a whole is seen.
 */
export function piles(model) {
  const below = new Float64Array(model.size);
  const above = new Float64Array(model.size);
  return model.layers.map(layer => [pileUp(layer.cumulative, below, Math.min), pileUp(layer.cumulative, above, Math.max)]);
}

/** One side of a layer's band: from what lies there already to where it reaches. */
function pileUp(values, pile, side) {
  const near = Float64Array.from(pile);
  for (let i = 0; i < pile.length; i++) pile[i] += Number.isFinite(values[i]) ? side(0, values[i]) : 0;
  return [near, Float64Array.from(pile)];
}

/** Draws the bands up to the newest step that all layers have. */
export function drawStack(u, model, bands, every) {
  if (!model || model.size === 0) return;
  const [start, end] = visible(model);
  const whole = i => model.layers.every(layer => !known(layer.cumulative[i]) || Number.isFinite(layer.cumulative[i]));
  clipped(u, context => {
    for (const [from, to] of runsWhere(whole, start, Math.min(end, model.common))) {
      const origin = from === 0 ? model.first[0] - every : null;
      bands.forEach((sides, layer) => {
        for (const [near, far] of sides) {
          if (far[to] === near[to] && far.every((value, i) => value === near[i])) continue;
          const path = new Path2D();
          trace(u, model, far, from, to, path, false, origin);
          trace(u, model, near, from, to, path, true, origin);
          path.closePath();
          fill(context, path, layerColor(layer, bands.length), 0.88);
        }
      });
      context.strokeStyle = css('--paper');
      context.lineWidth = devicePixelRatio * 0.75;
      for (const [[, far]] of bands.slice(0, -1)) {
        const seam = new Path2D();
        trace(u, model, far, from, to, seam, false, origin);
        context.stroke(seam);
      }
    }
  });
}

/** Draws which share of the parameters helped, at the bottom, and which hurt, at the top; between them are those with zero LCA. */
export function drawShare(u, model) {
  if (!model || model.size === 0) return;
  const [start, end] = visible(model);
  clipped(u, context => {
    for (const [column, color, edge] of [['help', '--help', 0], ['hurt', '--hurt', 1]]) {
      for (const [from, to] of runsWhere(i => Number.isFinite(model[column][i]), start, end)) {
        const values = edge === 0 ? model[column] : model[column].map(share => 1 - share);
        const path = new Path2D();
        trace(u, model, values, from, to, path, false, null);
        trace(u, model, values.map(() => edge), from, to, path, true, null);
        path.closePath();
        fill(context, path, css(color), 0.55);
      }
    }
  });
}

function clipped(u, draw) {
  const context = u.ctx;
  context.save();
  context.beginPath();
  context.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
  context.clip();
  draw(context);
  context.restore();
}

function fill(context, path, color, alpha) {
  context.fillStyle = color;
  context.globalAlpha = alpha;
  context.fill(path);
  context.globalAlpha = 1;
}

/** The buckets, from and to, in which something holds, in order. */
function runsWhere(holds, start, end) {
  const runs = [];
  let from = null;
  for (let i = start; i <= end + 1; i++) {
    const here = i <= end && holds(i);
    if (here && from === null) from = i;
    if (!here && from !== null) {
      runs.push([from, i - 1]);
      from = null;
    }
  }
  return runs;
}

/** Adds a line to a path, at most two points a pixel; it begins with zero at the step of an origin, if there is one. */
function trace(u, model, values, start, end, path, backward, origin) {
  const {left, top, width, height} = u.bbox;
  const {x: across, y: up} = u.scales;
  const perStep = width / (across.max - across.min);
  const perValue = height / (up.max - up.min);
  const place = (step, value) => [Math.round((left + (step - across.min) * perStep) * 2) / 2, top + (up.max - value) * perValue];
  let before = NaN;
  let begun = backward;
  const add = (x, y) => {
    if (begun) path.lineTo(x, y);
    else path.moveTo(x, y);
    begun = true;
  };
  if (origin !== null && !backward) add(...place(origin, 0));
  for (let k = start; k <= end; k++) {
    const i = backward ? end - (k - start) : k;
    const [x, y] = place(model.last[i], values[i]);
    if (x === before && k !== end) continue;
    before = x;
    add(x, y);
  }
  if (origin !== null && backward) add(...place(origin, 0));
}
