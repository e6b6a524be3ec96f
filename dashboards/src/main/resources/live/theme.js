// The system's theme, or the one that was chosen.
const CHOICES = ['system', 'light', 'dark'];
const system = matchMedia('(prefers-color-scheme: dark)');

let choice = remembered();

function remembered() {
  try {
    const known = localStorage.getItem('lossledger-theme');
    return CHOICES.includes(known) ? known : 'system';
  } catch {
    return 'system'; // storage may be off
  }
}

export function current() {
  return document.documentElement.dataset.theme;
}

function show(button) {
  document.documentElement.dataset.theme = choice === 'system' ? (system.matches ? 'dark' : 'light') : choice;
  button.textContent = choice === 'system' ? 'auto' : choice;
  button.setAttribute('aria-label', `theme: ${choice === 'system' ? 'system' : choice}`);
}

/** Shows the theme, and calls back whenever it changes. */
export function watchTheme(button, changed) {
  show(button);
  system.addEventListener('change', () => {
    show(button);
    changed();
  });
  button.addEventListener('click', () => {
    choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];
    try {
      localStorage.setItem('lossledger-theme', choice);
    } catch {
      // then it is not remembered
    }
    show(button);
    changed();
  });
}
