// What keys do. Those that a focused control needs for itself are left to it.
export function watchKeys(actions) {
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const dialog = document.querySelector('dialog[open]');
    if (dialog) {
      if (event.key === '?') dialog.close();
      return;
    }
    if (event.target.closest('select, input')) return;
    const onButton = event.target.closest('button') !== null;
    const far = event.shiftKey ? 10 : 1;
    const action = {
      ' ': onButton ? null : actions.pause,
      ArrowUp: () => actions.layer(-1),
      ArrowDown: () => actions.layer(1),
      ArrowLeft: () => actions.move(-far),
      ArrowRight: () => actions.move(far),
      Escape: actions.escape,
      '+': () => actions.zoom(0.5),
      '=': () => actions.zoom(0.5),
      '-': () => actions.zoom(2),
      '0': actions.unzoom,
      l: actions.log,
      r: actions.runs,
      t: actions.theme,
      '?': actions.keys,
    }[event.key];
    if (action) {
      event.preventDefault();
      action();
    }
  });
}
