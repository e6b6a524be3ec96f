// What the header and the line of figures say.
import {count, fixed, known, number, percent, ratio, signed, smallPercent} from './format.js';

const $ = selector => document.querySelector(selector);

function size(value) {
  return known(value) ? Math.abs(value) : null;
}

export function statusWord(status) {
  return status.replace('RUN_STATUS_', '').toLowerCase();
}

/** The time of day, with the day if that is not today. */
function moment(date) {
  const isToday = date.toDateString() === new Date().toDateString();
  const time = date.toLocaleTimeString([], {hour: '2-digit', minute: '2-digit'});
  return isToday ? time : `${date.toLocaleDateString()} ${time}`;
}

export function showStatus(model, manifest) {
  const ended = statusWord(model.facts.outcome ?? manifest.status);
  const word = document.createElement('b');
  const reading = model.facts.reading && !(model.last[model.size - 1] >= manifest.last_step);
  const silent = ended === 'running' && !reading ? model.silentSince() : null;
  word.textContent = reading ? 'reading' : ended;
  word.className = reading || silent ? '' : ended === 'running' ? 'running' : ended === 'failed' ? 'failed' : '';
  const parts = [` · step ${count(model.last[model.size - 1])}`];
  const rate = ended === 'running' ? model.rateNow() : null;
  if (rate !== null) parts.push(` · ${rate >= 100 ? Math.round(rate) : fixed(rate, 1)} steps/s`);
  if (silent) parts.push(` · silent since ${moment(new Date(silent))}`);
  $('#status').replaceChildren(word, document.createTextNode(parts.join('')));
  document.title = `${manifest.run} · ${count(model.last[model.size - 1])} · LossLedger`;
}

export function showFigures(model) {
  const end = model.size - 1;
  const residual = model.residual[end];
  const together = model.steps[end];
  const figures = [
    ['loss', number(model.loss[end]), `from ${number(model.facts.loss_start)}`],
    ['loss change', number(model.change[end]), ''],
    ['ΣLCA', number(model.lca[end]), ''],
    ['residual', smallPercent(ratio(residual, size(model.change[end]))), signed(residual, 3)],
    [together > 1 ? `helped, last ${count(together)} steps` : 'helped, last step', percent(model.help[end]), `${percent(model.help_nonzero[end])} of non-zero`],
  ];
  const list = $('#figures');
  if (list.children.length !== figures.length) {
    list.replaceChildren(...figures.map(() => {
      const box = document.createElement('div');
      const term = document.createElement('dt');
      const value = document.createElement('dd');
      const small = document.createElement('small');
      value.append('', small);
      box.append(term, value);
      return box;
    }));
  }
  figures.forEach(([name, value, small], i) => {
    list.children[i].firstChild.textContent = name;
    const description = list.children[i].lastChild;
    description.replaceChildren(document.createTextNode(value), description.lastChild);
    description.lastChild.textContent = small ? ` ${small}` : '';
  });
}
