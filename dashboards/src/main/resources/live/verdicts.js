// Three answers in words: does it learn, who does it and who hurts, do the books balance.
const MARKS = {good: '✓', bad: '✗', open: '–'};
const QUESTIONS = ['Does it learn?', 'Which layers help or hurt?', 'Do the books balance?'];

export function showVerdicts(verdicts) {
  const list = document.querySelector('#verdicts');
  const key = JSON.stringify(verdicts);
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.replaceChildren(...verdicts.map(({state, headline, detail}, i) => {
    const item = document.createElement('li');
    item.className = state;
    item.title = QUESTIONS[i];
    const mark = document.createElement('span');
    mark.className = 'mark';
    mark.textContent = MARKS[state];
    mark.setAttribute('aria-label', `${QUESTIONS[i]} ${state}`);
    mark.setAttribute('role', 'img');
    const words = document.createElement('div');
    const head = document.createElement('div');
    head.className = 'headline';
    head.textContent = written(headline);
    const small = document.createElement('div');
    small.className = 'detail';
    small.textContent = written(detail);
    words.append(head, small);
    item.append(mark, words);
    return item;
  }));
}

/** With the page's minus, and no break before a percent sign. */
function written(words) {
  return words.replace(/(^|[ (])-(?=\d)/g, '$1\u2212').replaceAll(' %', '\u202f%');
}
