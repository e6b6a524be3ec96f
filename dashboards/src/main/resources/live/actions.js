// Ends and deletes runs, after asking.
const $ = selector => document.querySelector(selector);
const ACTIONS = {
  end: {
    method: 'POST',
    path: run => `api/runs/${encodeURIComponent(run)}/end`,
    ask: run => `End run ${run}?`,
    lost: () => 'A processor closes its books with the steps that arrived. Its status becomes interrupted. '
      + 'Records that its trainer sends later are not booked. The run can end only if its trainer has sent nothing for a minute.',
    doing: run => `Ending run ${run} …`,
  },
  delete: {
    method: 'DELETE',
    path: run => `api/runs/${encodeURIComponent(run)}`,
    ask: run => `Delete run ${run} for good?`,
    lost: isRunning => (isRunning ? 'It is running, so it is ended first. That is possible only if its trainer has sent nothing for a minute. ' : '')
      + 'A processor removes it from its books and refuses its later records. Lists and this page no longer show it. '
      + 'Only its id is kept, and cannot be used again. Records are deleted where they are at the beginning of a partition. '
      + 'Records behind those of other runs stay until the topic’s retention removes them. Dead letters stay, too.',
    doing: run => `Deleting run ${run} …`,
  },
};

/** Asks whether to do something to a run; true if it is wanted. */
function isWanted(name, run, isRunning) {
  const dialog = $('#ask');
  $('#ask-title').textContent = ACTIONS[name].ask(run);
  $('#ask p').textContent = ACTIONS[name].lost(isRunning);
  $('#ask [value=yes]').textContent = name;
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise(resolve => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), {once: true});
  });
}

/**
 * Asks, and does what is wanted.
 *
 * @param name `end` or `delete`
 * @param say called with each sentence to show
 * @return whether it was done
 */
export async function act(name, run, isRunning, say) {
  if (!await isWanted(name, run, isRunning)) return false;
  const {method, path, doing} = ACTIONS[name];
  say(doing(run));
  try {
    const answer = await fetch(path(run), {method, headers: {'X-LossLedger': '1'}});
    const {done, error} = await answer.json();
    say(done ?? error);
    return answer.ok;
  } catch {
    say(`The server does not answer; whether run ${run} was changed is not known.`);
    return false;
  }
}
