// Small multiples over steps: all share the gutter, the range of steps and the cursor.
import {css} from './colors.js';
import {number, ticks} from './format.js';

/** The page loads its minified script, which is half as large as its module. */
export const {uPlot} = window;

const AXIS_HEIGHT = 30;
const RIGHT = 10;
const TOP = 6;
/** Distances of ticks, for values of any size. */
const INCREMENTS = Array.from({length: 80}, (_, i) => [1, 2, 5].map(step => step * 10 ** (i - 40))).flat();

/** What all panels share; the page says what happens on `zoom`, `unzoom` and `move`. */
export const shared = {view: [0, 1], zoomed: false, zoom: () => {}, unzoom: () => {}, move: () => {}};

const panels = new Set();

export class Panel {
  /**
   * @param parent element that it is added to
   * @param options height, title, series, bands, draw(u), rows (a y axis without numbers), percent, steps (shows the axis of steps)
   */
  constructor(parent, options) {
    this.columns = [[]];
    this.options = options;
    this.element = document.createElement('section');
    this.element.className = 'panel';
    this.heading = document.createElement('h2');
    this.plotElement = document.createElement('div');
    this.plotElement.className = 'plot';
    this.values = document.createElement('div');
    this.values.className = 'values';
    this.element.append(this.heading, this.plotElement, this.values);
    this.element.setAttribute('role', 'group');
    parent.append(this.element);
    this.height = options.height;
    this.log = false;
    this.#make();
    panels.add(this);
    sizes.observe(this.plotElement);
  }

  get totalHeight() {
    return this.height + TOP + (this.options.steps ? AXIS_HEIGHT : 4);
  }

  remove() {
    panels.delete(this);
    sizes.unobserve(this.plotElement);
    this.plot.destroy();
    this.element.remove();
  }

  setHeight(height) {
    if (height !== this.height) {
      this.height = height;
      this.resize();
    }
  }

  resize() {
    const width = this.plotElement.clientWidth;
    if (width > 0) this.plot.setSize({width, height: this.totalHeight});
  }

  /** Shows these columns, the first of them steps, in the shared range; in a logarithmic panel they are powers of ten. */
  show(columns, yRange) {
    this.columns = columns;
    this.plot.batch(() => {
      this.plot.setData(columns, false);
      this.plot.setScale('x', {min: shared.view[0], max: shared.view[1]});
      this.plot.setScale('y', {min: yRange[0], max: yRange[1]});
    });
    if (this.drawn === 0) this.plot.redraw(false);
    this.drawn = 0;
  }

  /** Anew, in the colours of the theme. */
  restyle() {
    this.plot.redraw(false, true);
  }

  #make() {
    const {series = [], bands, draw, rows, percent, steps, space = 28} = this.options;
    const axis = {
      stroke: () => css('--soft'),
      font: '12px system-ui, "DejaVu Sans", sans-serif',
      grid: {stroke: () => css('--line'), width: 1},
      ticks: {show: false},
    };
    this.drawn = 0;
    this.plot = new uPlot({
      width: Math.max(200, this.plotElement.clientWidth),
      height: this.totalHeight,
      padding: [TOP, RIGHT, steps ? 0 : 4, 0],
      legend: {show: false},
      scales: {x: {time: false, auto: false}, y: {auto: false}},
      axes: [
        {...axis, size: steps ? AXIS_HEIGHT : 0, space: 70, gap: 6,
          grid: {show: !rows, stroke: () => css('--faint'), width: 1},
          values: (u, splits) => splits.map(step => (Number.isInteger(step) ? (steps ? step.toLocaleString('en') : '') : '')),
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 1e7, 1e8]},
        {...axis, size: gutter(), space, gap: 8, show: true, incrs: INCREMENTS, grid: {...axis.grid, show: !rows},
          values: (u, splits) => (rows ? splits.map(() => '')
            : percent ? splits.map(share => `${Math.round(100 * share)}\u202f%`)
            : this.log ? splits.map(power => number(10 ** power, 2)) : ticks(splits))},
      ],
      series: [{}, ...series.map(one => ({width: 1.5, points: {show: false}, ...one}))],
      bands: bands ?? [],
      cursor: {
        y: false,
        points: rows ? {show: false} : {size: 6, width: 0},
        drag: {x: true, y: false, setScale: false},
        sync: {key: 'steps', scales: ['x', null]},
        bind: {dblclick: () => () => shared.unzoom()},
      },
      hooks: {
        draw: [u => {
          this.drawn++;
          if (!rows && draw) draw(u);
        }],
        drawClear: [u => {
          if (rows && draw) draw(u);
        }],
        setCursor: [u => shared.move(u.cursor.left >= 0 ? u.posToVal(u.cursor.left, 'x') : null)],
        setSelect: [u => {
          if (u.select.width > 3) {
            shared.zoom(u.posToVal(u.select.left, 'x'), u.posToVal(u.select.left + u.select.width, 'x'));
          }
          if (u.select.width > 0) u.setSelect({left: 0, width: 0, top: 0, height: 0}, false);
        }],
      },
    }, [[], ...series.map(() => [])], this.plotElement);
  }
}

export function gutter() {
  return Number.parseInt(css('--gutter'), 10) || 64;
}

export function restyleAll() {
  for (const panel of panels) panel.restyle();
}

/** Puts the cursor of all panels on a step. */
export function moveCursor(step) {
  const [panel] = panels;
  if (panel) panel.plot.setCursor({left: panel.plot.valToPos(step, 'x'), top: 10}, true, true);
}

const sizes = new ResizeObserver(() => {
  for (const panel of panels) panel.resize();
});

/** Visible buckets, and one more on each side so that lines reach the edge. */
export function visible(model) {
  let start = 0;
  let end = model.size - 1;
  while (start < end && model.last[start + 1] < shared.view[0]) start++;
  while (end > start && model.first[end - 1] > shared.view[1]) end--;
  return [start, end];
}

/** The range of some columns over the visible buckets, with some room. */
export function rangeOf(model, columns, {zero = false, room = 0.05} = {}) {
  const [start, end] = visible(model);
  let low = zero ? 0 : Infinity;
  let high = zero ? 0 : -Infinity;
  for (const column of columns) {
    for (let i = start; i <= end; i++) {
      const value = column[i];
      if (value !== null && value !== undefined && Number.isFinite(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
  }
  if (!(high >= low)) return [0, 1];
  if (high === low) return high === 0 ? [-1, 1] : [low - Math.abs(low) * 0.1, high + Math.abs(high) * 0.1];
  const extra = (high - low) * room;
  return [low - (zero && low === 0 ? 0 : extra), high + (zero && high === 0 ? 0 : extra)];
}

export function text(tag, content, className) {
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

/** Lines of a name and a value beside a panel: [name, value, color, kind of swatch: `area`, `line` or `dashed`]. */
export function valueRows(panel, rows) {
  panel.values.replaceChildren(...rows.map(([name, value, color, kind = 'area']) => {
    const row = text('div', '', 'row');
    if (color) {
      const swatch = text('span', '', `swatch ${kind}`);
      swatch.style.color = color;
      row.append(swatch);
    }
    const label = text('span', name, 'name');
    label.title = name;
    row.append(label, text('span', value, 'value'));
    return row;
  }));
}

/** What is not finite is left out of a line. */
export function gaps(column) {
  return column.every(value => value === null || Number.isFinite(value))
    ? column : column.map(value => (Number.isFinite(value) ? value : null));
}

/** Powers of ten for a logarithmic panel; what has none is left out. */
export function powers(column) {
  return column.map(value => (value > 0 && Number.isFinite(value) ? Math.log10(value) : null));
}
