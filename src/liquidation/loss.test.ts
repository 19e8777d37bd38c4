import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawFund, shareLoss } from './loss.ts';
import { sumOf } from './whole.ts';

const atoms = fc.bigInt({ min: 0n, max: 10n ** 20n });
const holders = fc
  .array(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), { maxLength: 40 })
  .map((equities) => equities.map((equityAtoms, i) => ({ account: `a${i}`, equityAtoms })));

describe('LIQUIDATION-015 the insurance fund', () => {
  it('pays exactly, as far as it goes', () => {
    expect(drawFund(100n, 30n)).toEqual({ paidAtoms: 30n, fundAtoms: 70n, missingAtoms: 0n });
    expect(drawFund(100n, 130n)).toEqual({ paidAtoms: 100n, fundAtoms: 0n, missingAtoms: 30n });
    expect(drawFund(-5n, 30n)).toEqual({ paidAtoms: 0n, fundAtoms: -5n, missingAtoms: 30n });
  });

  it('neither makes nor loses an atom', () => {
    fc.assert(
      fc.property(atoms, atoms, (fund, deficit) => {
        const draw = drawFund(fund, deficit);
        expect(draw.paidAtoms + draw.fundAtoms).toBe(fund);
        expect(draw.paidAtoms + draw.missingAtoms).toBe(deficit);
        expect(draw.fundAtoms >= 0n && draw.paidAtoms >= 0n && draw.missingAtoms >= 0n).toBe(true);
      }),
      { seed: 31 },
    );
  });
});

describe('LIQUIDATION-021 loss sharing', () => {
  it('shares in proportion to positive equity', () => {
    const equities = { rich: 900n, poor: 100n, broke: -50n };
    const list = Object.entries(equities).map(([account, equityAtoms]) => ({ account, equityAtoms }));
    expect(shareLoss(10n, list)).toEqual({
      shares: [
        { account: 'poor', paysAtoms: 1n },
        { account: 'rich', paysAtoms: 9n },
      ],
      missingAtoms: 0n,
    });
    expect(shareLoss(1200n, list).missingAtoms).toBe(200n);
    expect(shareLoss(7n, [])).toEqual({ shares: [], missingAtoms: 7n });
  });

  it('sums to the loss to the atom, takes from nobody more than he has, in any order', () => {
    fc.assert(
      fc.property(atoms, holders, (loss, list) => {
        const { shares, missingAtoms } = shareLoss(loss, list);
        expect(sumOf(shares.map((s) => s.paysAtoms)) + missingAtoms).toBe(loss);
        const able = sumOf(list.map((h) => (h.equityAtoms > 0n ? h.equityAtoms : 0n)));
        expect(missingAtoms).toBe(loss > able ? loss - able : 0n);
        for (const { account, paysAtoms } of shares) {
          const { equityAtoms } = list.find((h) => h.account === account)!;
          expect(paysAtoms > 0n && paysAtoms <= equityAtoms).toBe(true);
          if (missingAtoms === 0n) {
            const exact = loss * equityAtoms;
            expect(paysAtoms * able - exact < able && exact - paysAtoms * able < able).toBe(true);
          }
        }
        expect(shareLoss(loss, list.toReversed())).toEqual({ shares, missingAtoms });
      }),
      { seed: 32, numRuns: 1000 },
    );
  });
});
