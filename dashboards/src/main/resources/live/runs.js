// The table of runs: find one, watch it, compare it with others.
import {act} from './actions.js';
import {count, known, number, smallPercent, time} from './format.js';
import {told} from './model.js';
import {text} from './panel.js';
import {statusWord} from './states.js';

const MOST_COMPARED = 4;
const COLUMNS = [
  ['run', run => run.run],
  ['state', run => statusWord(run.status)],
  ['steps', run => run.summary?.steps ?? null],
  ['loss', run => run.summary?.loss_end ?? null],
  ['books', run => run.summary?.share ?? null],
  ['helps most', run => run.summary?.helper ?? ''],
  ['hurts most', run => run.summary?.worst ?? ''],
  ['optimizer', run => run.optimizer ?? ''],
  ['data', run => run.data_set ?? ''],
  ['started', run => run.started],
];

export class Runs {
  /**
   * @param dialog that holds the table
   * @param actions watch(run) and compare(runs), called when the user asks for it; deleted(run) and say(text)
   */
  constructor(dialog, actions) {
    this.dialog = dialog;
    this.actions = actions;
    this.sort = COLUMNS.length - 1;
    this.down = true;
    this.chosen = [];
    this.runs = [];
    this.editable = false;
    this.busy = new Set();
    this.body = dialog.querySelector('tbody');
    this.search = dialog.querySelector('input');
    this.search.addEventListener('input', () => this.#draw());
    this.compare = dialog.querySelector('#compare');
    this.compare.addEventListener('click', () => {
      this.actions.compare(this.chosen);
      this.dialog.close();
    });
    const head = document.createElement('tr');
    head.append(text('th', ''), ...COLUMNS.map(([name], i) => {
      const cell = document.createElement('th');
      cell.scope = 'col';
      const button = text('button', name);
      button.type = 'button';
      button.addEventListener('click', () => {
        this.down = this.sort === i ? !this.down : false;
        this.sort = i;
        this.#draw();
      });
      cell.append(button);
      return cell;
    }), text('th', ''));
    dialog.querySelector('thead').replaceChildren(head);
  }

  open(runs, editable, chosen) {
    this.chosen = chosen;
    this.dialog.querySelector('#said').textContent = '';
    this.show(runs, editable);
    this.dialog.showModal();
    this.search.focus();
  }

  show(runs, editable) {
    this.runs = runs;
    this.editable = editable;
    this.#draw();
  }

  #draw() {
    const wanted = this.search.value.trim().toLowerCase();
    const found = this.runs.filter(run => [run.run, run.model, run.optimizer, run.data_set, statusWord(run.status)]
      .some(value => (value ?? '').toLowerCase().includes(wanted)));
    const of = COLUMNS[this.sort][1];
    found.sort((a, b) => compare(of(a), of(b)) * (this.down ? -1 : 1));
    this.#replace(found);
    this.dialog.querySelector('#found').textContent = `${count(found.length)} of ${count(this.runs.length)} runs`;
    this.#showButton();
  }

  /** The rows anew, if they have changed; the focus stays with its run. */
  #replace(found) {
    const key = JSON.stringify([found, this.chosen, [...this.busy], this.editable]);
    if (this.key === key) return;
    this.key = key;
    const controls = row => [...row.querySelectorAll('input, button')];
    const focused = [...this.body.children].find(row => row.contains(document.activeElement));
    const at = focused ? controls(focused).indexOf(document.activeElement) : -1;
    this.body.replaceChildren(...found.map(run => this.#row(run)));
    if (focused) [...this.body.children].filter(row => row.dataset.run === focused.dataset.run).forEach(row => controls(row)[at]?.focus());
  }

  #showButton() {
    this.compare.disabled = this.chosen.length < 2;
    this.compare.textContent = this.chosen.length < 2 ? `choose two to ${MOST_COMPARED} runs to compare` : `compare ${this.chosen.length} runs`;
  }

  #row(run) {
    const row = document.createElement('tr');
    row.dataset.run = run.run;
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.checked = this.chosen.includes(run.run);
    box.setAttribute('aria-label', `compare ${run.run}`);
    box.addEventListener('change', () => {
      this.chosen = box.checked ? [...this.chosen, run.run].slice(-MOST_COMPARED) : this.chosen.filter(name => name !== run.run);
      this.#draw();
    });
    const name = text('button', run.run);
    name.type = 'button';
    name.addEventListener('click', () => {
      this.actions.watch(run.run);
      this.dialog.close();
    });
    const cells = [box, name, statusWord(run.status), ...summary(run.summary), run.optimizer ?? '', run.data_set ?? '', run.started > 0 ? time(run.started) : ''];
    row.append(...cells.map((content, i) => {
      const cell = document.createElement('td');
      if (typeof content === 'string') cell.textContent = cell.title = content;
      else cell.append(content);
      if (i === 2 && content === 'failed') cell.className = 'bad';
      return cell;
    }), this.#edits(run));
    return row;
  }

  /** The buttons that change a run, where the server offers that. */
  #edits({run, status}) {
    const cell = document.createElement('td');
    cell.className = 'edits';
    if (!this.editable) return cell;
    const isRunning = statusWord(status) === 'running';
    for (const name of isRunning ? ['end', 'delete'] : ['delete']) {
      const button = text('button', name);
      button.type = 'button';
      button.disabled = this.busy.has(run);
      button.setAttribute('aria-label', `${name} ${run}`);
      button.addEventListener('click', () => this.#edit(name, run, isRunning));
      cell.append(button);
    }
    return cell;
  }

  async #edit(name, run, isRunning) {
    const done = await act(name, run, isRunning, said => {
      this.dialog.querySelector('#said').textContent = said; // the notice lies behind the dialog
      this.actions.say(said);
      this.busy.add(run);
      this.#draw();
    });
    this.busy.delete(run);
    if (done && name === 'delete') {
      this.chosen = this.chosen.filter(one => one !== run);
      this.actions.deleted(run);
    }
    this.#draw();
  }
}

function summary(newest) {
  if (!newest) return ['–', '–', '–', '', ''];
  const {steps, loss_start, loss_end, share, balanced, missing_steps, helper, helper_share, worst, worst_lca, ended} = newest;
  const losses = known(loss_end) ? `${known(loss_start) && ended ? `${number(told(loss_start), 3)} → ` : ''}${number(told(loss_end), 3)}` : '–';
  // As in the verdicts: books that balance but for missing steps are neither.
  const isWhole = missing_steps === 0;
  const mark = text('span', !balanced ? '✗' : isWhole ? '✓' : '–', !balanced ? 'bad' : isWhole ? 'good' : '');
  if (!isWhole) mark.title = `${count(missing_steps)} steps are missing`;
  const books = document.createElement('span');
  books.append(mark, ` ${smallPercent(told(share))}`);
  return [
    count(steps), losses, books,
    helper ? `${helper} ${Math.round(100 * helper_share)}\u202f%` : '–',
    worst ? `${worst} +${number(told(worst_lca), 2)}` : 'none',
  ];
}

function compare(a, b) {
  if (typeof a === 'number' || typeof b === 'number') return (a ?? -Infinity) - (b ?? -Infinity);
  return String(a ?? '').localeCompare(String(b ?? ''));
}
