// Rows of coloured cells over steps, drawn pixel column by pixel column.
import {css, divergingTable, GREY, place} from './colors.js';
import {known} from './format.js';
import {current} from './theme.js';

const tables = {};
const offscreen = document.createElement('canvas');

function table() {
  return tables[current()] ??= divergingTable(current());
}

/** Where the cell of a bucket begins: it covers the steps since the bucket before, but no missing ones. */
function left(model, bucket, every) {
  const from = model.first[bucket] - every + 0.5;
  return bucket === 0 ? from : Math.max(from, model.last[bucket - 1] + 0.5);
}

/**
 * Draws mean LCA per step.
 *
 * @param u the plot, @param model with first, last and steps, @param rows how many, @param cell value of (row, bucket)
 */
export function drawHeatmap(u, model, rows, cell, largest, every) {
  const {left: x, top: y, width, height} = u.bbox;
  if (rows === 0 || model.size === 0 || width < 1) return;
  const {min, max} = u.scales.x;
  const columns = Math.round(width);
  const image = new ImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  const colors = table();
  const step = (max - min) / columns;
  let bucket = 0;
  for (let column = 0; column < columns; column++) {
    const from = min + column * step;
    const to = from + step;
    while (bucket < model.size && model.last[bucket] + 0.5 <= from) bucket++;
    let end = bucket;
    while (end < model.size && left(model, end, every) < to) end++;
    if (end === bucket) continue;
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      let steps = 0;
      for (let i = bucket; i < end; i++) {
        const value = cell(row, i);
        if (known(value)) {
          sum += value;
          steps += model.steps[i];
        }
      }
      if (steps > 0) pixels[row * columns + column] = Number.isFinite(sum) ? colors[place(sum / steps, largest)] : GREY;
    }
  }
  offscreen.width = columns;
  offscreen.height = rows;
  offscreen.getContext('2d').putImageData(image, 0, 0);
  u.ctx.save();
  u.ctx.imageSmoothingEnabled = false;
  u.ctx.fillStyle = css('--faint');
  u.ctx.fillRect(x, y, width, height);
  u.ctx.drawImage(offscreen, 0, 0, columns, rows, x, y, width, height);
  if (height / rows >= 6 * devicePixelRatio) drawGaps(u.ctx, u.bbox, rows);
  u.ctx.restore();
}

function drawGaps(context, {left: x, top: y, width, height}, rows) {
  context.fillStyle = css('--paper');
  for (let row = 1; row < rows; row++) {
    context.fillRect(x, Math.round(y + row * height / rows) - 0.5 * devicePixelRatio, width, devicePixelRatio);
  }
}

/** The sizes of cells among some buckets; of many, evenly chosen ones. */
export function cellSizes(model, rows, cell, [start, end]) {
  const sizes = [];
  const stride = Math.max(1, Math.ceil((end - start + 1) * rows / 8_000));
  for (let i = start; i <= end; i += stride) {
    for (let row = 0; row < rows; row++) {
      const value = cell(row, i);
      if (Number.isFinite(value)) sizes.push(Math.abs(value / model.steps[i]));
    }
  }
  return sizes;
}

/** Shows the colours of the scale in a canvas. */
export function drawScale(canvas) {
  canvas.width = 255;
  canvas.height = 1;
  const image = new ImageData(255, 1);
  new Uint32Array(image.data.buffer).set(table());
  canvas.getContext('2d').putImageData(image, 0, 0);
}
