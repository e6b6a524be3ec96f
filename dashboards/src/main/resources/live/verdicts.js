// Three answers in words: does it learn, who does it and who hurts, do the books balance.
import {text} from './panel.js';

const MARKS = {good: '✓', bad: '✗', open: '–'};
const QUESTIONS = ['Does it learn?', 'Which layers help or hurt?', 'Do the books balance?'];

const list = document.querySelector('#verdicts');

export function showVerdicts(verdicts) {
  show(verdicts, false, () => verdicts.map((verdict, i) => item(verdict, i, true)));
}

/**
 * The headlines of several runs, a line each.
 *
 * @param runs run, color and verdicts of each; no verdicts where nothing has come
 */
export function showRunVerdicts(runs) {
  show(runs, true, () => runs.flatMap(({run, color, verdicts}) => {
    const name = document.createElement('li');
    name.className = 'run';
    const swatch = text('span', '', 'swatch line');
    swatch.style.color = color;
    name.append(swatch, text('span', run));
    return [name, ...verdicts?.map((verdict, i) => item(verdict, i, false)) ?? [text('li', 'nothing is booked yet', 'nothing')]];
  }));
}

function show(content, several, items) {
  const key = JSON.stringify(content);
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.classList.toggle('several', several);
  list.replaceChildren(...items());
}

function item({state, headline, detail}, question, whole) {
  const item = document.createElement('li');
  item.className = state;
  item.title = whole ? QUESTIONS[question] : `${QUESTIONS[question]} ${written(detail)}`;
  const mark = text('span', MARKS[state], 'mark');
  mark.setAttribute('aria-label', `${QUESTIONS[question]} ${state}`);
  mark.setAttribute('role', 'img');
  const words = document.createElement('div');
  words.append(text('div', written(headline), 'headline'), ...whole ? [text('div', written(detail), 'detail')] : []);
  item.append(mark, words);
  return item;
}

/** With the page's minus, and no break before a percent sign. */
function written(words) {
  return words.replace(/(^|[ (])-(?=\d)/g, '$1\u2212').replaceAll(' %', '\u202f%');
}
