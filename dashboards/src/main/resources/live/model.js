// What the server has sent about one objective of one run: columns by bucket.
const COLUMNS = ['first', 'last', 'steps', 'loss', 'change', 'lca', 'residual', 'help', 'hurt', 'minibatch', 'rate', 'time'];

/** A number from the server's JSON, where NaN and infinity are text. */
export function told(value) {
  return typeof value === 'string' ? Number(value) : value;
}

function splice(column, from, part) {
  column.length = Math.min(column.length, from);
  while (column.length < from) column.push(null); // a layer whose first row came late
  for (const value of part) column.push(told(value));
}

export class RunModel {
  constructor() {
    for (const name of COLUMNS) this[name] = [];
    this.layers = [];
    this.moments = [];
    this.alerts = [];
    this.facts = {};
  }

  get size() {
    return this.last.length;
  }

  /** Takes a snapshot or an update: all buckets from one on. */
  apply(message) {
    for (const name of COLUMNS) splice(this[name], message.from, message[name]);
    this.layers = message.layers.map(layer => {
      const known = this.layers.find(one => one.index === layer.index) ?? {lca: [], cumulative: []};
      splice(known.lca, message.from, layer.lca);
      splice(known.cumulative, message.from, layer.cumulative);
      return {...layer, lca: known.lca, cumulative: known.cumulative};
    });
    this.moments = message.moments;
    this.alerts = message.alerts;
    this.facts = {...message, loss_start: told(message.loss_start)};
  }

  /** The newest bucket of which the step and all layers are there. */
  get common() {
    let at = this.size - 1;
    while (at > 0 && (this.loss[at] === null || this.layers.some(layer => (layer.cumulative[at] ?? null) === null))) at--;
    return at;
  }

  /** Sum of the absolute ΣLCA of the layers at a bucket, or the loss change if that is larger: what a residual is held against. */
  moved(bucket) {
    let sum = 0;
    for (const layer of this.layers) sum += Math.abs(layer.cumulative[bucket] ?? 0);
    return Math.max(sum, Math.abs(this.change[bucket] ?? 0));
  }

  /** Steps per second by the times of the newest steps; null when there are none or they are old. */
  rateNow() {
    const end = this.size - 1;
    let start = end;
    let steps = 0;
    while (start > 0 && this.time[end] - this.time[start] < 10_000) steps += this.steps[start--];
    const seconds = (this.time[end] - this.time[start]) / 1000;
    return seconds > 0.5 && Date.now() - this.time[end] < 30_000 ? steps / seconds : null;
  }

  /** Milliseconds from one step to the next, of late; a bucket may hold many steps. */
  usualPause() {
    const end = this.size - 1;
    const start = Math.max(0, end - 10);
    let steps = 0;
    for (let i = start + 1; i <= end; i++) steps += this.steps[i];
    return steps === 0 ? 0 : (this.time[end] - this.time[start]) / steps;
  }

  /** As it is now, whatever comes later. */
  copy() {
    const copy = Object.assign(new RunModel(), this);
    for (const name of COLUMNS) copy[name] = [...this[name]];
    copy.layers = this.layers.map(layer => ({...layer, lca: [...layer.lca], cumulative: [...layer.cumulative]}));
    return copy;
  }
}

/** Stands among units where no row has come. */
const NOT_THERE = -3.4028234663852886e38;

/** The units of an opened layer: rows of floats by bucket. */
export class UnitModel {
  constructor() {
    this.first = [];
    this.last = [];
    this.steps = [];
    this.values = [];
    this.facts = {};
  }

  get size() {
    return this.last.length;
  }

  /** Null where no row has come. */
  value(unit, bucket) {
    const value = this.values[bucket][unit];
    return value === undefined || value === NOT_THERE ? null : value;
  }

  apply(message) {
    this.facts = message;
    if (message.groups === undefined) return;
    splice(this.first, message.from, message.first);
    splice(this.last, message.from, message.last);
    splice(this.steps, message.from, message.steps);
    const floats = new Float32Array(decode(message.values));
    const rows = [];
    for (let i = 0; i < floats.length; i += message.groups) rows.push(floats.subarray(i, i + message.groups));
    splice(this.values, message.from, rows);
  }

  /** As it is now, whatever comes later. */
  copy() {
    const copy = Object.assign(new UnitModel(), this);
    for (const name of ['first', 'last', 'steps', 'values']) copy[name] = [...this[name]];
    return copy;
  }
}

/** What has come so far, whatever comes later. */
export function frozen({model, others, units, layer, pictures, version}) {
  return {
    model: model?.copy() ?? null,
    others: new Map([...others].map(([run, other]) => [run, other.copy()])),
    units: units.copy(),
    layer,
    pictures,
    version,
  };
}

/** Bytes from base64. */
export function decode(text) {
  return Uint8Array.from(atob(text), character => character.charCodeAt(0)).buffer;
}

/** The bucket that a step lies in, or the nearest one. */
export function bucketAt(model, step) {
  let low = 0;
  let high = model.size - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (model.last[middle] < step) low = middle + 1;
    else high = middle;
  }
  return high;
}
