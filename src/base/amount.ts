import { assert } from './assert.ts';
import { type Failure, refuse } from './failure.ts';

/**
 * Exact amounts: a `bigint` count of atoms, with the number of decimal places kept beside it by whoever owns the unit
 * (an asset, or {@link QUANTITY_PLACES} for contracts). Nothing here rounds unless its name says which way.
 */
export const QUANTITY_PLACES = 8;

/** Longest decimal that is accepted: 39 digits hold every 128-bit integer. */
const DIGITS_MAX = 39;
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/**
 * Parses a plain decimal (`-12.5`; no exponent, no spaces, no plus) into atoms of `places` decimals (AMOUNT-001).
 * Refuses what would need rounding: `0.001` at 2 places is DECIMAL_INVALID, `0.010` is 1.
 */
export function parseAtoms(text: string, places: number, field: string): bigint | Failure {
  const match = DECIMAL.exec(text);
  const expected = `a plain decimal with at most ${places} places and ${DIGITS_MAX} digits`;
  if (match === null) return refuse('DECIMAL_INVALID', { field, value: text, expected });
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  const whole = match[2]!.replace(/^0+(?=\d)/, '');
  if (fraction.length > places || whole.length + places > DIGITS_MAX) {
    return refuse('DECIMAL_INVALID', { field, value: text, expected });
  }
  const magnitude = BigInt(whole + fraction.padEnd(places, '0'));
  return match[1] === '-' ? -magnitude : magnitude;
}

/** Lossless inverse of {@link parseAtoms}, without trailing zeros (AMOUNT-002): `1250000n` at 6 places is `1.25`. */
export function toDecimal(atoms: bigint, places: number): string {
  const negative = atoms < 0n;
  const digits = (negative ? -atoms : atoms).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '');
  return `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Integers and powers of ten up to these are exact in f64, so that one division of them rounds correctly. */
const EXACT_MAX = 2n ** 53n;
const POWERS: readonly number[] = Array.from({ length: 23 }, (_, places) => Number(`1e${places}`));

/** The f64 nearest to the amount: for valuation only, never on the way back into the ledger. */
export function toNumber(atoms: bigint, places: number): number {
  if (atoms <= EXACT_MAX && atoms >= -EXACT_MAX && places < POWERS.length) {
    return Number(atoms) / POWERS[places]!;
  }
  return Number(toDecimal(atoms, places));
}

/**
 * Exact atoms of an f64, rounded towards −∞ (AMOUNT-003) (against an account that receives, and against one that owes).
 * Works from the exact binary value, so the direction holds for every input. The caller guarantees a finite `value`.
 */
export function roundDownAtoms(value: number, places: number): bigint {
  return scaledFloor(value, 10n ** BigInt(places));
}

/** Exact atoms of an f64, rounded towards +∞: for what an account must pay or deliver. */
export function roundUpAtoms(value: number, places: number): bigint {
  return -scaledFloor(-value, 10n ** BigInt(places));
}

function scaledFloor(value: number, scale: bigint): bigint {
  assert(Number.isFinite(value), 'only finite amounts have atoms');
  if (Number.isInteger(value)) return BigInt(value) * scale;
  let mantissa = value;
  let shift = 0n;
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    shift += 1n;
  }
  return (BigInt(mantissa) * scale) >> shift;
}
