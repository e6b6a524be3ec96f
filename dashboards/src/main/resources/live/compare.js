// Several runs on one axis of steps.
import {css, RUNS} from './colors.js';
import {count, number, signed} from './format.js';
import {bucketAt} from './model.js';
import {gaps, Panel, powers, rangeOf, text, title, uPlot, valueRows} from './panel.js';
import {runLabels} from './relations.js';

/** The colour of the run at a place in the comparison. */
export function runColor(at) {
  return RUNS[at].startsWith('var') ? css('--ink') : RUNS[at];
}

export class Comparison {
  /**
   * @param parent element that the panels are added to
   * @param runs names, that of the page first
   * @param actions layer(name) and log(on), called when the user asks for it
   */
  constructor(parent, runs, actions) {
    this.runs = runs;
    this.actions = actions;
    const series = runs.map((run, at) => ({stroke: () => runColor(at), width: at === 0 ? 2 : 1.5}));
    this.loss = new Panel(parent, {height: 190, series});
    this.lossWords = title(this.loss, 'Loss', 'of each run');
    this.logButton = text('button', 'log');
    this.logButton.type = 'button';
    this.logButton.addEventListener('click', () => actions.log(!this.loss.log));
    this.loss.heading.append(this.logButton);
    this.lca = new Panel(parent, {height: 150, series});
    title(this.lca, 'ΣLCA', 'since the start of each run');
    this.residual = new Panel(parent, {height: 80, series});
    title(this.residual, 'Residual', 'loss change − ΣLCA since the start');
    this.layer = new Panel(parent, {height: 150, steps: true, series});
    title(this.layer, 'ΣLCA of one layer', '');
    this.picker = document.createElement('select');
    this.picker.setAttribute('aria-label', 'layer');
    this.picker.addEventListener('change', () => actions.layer(this.picker.value));
    this.layer.heading.append(this.picker);
    this.table = document.createElement('table');
    this.table.className = 'differences';
    this.section = document.createElement('section');
    this.tableTitle = text('h2', '');
    this.section.append(this.tableTitle, this.table);
    parent.append(this.section);
  }

  remove() {
    for (const panel of [this.loss, this.lca, this.residual, this.layer]) panel.remove();
    this.section.remove();
  }

  /** @param models of the runs in their order; null where nothing has come */
  show(models, layer, log) {
    this.models = models;
    this.labels = runLabels(this.runs, models);
    this.loss.log = log;
    this.logButton.setAttribute('aria-pressed', String(log));
    const names = [...new Set(models.flatMap(model => model?.layers.map(one => one.layer) ?? []))];
    this.chosen = names.includes(layer) ? layer : names[0];
    if (this.picker.dataset.names !== names.join('\n')) {
      this.picker.dataset.names = names.join('\n');
      this.picker.replaceChildren(...names.map(name => text('option', name)));
    }
    this.picker.value = this.chosen ?? '';
    this.#lines(this.loss, model => (log ? powers(model.loss) : model.loss), {});
    this.#lines(this.lca, model => model.lca, {zero: true});
    this.#lines(this.residual, model => model.residual, {zero: true, room: 0.1});
    this.#lines(this.layer, model => this.#layer(model)?.cumulative ?? model.last.map(() => null), {zero: true});
    this.#showTable(names);
  }

  /** Values at a step, or where it is infinite the newest of each run. */
  read(step) {
    if (!this.models) return;
    this.lossWords.textContent = `of each run${this.labels.join() === this.runs.join() ? '' : ' under its own objective'}, ${step === Infinity ? 'newest values' : `values at step ${count(Math.round(step))}`}`;
    const rows = of => this.runs.map((_, at) => {
      const model = this.models[at];
      const bucket = step === Infinity && model?.size > 0 ? model.size - 1 : bucketWith(model, step);
      return [this.labels[at], bucket === null ? '–' : of(model, bucket), runColor(at), 'line'];
    });
    valueRows(this.loss, rows((model, bucket) => number(model.loss[bucket])));
    valueRows(this.lca, rows((model, bucket) => number(model.lca[bucket])));
    valueRows(this.residual, rows((model, bucket) => signed(model.residual[bucket], 3)));
    valueRows(this.layer, rows((model, bucket) => number(this.#layer(model)?.cumulative[bucket])));
  }

  #layer(model) {
    return model.layers.find(one => one.layer === this.chosen);
  }

  #lines(panel, column, options) {
    const columns = this.models.map(model => (model?.size > 0 ? gaps(column(model)) : []));
    const tables = this.models.map((model, at) => [model?.size > 0 ? model.last : [], columns[at]]);
    const ranges = this.models.flatMap((model, at) => (model?.size > 0 ? [rangeOf(model, [columns[at]], options)] : []));
    const range = ranges.length === 0 ? [0, 1] : [Math.min(...ranges.map(r => r[0])), Math.max(...ranges.map(r => r[1]))];
    panel.show(uPlot.join(tables), range);
  }

  #showTable(names) {
    // Runs of different length are compared where all of them are.
    const step = Math.min(...this.models.filter(model => model?.size > 0).map(model => model.last[model.common]));
    this.tableTitle.textContent = `ΣLCA by layer up to step ${count(step)}, the newest of all runs, and the difference to ${this.labels[0]}`;
    const sum = (model, name) => {
      const bucket = bucketWith(model, step);
      return bucket === null ? null : model.layers.find(one => one.layer === name)?.cumulative[bucket] ?? null;
    };
    const head = document.createElement('tr');
    head.append(text('th', 'layer'), ...this.labels.map((run, at) => {
      const cell = text('th', run);
      cell.style.color = runColor(at);
      return cell;
    }));
    this.table.replaceChildren(head, ...names.map(name => {
      const row = document.createElement('tr');
      const first = sum(this.models[0], name);
      row.append(text('td', name), ...this.models.map((model, at) => {
        const value = sum(model, name);
        const cell = text('td', number(value));
        if (at > 0 && Number.isFinite(value) && Number.isFinite(first)) {
          cell.append(text('small', ` ${signed(value - first, 2)}`));
        }
        return cell;
      }));
      return row;
    }));
  }
}

/** The bucket that a step lies in; null where a run has not begun, or has ended. */
function bucketWith(model, step) {
  if (!(model?.size > 0) || step > model.last[model.size - 1]) return null;
  const width = model.size > 1 ? model.first[1] - model.first[0] : 1;
  return step <= model.first[0] - width ? null : bucketAt(model, step);
}
