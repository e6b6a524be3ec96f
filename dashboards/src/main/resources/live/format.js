// Numbers as people write them.
const MINUS = '\u2212';
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

function superscript(exponent) {
  const digits = String(Math.abs(exponent)).split('').map(digit => SUPERSCRIPTS[digit]).join('');
  return (exponent < 0 ? '⁻' : '') + digits;
}

/** Whether there is a value, finite or not. */
export function known(value) {
  return value !== null && value !== undefined;
}

/** What is no finite number: NaN, ∞, −∞, or – where nothing has come. */
function notFinite(value) {
  if (!known(value)) return '–';
  return Number.isNaN(value) ? 'NaN' : value < 0 ? `${MINUS}∞` : '∞';
}

/** One value in parts of another; null where that cannot be said, NaN where either is not finite. */
export function ratio(value, of) {
  if (!known(value) || !known(of)) return null;
  if (!Number.isFinite(value) || !Number.isFinite(of)) return NaN;
  return of === 0 ? null : value / of;
}

/** A number with so many significant digits, such as −1.903 or 3.1×10⁻⁵. */
export function number(value, digits = 4) {
  if (!Number.isFinite(value)) return notFinite(value);
  if (value === 0) return '0';
  const size = Math.abs(value);
  let text;
  if (size >= 1e7 || size < 1e-3) {
    const [mantissa, exponent] = size.toExponential(Math.max(0, digits - 2)).split('e');
    text = `${mantissa}×10${superscript(Number(exponent))}`;
  } else if (size >= 1e4) {
    text = Math.round(size).toLocaleString('en');
  } else {
    text = size.toPrecision(digits);
    if (text.includes('e')) text = String(Math.round(size));
  }
  return (value < 0 ? MINUS : '') + text;
}

/** A number with its sign. */
export function signed(value, digits = 4) {
  return (value > 0 ? '+' : '') + number(value, digits);
}

/** A fixed number of decimals, so that a column of figures does not dance. */
export function fixed(value, decimals) {
  if (!Number.isFinite(value)) return notFinite(value);
  const text = Math.abs(value).toFixed(decimals);
  return (value < 0 && Number(text) !== 0 ? MINUS : '') + text;
}

export function count(value) {
  return Number.isFinite(value) ? value.toLocaleString('en') : notFinite(value);
}

export function percent(share, decimals = 1) {
  return !Number.isFinite(share) ? notFinite(share) : `${fixed(100 * share, decimals)}\u202f%`;
}

/** A small share keeps two digits: 0.006 %. */
export function smallPercent(share) {
  if (!Number.isFinite(share)) return notFinite(share);
  const size = Math.abs(100 * share);
  return size >= 1 ? percent(share, 1) : `${number(100 * share, 2)}\u202f%`;
}

/** Ticks of an axis: as many decimals as they need. */
export function ticks(values) {
  if (values.length < 2) return values.map(value => number(value, 3));
  const step = Math.abs(values[1] - values[0]);
  const size = Math.max(...values.map(Math.abs));
  if (size >= 1e6 || size < 1e-3) return values.map(value => number(value, 2));
  let decimals = 0;
  while (decimals < 8 && Math.abs(step * 10 ** decimals - Math.round(step * 10 ** decimals)) > 1e-6) decimals++;
  return values.map(value => (value < 0 ? MINUS : '') + Math.abs(value).toFixed(decimals));
}

/** A span of time, such as 1:02:03, 0:07 or 3 days. */
export function duration(seconds) {
  if (!Number.isFinite(seconds)) return '?';
  const whole = Math.round(seconds);
  if (whole >= 2 * 86_400) return `${Math.round(whole / 86_400)} days`;
  const two = value => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3_600);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

export function time(millis) {
  return new Date(millis).toLocaleString([], {dateStyle: 'medium', timeStyle: 'short'});
}
