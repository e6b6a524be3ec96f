// One connection for all that is watched: browsers allow few to one server.
const RETRY_MILLIS = 2_000;
/** The server sends something every ten seconds. */
const PATIENCE_MILLIS = 30_000;
const LOOK_MILLIS = 5_000;

export class Stream {
  /** Handlers by event, and `lost(reason)` and `found()`. */
  constructor(handlers) {
    this.handlers = handlers;
    this.source = null;
    this.timer = 0;
    this.heard = 0;
    setInterval(() => this.#look(), LOOK_MILLIS);
  }

  get isOpen() {
    return this.source !== null;
  }

  open(url) {
    this.close();
    this.url = url;
    const source = new EventSource(url);
    this.source = source;
    this.heard = Date.now();
    source.onopen = () => {
      this.heard = Date.now();
      this.handlers.found();
    };
    source.onerror = () => this.#failed(source);
    for (const event of ['state', 'runs', 'manifest', 'snapshot', 'update', 'units', 'pictures']) {
      source.addEventListener(event, message => {
        if (source !== this.source) return;
        this.heard = Date.now();
        this.handlers[event](JSON.parse(message.data));
      });
    }
    source.addEventListener('heartbeat', () => {
      this.heard = Date.now();
      this.handlers.found();
    });
  }

  close() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  /** A server that hangs keeps its connection open, and says nothing. */
  #look() {
    if (this.source?.readyState !== EventSource.OPEN || Date.now() - this.heard < PATIENCE_MILLIS) return;
    this.open(this.url);
    this.handlers.lost('The server has sent nothing for half a minute; trying again.');
  }

  /** The browser tries again by itself, unless the server has refused: then the reason is asked for. */
  async #failed(source) {
    if (source !== this.source) return;
    if (source.readyState !== EventSource.CLOSED) {
      this.handlers.lost('Connection lost; trying again.');
      return;
    }
    const url = this.url;
    const reason = await refusal(url);
    if (source !== this.source) return;
    this.timer = setTimeout(() => this.open(url), RETRY_MILLIS);
    this.handlers.lost(reason.text, reason.status); // who hears of it may open something else instead
  }
}

async function refusal(url) {
  const abort = new AbortController();
  try {
    const answer = await fetch(url, {signal: abort.signal});
    if (answer.ok) return {text: 'Connection lost; trying again.', status: 0};
    const body = await answer.json();
    return {text: body.error, status: answer.status};
  } catch {
    return {text: 'The server does not answer; trying again.', status: 0};
  } finally {
    abort.abort();
  }
}
