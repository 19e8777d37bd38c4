import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import type { OrderHold } from '../portfolio/account.ts';
import { assess } from './assess.ts';
import { worstSides } from './order-sides.ts';
import { METHOD_IDS, type MarginReport, type MethodId } from './report.ts';
import { inputOf, makeAccount } from './universe.fixture.ts';

const UNIT = 100_000_000n;

function order(instrument: string, contracts: bigint, price: number, id = instrument): OrderHold {
  return { id, instrument, quantityAtoms: contracts * UNIT, price };
}

function reportOf(method: MethodId, orders: readonly OrderHold[], held = 2): MarginReport {
  const account = makeAccount(held === 0 ? [] : [['BTC-P', held]], { USDC: 2_000_000 }, { orders });
  const report = assess(method, inputOf(account));
  if (isFailure(report)) throw new Error(JSON.stringify(report));
  return report;
}

describe('MARGIN-020 open orders', () => {
  it('need what their worst side would need, beside what the positions need', () => {
    for (const method of METHOD_IDS) {
      const alone = reportOf(method, []);
      const bid = reportOf(method, [order('BTC-P', 3n, 90_000)]);
      const filled = reportOf(method, [], 5);
      expect(bid.initialUsd, method).toBeGreaterThan(alone.initialUsd);
      expect(bid.initialUsd, method).toBeCloseTo(filled.initialUsd + alone.equityUsd - filled.equityUsd, 4);
      expect(bid.maintenanceUsd, method).toBe(alone.maintenanceUsd);
    }
  });

  it('count a fill at a price worse than the mark as the loss it is', () => {
    const fair = reportOf('unified', [order('BTC-P', 1n, 90_000)]);
    const dear = reportOf('unified', [order('BTC-P', 1n, 110_000)]);
    expect(dear.initialUsd - fair.initialUsd).toBeGreaterThan(9_000);
  });

  it('need nothing where filling only reduces risk', () => {
    const closing = reportOf('unified', [order('BTC-P', -1n, 120_000)]);
    expect(closing.initialUsd).toBe(reportOf('unified', []).initialUsd);
  });

  it('split into contributions that sum to the requirement', () => {
    const report = reportOf('unified', [order('BTC-P', 3n, 90_000, 'x'), order('ETH-P', -40n, 4_100, 'y')]);
    const sum = report.requirement.contributions.reduce((total, c) => total + c.initialUsd, 0);
    expect(sum / report.initialUsd).toBeCloseTo(1, 9);
  });

  it('are held at the worst of four sides, whatever the order they came in', () => {
    const one = fc.record({
      instrument: fc.constantFrom('A', 'B', 'C'),
      quantityAtoms: fc.bigInt({ min: -9n, max: 9n }).filter((q) => q !== 0n),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 8 }), (orders) => {
        const key = (sets: readonly (readonly object[])[]): number[] => sets.map((set) => set.length).sort();
        const buys = (o: { quantityAtoms: bigint }): boolean => o.quantityAtoms > 0n;
        const sides = worstSides(orders, () => 1n, buys);
        expect(sides[0]).toEqual([]);
        expect(sides.length).toBeLessThanOrEqual(4);
        expect(key(worstSides(orders.toReversed(), () => 1n, buys))).toEqual(key(sides));
      }),
      { seed: 20_260_124, numRuns: 1_000 },
    );
  });
});
