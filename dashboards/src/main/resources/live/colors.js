// Scales that people see who do not tell red from green. Blue and orange mean help and hurt, and nothing else;
// layers have the other colours of Paul Tol's muted scheme.
const FEW = ['#117733', '#ddcc77', '#882255', '#44aa99', '#cc6677', '#999933', '#aa4499', '#888888'];
// The order of many layers is that of the colours.
const MANY = ['#5b1a63', '#882255', '#aa4499', '#cc6677', '#ddcc77', '#999933', '#117733', '#44aa99'];
/** Runs that are compared: the first one is that of the page. */
export const RUNS = ['var(--ink)', '#aa4499', '#117733', '#999933'];
const DIVERGING = {
  light: ['#053061', '#1f63a8', '#6aa7d6', '#f4f3ef', '#f0a35e', '#c4560a', '#7a2f00'],
  dark: ['#b5dcff', '#5fb0f2', '#2467a3', '#1b1c1f', '#9a5217', '#f0964a', '#ffd3a8'],
};

function parse(hex) {
  return [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16));
}

function between(stops, share) {
  const place = Math.max(0, Math.min(1, share)) * (stops.length - 1);
  const at = Math.min(stops.length - 2, Math.floor(place));
  const from = parse(stops[at]);
  const to = parse(stops[at + 1]);
  return from.map((value, channel) => Math.round(value + (to[channel] - value) * (place - at)));
}

/** The colour of the i-th of so many layers. */
export function layerColor(index, layers) {
  if (layers <= FEW.length) return FEW[index];
  return `rgb(${between(MANY, index / (layers - 1)).join(' ')})`;
}

/** 255 colours from most help to most hurt, as numbers that image data takes. */
export function divergingTable(theme) {
  const table = new Uint32Array(255);
  for (let i = 0; i < 255; i++) {
    const [red, green, blue] = between(DIVERGING[theme], i / 254);
    table[i] = (255 << 24 | blue << 16 | green << 8 | red) >>> 0;
  }
  return table;
}

/** The colour of what is not finite. */
export const GREY = 0xff888888;

/** Where a value lies in the table: by its root, so that small ones are seen beside large ones. */
export function place(value, largest) {
  if (!(largest > 0)) return 127;
  const share = Math.min(1, Math.abs(value) / largest);
  return Math.round(127 + 127 * Math.sign(value) * Math.sqrt(share));
}

/** A round number that nearly all of these stay below, so that one outlier does not take the colour from the rest. */
export function robustLargest(sizes) {
  if (sizes.length === 0) return 0;
  const sorted = Float64Array.from(sizes).sort();
  const high = sorted[Math.min(sizes.length - 1, Math.floor(sizes.length * 0.98))] || sorted[sizes.length - 1];
  if (!(high > 0)) return 0;
  const power = 10 ** Math.floor(Math.log10(high));
  return [1, 2, 5, 10].find(step => step * power >= high * (1 - 1e-9)) * power;
}

const known = new Map();

/** A colour of the style sheet, in the theme that is shown. */
export function css(name) {
  const key = `${document.documentElement.dataset.theme} ${innerWidth} ${name}`;
  if (!known.has(key)) {
    if (known.size > 500) known.clear();
    known.set(key, getComputedStyle(document.documentElement).getPropertyValue(name).trim());
  }
  return known.get(key);
}
