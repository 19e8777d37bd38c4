import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Failure, isFailure } from '../base/failure.ts';
import { PRODUCTS } from '../margin/universe.fixture.ts';
import { settleValueAt } from '../pricer/value.ts';
import {
  type BankruptcyInput,
  type BankruptcyPosition,
  bankruptcyValues,
  priceOfValue,
} from './bankruptcy.ts';
import { bankruptcyQuote } from './perpetual-venue.ts';

function given<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(JSON.stringify(value));
  return value;
}

function position(id: string, change: Partial<BankruptcyPosition> = {}): BankruptcyPosition {
  const base = { valueAtoms: 1_000_000_000n, settleUsd: 1, settlePlaces: 6, notionalUsd: 1000 };
  return { instrument: id, ...base, contributionUsd: 100, ...change };
}

const anyPosition = fc
  .record({
    notionalUsd: fc.integer({ min: 1, max: 1_000_000 }),
    isLong: fc.boolean(),
    contributionUsd: fc.integer({ min: -1000, max: 10_000 }),
    settleUsd: fc.constantFrom(1, 0.9998, 4_000, 100_000),
  })
  .map(({ notionalUsd, isLong, contributionUsd, settleUsd }): BankruptcyPosition => {
    const size = BigInt(Math.round((notionalUsd / settleUsd) * 1e8));
    return {
      instrument: 'I',
      notionalUsd,
      contributionUsd,
      settleUsd,
      settlePlaces: 8,
      valueAtoms: isLong ? size : -size,
    };
  });
const anyInput = fc.record({
  equityUsd: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  positions: fc.array(anyPosition, { maxLength: 8 }),
  distanceFracMax: fc.constantFrom(0.1, 0.5, 0.99),
});

const changeUsd = (input: BankruptcyInput, values: readonly { valueAtoms: bigint }[]): number =>
  input.positions.reduce(
    (sum, p, i) => sum + (Number(values[i]!.valueAtoms - p.valueAtoms) / 10 ** p.settlePlaces) * p.settleUsd,
    0,
  );

describe('LIQUIDATION-014 bankruptcy values', () => {
  it('sell a solvent long for less than the mark, an insolvent one for more', () => {
    const one = (equityUsd: number): bigint =>
      given(bankruptcyValues({ equityUsd, positions: [position('A')], distanceFracMax: 0.5 })).values[0]!
        .valueAtoms;
    expect(one(20)).toBe(980_000_000n);
    expect(one(-20)).toBe(1_020_000_000n);
    expect(one(0)).toBe(1_000_000_000n);
  });

  it('agree with the integer rule of a perpetual venue for whole positions', () => {
    const amount = fc.bigInt({ min: -100_000n, max: 100_000n });
    fc.assert(
      fc.property(
        amount,
        fc.bigInt({ min: 1n, max: 10_000n }),
        fc.bigInt({ min: 1n, max: 10_000n }),
        (net, m1, m2) => {
          const value = 10n ** 9n;
          const quote = given(
            bankruptcyQuote(
              { netCollateral: net, maintenance: m1 + m2 },
              { notionalChange: -value, maintenanceChange: -m1 },
            ),
          );
          const positions = [m1, m2].map((m, i) =>
            position(`I${i}`, {
              valueAtoms: value,
              settlePlaces: 0,
              notionalUsd: 1e9,
              contributionUsd: Number(m),
            }),
          );
          const got = given(bankruptcyValues({ equityUsd: Number(net), positions, distanceFracMax: 0.99 }));
          // Theirs floors the collateral taken, ours floors the value received.
          const apart = quote - got.values[0]!.valueAtoms;
          expect(apart >= 0n && apart <= 1n).toBe(true);
        },
      ),
      { seed: 21, numRuns: 1000 },
    );
  });

  it('leave the account nothing, rounded against it by less than an atom a position', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { values, leftUsd } = given(bankruptcyValues(input));
        const after = input.equityUsd + changeUsd(input, values) - leftUsd;
        const atomUsd = input.positions.reduce((sum, p) => sum + p.settleUsd / 10 ** p.settlePlaces, 0);
        const noise =
          1e-9 * (1 + Math.abs(input.equityUsd) + input.positions.reduce((s, p) => s + p.notionalUsd, 0));
        expect(after).toBeLessThanOrEqual(atomUsd + noise);
        expect(after).toBeGreaterThanOrEqual(-atomUsd - noise);
        expect(leftUsd * input.equityUsd).toBeGreaterThanOrEqual(0);
      }),
      { seed: 22, numRuns: 3000 },
    );
  });

  it('never cross zero, nor lie further from the mark than allowed', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { values } = given(bankruptcyValues(input));
        input.positions.forEach((p, i) => {
          const { valueAtoms } = values[i]!;
          expect(p.valueAtoms > 0n ? valueAtoms >= 0n : valueAtoms <= 0n).toBe(true);
          const moved = (Math.abs(Number(valueAtoms - p.valueAtoms)) / 10 ** p.settlePlaces) * p.settleUsd;
          const atomUsd = p.settleUsd / 10 ** p.settlePlaces;
          expect(moved).toBeLessThanOrEqual(input.distanceFracMax * p.notionalUsd * (1 + 1e-12) + atomUsd);
        });
      }),
      { seed: 23, numRuns: 2000 },
    );
  });

  it('close hedges at the mark until the others can take no more', () => {
    const positions = [position('A'), position('H', { contributionUsd: -50, valueAtoms: -1_000_000_000n })];
    const at = (equityUsd: number) => given(bankruptcyValues({ equityUsd, positions, distanceFracMax: 0.5 }));
    expect(at(-400).values.map((v) => v.valueAtoms)).toEqual([1_400_000_000n, -1_000_000_000n]);
    expect(at(-700).values.map((v) => v.valueAtoms)).toEqual([1_500_000_000n, -800_000_000n]);
    expect(at(-1300)).toMatchObject({ leftUsd: -300 });
    expect(at(1300)).toMatchObject({ leftUsd: 300 });
    expect(given(bankruptcyValues({ equityUsd: -5, positions: [], distanceFracMax: 0.5 })).leftUsd).toBe(-5);
  });

  it('refuse what is no number', () => {
    const input = { equityUsd: 1, positions: [position('A')], distanceFracMax: 0.5 };
    expect(bankruptcyValues({ ...input, equityUsd: NaN })).toMatchObject({ failure: 'NUMBER_NOT_FINITE' });
    expect(bankruptcyValues({ ...input, distanceFracMax: 1 })).toMatchObject({ field: 'distanceFracMax' });
    expect(bankruptcyValues({ ...input, positions: [position('A', { settleUsd: 0 })] })).toMatchObject({
      field: 'positions.A',
    });
  });
});

describe('the price of a value', () => {
  it('is the price that has the value, for every form of product', () => {
    for (const product of PRODUCTS) {
      for (const price of [0.05, 81.25, 123_456]) {
        for (const quantityAtoms of [300_000_000n, -1_250_000_000n]) {
          const value = settleValueAt(product, price) * (Number(quantityAtoms) / 1e8);
          const valueAtoms = BigInt(Math.round(value * 1e12));
          const back = priceOfValue(product, { valueAtoms, quantityAtoms, settlePlaces: 12 });
          expect(back / price, product.id).toBeCloseTo(1, 6);
        }
      }
    }
  });
});
