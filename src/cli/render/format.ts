/** Formatting for people. Exact values are in `--json`; these round to nearest. */

const GROUP = /\B(?=(\d{3})+(?!\d))/g;

function grouped(digits: string): string {
  const [whole, fraction] = digits.split('.');
  const text = whole!.replace(GROUP, ',');
  return fraction === undefined ? text : `${text}.${fraction}`;
}

/** `-1,234,567` or `12.34`: whole dollars from 1,000 up, cents below, 0 for less than half a cent. */
export function usd(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  const places = magnitude >= 1_000 || magnitude < 0.005 ? 0 : 2;
  const text = grouped(magnitude.toFixed(places));
  return value < 0 && Number(magnitude.toFixed(places)) !== 0 ? `-${text}` : text;
}

/** `12.3 %`. */
export function percent(frac: number | null): string {
  if (frac === null) return '–';
  if (!Number.isFinite(frac)) return '∞';
  return `${(frac * 100).toFixed(1)} %`;
}

/** Up to eight significant digits, without trailing zeros, thousands grouped. */
export function quantity(value: number): string {
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  const places = magnitude >= 1_000 ? 2 : magnitude >= 1 ? 4 : 8;
  const text = magnitude.toFixed(places).replace(/\.?0+$/, '');
  return `${value < 0 && text !== '0' ? '-' : ''}${grouped(text)}`;
}

/** Price of something, five to seven significant digits. */
export function price(value: number | null): string {
  if (value === null) return '–';
  const magnitude = Math.abs(value);
  const places = magnitude >= 1_000 ? 1 : magnitude >= 1 ? 3 : 6;
  return `${value < 0 ? '-' : ''}${grouped(magnitude.toFixed(places))}`;
}

/** A short dollar figure for narrow cells: `-1.2M`, `35k`. */
export function compact(value: number): string {
  const magnitude = Math.abs(value);
  const [divisor, unit] =
    magnitude >= 1e9 ? [1e9, 'B'] : magnitude >= 1e6 ? [1e6, 'M'] : magnitude >= 1e3 ? [1e3, 'k'] : [1, ''];
  const scaled = magnitude / divisor;
  const text = scaled >= 100 || (divisor === 1 && scaled >= 10) ? scaled.toFixed(0) : scaled.toFixed(1);
  return `${value < 0 && Number(text) !== 0 ? '-' : ''}${text.replace(/\.0$/, '')}${unit}`;
}
