// What the page says while there is nothing to draw.
const section = document.querySelector('#empty');

export function showEmpty(state) {
  const parts = words(state);
  const key = JSON.stringify(parts);
  if (section.dataset.key === key) return;
  section.dataset.key = key;
  section.replaceChildren(...parts.map(([tag, content]) => {
    const element = document.createElement(tag);
    element.textContent = content;
    return element;
  }));
}

function words(state) {
  if (state.status === 404) {
    return [['h2', 'No such run'], ['p', `This Kafka has no run ${state.run}, or the run has no such objective or layer. Choose another above.`]];
  }
  if (state.missingTopics.length > 0 || state.model?.facts.missing_topics?.length > 0) {
    return [['h2', 'Topics are missing'], ['p', `This Kafka lacks ${[...state.missingTopics, ...(state.model?.facts.missing_topics ?? [])].join(', ')}. A processor or trainer creates them, or run:`], ['code', './lossledger topics --create']];
  }
  if (state.kafka.topics.length > 0) return [['h2', 'Topics cannot be read'], ...state.kafka.topics.map(({topic, reason}) => ['p', `${topic} ${reason}.`])];
  if (state.runs === null) return [['h2', 'Looking for runs …']];
  if (state.runs.length === 0) {
    return [['h2', 'No runs yet'], ['p', 'A training appears here as soon as it begins. To start one:'], ['code', './lossledger train --steps 500']];
  }
  if (!state.model || state.model.facts.reading) return [['h2', 'Reading the ledger …']];
  return [['h2', 'No steps yet'], ['p', `Run ${state.run} has begun, but none of its steps is booked yet. A processor books them; to start one:`], ['code', './lossledger process']];
}
