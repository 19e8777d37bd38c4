import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { type DeliverySource, planDelivery, type ProgrammeSolver } from '../collateral/delivery.ts';
import { loadProgrammeSolver } from './programme.ts';

let solve: ProgrammeSolver;
beforeAll(async () => {
  solve = await loadProgrammeSolver();
});

/** Every combination of lots: the slow twin for small programmes. */
function cheapestByHand(needUsd: number, sources: readonly DeliverySource[]): number | null {
  let best: number | null = null;
  const walk = (i: number, gained: number, cost: number): void => {
    if (gained >= needUsd && (best === null || cost < best)) best = cost;
    if (i === sources.length) return;
    const { availableUnits, lotUnits, priceUsd, haircutFrac, fundingCostFrac } = sources[i]!;
    for (let lots = 0; lots <= Math.floor(availableUnits / lotUnits); lots++) {
      const value = lots * lotUnits * priceUsd;
      walk(i + 1, gained + value * (1 - haircutFrac), cost + value * fundingCostFrac);
    }
  };
  walk(0, 0, 0);
  return best;
}

const source = fc.record({
  asset: fc.constantFrom('USDC', 'BTC', 'ETH'),
  availableUnits: fc.integer({ min: 0, max: 6 }),
  lotUnits: fc.constantFrom(1, 2),
  priceUsd: fc.integer({ min: 1, max: 50 }),
  haircutFrac: fc.constantFrom(0, 0.05, 0.2),
  fundingCostFrac: fc.constantFrom(0.01, 0.03, 0.1),
  roomUsd: fc.constant(null),
});

describe('COLLATERAL-010 the cheapest delivery', () => {
  it('meets the need at the least funding cost, in whole lots, as trying every combination does', () => {
    fc.assert(
      fc.property(
        fc.array(source, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 300 }),
        (sources, need) => {
          const plan = planDelivery(need, sources, solve);
          const best = cheapestByHand(need, sources);
          if (isFailure(plan)) {
            expect(best).toBeNull();
            return;
          }
          expect(plan.countedUsd).toBeGreaterThanOrEqual(need - 1e-6);
          expect(plan.costUsd).toBeCloseTo(best!, 6);
        },
      ),
      { seed: 20_260_124, numRuns: 300 },
    );
  });

  it('refuses what cannot be met and says how much could be (COLLATERAL-011)', () => {
    const little = {
      asset: 'USDC',
      availableUnits: 10,
      lotUnits: 1,
      priceUsd: 1,
      haircutFrac: 0.1,
      fundingCostFrac: 0.01,
      roomUsd: null,
    };
    const refused = planDelivery(100, [little], solve);
    expect(isFailure(refused) && refused.failure).toBe('PROGRAMME_INFEASIBLE');
    expect(isFailure(refused) && refused.expected).toContain('at most 9');
  });

  it('keeps within the room under a cap', () => {
    const capped = {
      asset: 'USDC',
      availableUnits: 1_000,
      lotUnits: 1,
      priceUsd: 1,
      haircutFrac: 0,
      fundingCostFrac: 0.01,
      roomUsd: 40,
    };
    const dear = { ...capped, asset: 'USDT', fundingCostFrac: 0.5, roomUsd: null };
    const plan = planDelivery(100, [capped, dear], solve);
    expect(isFailure(plan) ? plan : plan.lines.map((line) => [line.asset, line.lots])).toEqual([
      ['USDC', 40],
      ['USDT', 60],
    ]);
  });
});
