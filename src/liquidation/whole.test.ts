import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apportion, ceilDiv, floorDiv, splitValue, sumOf } from './whole.ts';

const weight = fc.bigInt({ min: 0n, max: 10n ** 24n });
const weights = fc.array(weight, { minLength: 1, maxLength: 30 }).filter((ws) => sumOf(ws) > 0n);

describe('whole division', () => {
  it('rounds down and up, also below zero', () => {
    expect([floorDiv(7n, 2n), floorDiv(-7n, 2n), floorDiv(-8n, 2n)]).toEqual([3n, -4n, -4n]);
    expect([ceilDiv(7n, 2n), ceilDiv(-7n, 2n), ceilDiv(8n, 2n)]).toEqual([4n, -3n, 4n]);
  });
});

describe('apportionment', () => {
  it('gives the seats of a published example of largest remainders', () => {
    // Hamilton's method, 10 seats over 47,000 / 16,000 / 15,800 / 12,000 / 6,100 / 3,100 votes.
    const votes = [47_000n, 16_000n, 15_800n, 12_000n, 6_100n, 3_100n];
    expect(apportion(10n, votes)).toEqual([5n, 2n, 1n, 1n, 1n, 0n]);
  });

  it('sums to the total, and gives each his exact share rounded down or up', () => {
    fc.assert(
      fc.property(weight, weights, (total, ws) => {
        const parts = apportion(total, ws);
        const whole = sumOf(ws);
        expect(sumOf(parts)).toBe(total);
        parts.forEach((part, i) => {
          const low = floorDiv(total * ws[i]!, whole);
          expect(part === low || (part === low + 1n && low * whole !== total * ws[i]!)).toBe(true);
        });
      }),
      { seed: 11, numRuns: 1000 },
    );
  });

  it('never gives more than the weight where the total is no more than the weights', () => {
    fc.assert(
      fc.property(weights, fc.nat(1000), (ws, part) => {
        const total = (sumOf(ws) * BigInt(part)) / 1000n;
        apportion(total, ws).forEach((got, i) => expect(got <= ws[i]!).toBe(true));
      }),
      { seed: 12, numRuns: 1000 },
    );
  });

  it('breaks ties by index, and splits values of either sign', () => {
    expect(apportion(2n, [1n, 1n, 1n])).toEqual([1n, 1n, 0n]);
    expect(splitValue(-2n, [1n, 1n, 1n])).toEqual([-1n, -1n, 0n]);
    expect(apportion(0n, [0n, 0n])).toEqual([0n, 0n]);
    expect(() => apportion(1n, [0n])).toThrow('not all zero');
  });
});
