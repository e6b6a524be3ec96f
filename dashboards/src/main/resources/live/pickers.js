// The pickers of run and objective in the header.
import {text} from './panel.js';
import {statusWord} from './states.js';

export function showRuns({runs, run, unknown}) {
  const picker = document.querySelector('#run');
  const options = runs.map(one => {
    const word = statusWord(one.status);
    const option = text('option', word === 'finished' ? one.run : `${one.run} (${word})`);
    option.value = one.run;
    return option;
  });
  if (run && !runs.some(one => one.run === run)) {
    const option = text('option', unknown ? `${run} (unknown)` : run);
    option.value = run;
    options.unshift(option);
  }
  // An open list of the browser closes when its options are replaced.
  const key = JSON.stringify(options.map(option => [option.value, option.text]));
  if (picker.dataset.key !== key) {
    picker.dataset.key = key;
    picker.replaceChildren(...options);
  }
  picker.value = run;
  picker.disabled = options.length === 0;
}

/** The objective that is watched is the server's choice if nobody has chosen. */
export function showObjectives({manifest, objective, stratum}) {
  const shown = objective ? {name: objective, stratum} : manifest.default_objective;
  const picker = document.querySelector('#objective');
  picker.replaceChildren(...manifest.objectives.map((one, i) => {
    const option = text('option', one.stratum ? `${one.name} (${one.stratum})` : one.name);
    option.value = String(i);
    option.selected = one.name === shown.name && one.stratum === shown.stratum;
    return option;
  }));
  picker.disabled = picker.options.length < 2;
}
