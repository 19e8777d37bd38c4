import { type Failure, refuse } from '../base/failure.ts';
import { U128_END } from './codec.ts';

/** Bytes of one sum inside a hash: an unsigned 128-bit integer, big-endian. */
export const SUM_BYTES = 16;

/** 2^127 − 1, a prime: the numbers that position fingerprints are counted in. */
export const FINGERPRINT_MODULUS: bigint = 2n ** 127n - 1n;

/** How two sums become one: `exact`, where more than 128 bits is refused, or `modular`, in [0, 2^127 − 1). */
export type SumRule = 'exact' | 'modular';

const LOW_64 = 2n ** 64n - 1n;

/** Writes a sum within its range. */
export function writeSum(view: DataView, at: number, sum: bigint): void {
  view.setBigUint64(at, sum >> 64n);
  view.setBigUint64(at + 8, sum & LOW_64);
}

export function readSum(view: DataView, at: number): bigint {
  return (view.getBigUint64(at) << 64n) | view.getBigUint64(at + 8);
}

/** What a field of `rule` may hold: null, or NUMBER_OUT_OF_RANGE. */
export function judgeSum(sum: bigint, rule: SumRule, field: string): Failure | null {
  const end = rule === 'exact' ? U128_END : FINGERPRINT_MODULUS;
  if (sum >= 0n && sum < end) return null;
  return refuse('NUMBER_OUT_OF_RANGE', { field, value: sum, expected: `a sum from 0 to below ${end}` });
}

/** left + right, by the rule. Refuses NUMBER_OUT_OF_RANGE where an exact sum needs more than 128 bits. */
export function addSums(
  left: readonly bigint[],
  right: readonly bigint[],
  rule: SumRule,
): bigint[] | Failure {
  const out: bigint[] = [];
  for (let i = 0; i < left.length; i += 1) {
    const sum = left[i]! + right[i]!;
    out.push(rule === 'modular' && sum >= FINGERPRINT_MODULUS ? sum - FINGERPRINT_MODULUS : sum);
    const refused = judgeSum(out[i]!, rule, `sums[${i}]`);
    if (refused !== null) return refused;
  }
  return out;
}

/**
 * The same on bytes, for building: adds `count` exact sums at `left` and `right`, writes them at `to`, and says whether they
 * fit. Limbs of 32 bits, from the low end.
 */
export function addSumBytes(
  views: { readonly from: DataView; readonly to: DataView },
  at: { readonly left: number; readonly right: number; readonly to: number },
  count: number,
): boolean {
  const { left, right, to } = at;
  let isSound = true;
  for (let field = 0; field < count * SUM_BYTES; field += SUM_BYTES) {
    let carry = 0;
    for (let limb = field + SUM_BYTES - 4; limb >= field; limb -= 4) {
      const sum = views.from.getUint32(left + limb) + views.from.getUint32(right + limb) + carry;
      carry = sum > 0xffff_ffff ? 1 : 0;
      views.to.setUint32(to + limb, sum >>> 0);
    }
    if (carry > 0) isSound = false;
  }
  return isSound;
}
