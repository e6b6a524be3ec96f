// What is wrong now, in a banner, and what has happened, in a line that can be dismissed.
const $ = selector => document.querySelector(selector);

function kafkaTrouble({kafka, message, topics}) {
  if (kafka === 'away') return `Kafka is unreachable: ${message}. The data stay; the page resumes automatically.`;
  return topics.length === 0 ? '' : `These topics cannot be read: ${topics.map(({topic, reason}) => `${topic} ${reason}`).join('; ')}. The page resumes automatically.`;
}

export function showBanner({lost, kafka}) {
  const text = lost || kafkaTrouble(kafka);
  const banner = $('#banner');
  banner.hidden = text === '';
  if (banner.textContent !== text) banner.textContent = text;
}

/** @param go what the button `watch` does; without it there is none */
export function showNotice(text, go) {
  $('#notice').hidden = false;
  $('#notice span').textContent = text;
  $('#go').hidden = !go;
  $('#go').onclick = go ?? null;
}

export function hideNotice() {
  $('#notice').hidden = true;
}

$('#dismiss').addEventListener('click', hideNotice);
