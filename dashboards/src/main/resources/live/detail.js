// An opened layer: its units over steps, and for images what each unit's incoming weights did.
import {scaleIn, scaleOf} from './charts.js';
import {css, divergingTable, GREY, place, robustLargest} from './colors.js';
import {count, number} from './format.js';
import {cellSizes, drawHeatmap} from './heatmap.js';
import {decode, UnitModel} from './model.js';
import {gutter, Panel, title, visible} from './panel.js';
import {current} from './theme.js';

const GAP = 4;
/** Height of a unit's number below its picture. */
const LABEL = 12;
const ENLARGED = 420;
/** Stands in pictures where a sum is not finite. */
const NOT_FINITE = -32768;

export class Detail {
  /** Opens below the other panels. */
  constructor(parent, layer, image, close) {
    this.layer = layer;
    this.image = image;
    this.model = new UnitModel();
    this.pictures = null;
    this.pixels = null;
    this.panel = new Panel(parent, {height: 120, rows: true, steps: true, draw: u => this.#drawUnits(u)});
    this.panel.element.id = 'units';
    this.words = title(this.panel, layer, 'reading units …');
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'close';
    button.addEventListener('click', close);
    this.panel.heading.append(button);
    this.scale = scaleOf(this.panel);
    this.note = document.createElement('p');
    this.note.className = 'note detail-note';
    this.canvas = document.createElement('canvas');
    this.canvas.id = 'pictures';
    this.canvas.hidden = true;
    this.canvas.setAttribute('role', 'img');
    this.canvas.addEventListener('mousemove', event => this.#tell(event));
    this.canvas.addEventListener('mouseleave', () => tip(null));
    this.canvas.addEventListener('click', event => this.#enlarge(event));
    this.noteWords = document.createElement('span');
    this.pictureScale = document.createElement('span');
    this.pictureScale.className = 'scale';
    this.note.append(this.noteWords, this.pictureScale);
    this.panel.element.after(this.note, this.canvas);
    this.note.hidden = !image;
  }

  remove() {
    tip(null);
    this.panel.remove();
    this.note.remove();
    this.canvas.remove();
  }

  /** Shows what has come so far; it may have come before this was opened. */
  show(every, units, pictures) {
    this.every = every;
    this.model = units;
    if (pictures !== this.pictures) {
      this.pictures = pictures;
      this.pixels = pictures?.values ? new Int16Array(decode(pictures.values)) : null;
    }
    this.#showUnits();
    if (this.image) this.#showPictures();
  }

  read(bucket) {
    const {facts, values, steps} = this.model;
    const row = bucket === null ? null : values[Math.min(bucket, values.length - 1)];
    if (!row) {
      this.panel.values.replaceChildren();
      return;
    }
    const at = Math.min(bucket, values.length - 1);
    const there = [...row.keys()].filter(unit => this.model.value(unit, at) !== null);
    const order = there.filter(unit => Number.isFinite(row[unit])).sort((a, b) => row[a] - row[b]);
    const line = unit => [this.#unitName(unit, facts), number(row[unit] / steps[at], 3)];
    const bad = there.filter(unit => !Number.isFinite(row[unit])).slice(0, 4).map(line);
    const helps = order.filter(unit => row[unit] < 0).slice(0, 4).map(line);
    const hurts = order.filter(unit => row[unit] > 0).slice(-4).reverse().map(line);
    list(this.panel.values, [['not finite', bad], ['most help', helps], ['most hurt', hurts]]);
  }

  #unitName(group, facts) {
    const each = facts.units_per_group;
    return each === 1 ? `unit ${group}` : `units ${count(group * each)}–${count(Math.min(facts.units, (group + 1) * each) - 1)}`;
  }

  #showUnits() {
    const {model} = this;
    const groups = model.facts.groups ?? 0;
    if (groups === 0) {
      this.words.textContent = model.facts.reading === false ? 'no units in the ledger: the layer is not mapped to units, or their rows are no longer kept' : 'reading units …';
      this.panel.show([[]], [0, 1]);
      return;
    }
    const each = model.facts.units_per_group;
    this.words.textContent = `LCA of ${count(model.facts.units)} units per step${each > 1 ? `, ${each} per row` : ''}; first unit at the top`;
    this.panel.setHeight(Math.max(60, Math.min(420, groups * (groups <= 32 ? 10 : groups <= 128 ? 3 : 2))));
    this.largest = robustLargest(cellSizes(model, groups, this.#cell, visible(model)));
    this.scale(this.largest);
    this.panel.show([model.last], [0, groups]);
  }

  #cell = (row, i) => this.model.value(row, i);

  #drawUnits(u) {
    const groups = this.model.facts.groups ?? 0;
    if (groups > 0) drawHeatmap(u, this.model, groups, this.#cell, this.largest, this.every);
  }

  #showPictures() {
    const told = this.pictures;
    this.canvas.hidden = this.pictureScale.hidden = !this.pixels;
    if (!this.pixels) {
      this.noteWords.textContent = told && told.reading === false
        ? 'For a picture of each unit’s incoming weights, start the processor (or demo) with --parameters: it then writes the LCA of every parameter.'
        : 'Looking for the LCA of every parameter …';
      return;
    }
    const some = told.shown.length < told.all_units ? `the ${told.shown.length} units that moved the loss most` : 'each unit';
    this.noteWords.textContent = `LCA of the incoming weights of ${some}, cumulated up to step ${count(told.step)}, at their place in the image`
      + `${told.channels > 1 ? ' (colours added up)' : ''}; blue helped, orange hurt, grey is not finite. Click one to enlarge it.${told.reading ? ' Still reading.' : ''}`;
    this.#drawPictures(told);
  }

  #drawPictures({shown, side, largest}) {
    const width = this.panel.plotElement.clientWidth - gutter() - 10;
    this.zoom = side <= 14 ? 4 : side <= 40 ? 2 : 1;
    const tile = Math.max(24, side * this.zoom) + GAP;
    this.columns = Math.max(1, Math.floor((width + GAP) / tile));
    this.tile = tile;
    this.row = side * this.zoom + LABEL + GAP;
    const rows = Math.ceil(shown.length / this.columns);
    this.canvas.style.width = `${this.columns * tile - GAP}px`;
    this.canvas.style.height = `${rows * this.row}px`;
    this.canvas.width = (this.columns * tile - GAP) * 2;
    this.canvas.height = rows * this.row * 2;
    this.canvas.setAttribute('aria-label', `${shown.length} pictures of ${side} by ${side} weights, one per unit`);
    const context = this.canvas.getContext('2d');
    context.imageSmoothingEnabled = false;
    this.high = robustLargest(sample(this.pixels)) || 1;
    context.font = '18px system-ui, "DejaVu Sans", sans-serif';
    context.fillStyle = css('--soft');
    shown.forEach((unit, i) => {
      const x = (i % this.columns) * tile * 2;
      const y = Math.floor(i / this.columns) * this.row * 2;
      context.drawImage(this.#picture(i), x, y, side * this.zoom * 2, side * this.zoom * 2);
      context.fillText(String(unit), x, y + (side * this.zoom + LABEL - 2) * 2);
    });
    this.unit = largest / 32767;
    if (!this.pictureScale.firstChild) this.showPictureScale = scaleIn(this.pictureScale);
    this.showPictureScale(this.high * this.unit);
  }

  /** The picture of the i-th unit, a pixel for each weight. */
  #picture(i) {
    const {side} = this.pictures;
    const one = document.createElement('canvas');
    one.width = side;
    one.height = side;
    const image = new ImageData(side, side);
    const pixels = new Uint32Array(image.data.buffer);
    const colors = divergingTable(current());
    for (let at = 0; at < side * side; at++) {
      const value = this.pixels[i * side * side + at];
      pixels[at] = value === NOT_FINITE ? GREY : colors[place(value, this.high)];
    }
    one.getContext('2d').putImageData(image, 0, 0);
    return one;
  }

  #enlarge(event) {
    const i = this.#unitAt(event);
    if (i === null) return;
    const dialog = document.querySelector('#picture');
    dialog.querySelector('h2').textContent = `${this.layer}, ${this.#words(i)}`;
    const canvas = dialog.querySelector('canvas');
    canvas.width = canvas.height = ENLARGED;
    const context = canvas.getContext('2d');
    context.imageSmoothingEnabled = false;
    context.drawImage(this.#picture(i), 0, 0, ENLARGED, ENLARGED);
    dialog.showModal();
  }

  #unitAt(event) {
    const column = Math.floor(event.offsetX / this.tile);
    const i = Math.floor(event.offsetY / this.row) * this.columns + column;
    return i >= this.pictures.shown.length || column >= this.columns ? null : i;
  }

  #words(i) {
    const {shown, side} = this.pictures;
    let sum = 0;
    for (let at = 0; at < side * side; at++) {
      const value = this.pixels[i * side * side + at];
      sum += value === NOT_FINITE ? NaN : value;
    }
    return `unit ${shown[i]}: ${number(sum * this.unit, 3)}`;
  }

  #tell(event) {
    const i = this.#unitAt(event);
    if (i === null) tip(null);
    else tip(this.#words(i), event);
  }
}

function sample(pixels) {
  const sizes = [];
  const stride = Math.max(1, Math.ceil(pixels.length / 20_000));
  for (let i = 0; i < pixels.length; i += stride) if (pixels[i] !== 0 && pixels[i] !== NOT_FINITE) sizes.push(Math.abs(pixels[i]));
  return sizes;
}

function list(parent, parts) {
  const rows = [];
  for (const [head, lines] of parts) {
    if (lines.length === 0) continue;
    const title = document.createElement('div');
    title.className = 'row name';
    title.textContent = head;
    rows.push(title);
    for (const [name, value] of lines) {
      const row = document.createElement('div');
      row.className = 'row';
      const label = document.createElement('span');
      label.className = 'name';
      label.textContent = name;
      const number = document.createElement('span');
      number.className = 'value';
      number.textContent = value;
      row.append(label, number);
      rows.push(row);
    }
  }
  parent.replaceChildren(...rows);
}

/** A line of text beside the pointer. */
function tip(content, event) {
  let element = document.querySelector('#tip');
  if (content === null) {
    element?.remove();
    return;
  }
  if (!element) {
    element = document.createElement('div');
    element.id = 'tip';
    document.body.append(element);
  }
  element.textContent = content;
  element.style.left = `${Math.min(innerWidth - 160, event.clientX + 12)}px`;
  element.style.top = `${event.clientY + 14}px`;
}
