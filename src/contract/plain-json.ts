import { toHex } from '../base/bytes.ts';

/**
 * Anything that a journal holds as JSON, without knowing the decimals of assets: an integer (atoms) becomes the text of its digits, bytes
 * hexadecimal, a number without end null. Lossless but for the last.
 */
export function toPlainJson(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(toPlainJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toPlainJson(inner)]));
}
