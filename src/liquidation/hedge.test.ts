import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Failure, isFailure } from '../base/failure.ts';
import { type HedgeInput, type HedgeInstrument, planHedge } from './hedge.ts';
import type { Liquidity } from './pace.ts';
import type { Plan } from './reduction.ts';

const DEEP: Liquidity = { depthUsd: 1e10, dailyVolumeUsd: 1e10, dailyVol: 0.03 };

function perpetual(id: string, change: Partial<HedgeInstrument> = {}): HedgeInstrument {
  return {
    instrument: id,
    underlying: 'BTC',
    lotAtoms: 100n,
    lotDeltaUsd: 1000,
    lotNotionalUsd: 1000,
    halfSpreadFrac: 0.0001,
    liquidityUsd: 1e6,
    ...change,
  };
}

/** Requirement: a tenth of the net delta and 1 % of what the hedge adds gross. */
function inputOf(deltaUsd: number, equityUsd: number, change: Partial<HedgeInput> = {}): HedgeInput {
  const instruments = [perpetual('P')];
  return {
    liquidity: new Map([['BTC', DEEP]]),
    spentUsd: new Map(),
    rules: { targetRatio: 0.9, depthShareMax: 0.25, notionalUsdMax: 1e12, paceFactor: 1, impactFactor: 1 },
    deltaUsd: new Map([['BTC', deltaUsd]]),
    instruments,
    now: { equityUsd, maintenanceUsd: 0.1 * Math.abs(deltaUsd) },
    assessAfter: (trades) => {
      const hedged = trades.reduce((sum, t) => sum + Number(t.quantityAtoms) * 10, 0);
      return { equityUsd, maintenanceUsd: 0.1 * Math.abs(deltaUsd + hedged) + 0.01 * Math.abs(hedged) };
    },
    ...change,
  };
}

function planOf(input: HedgeInput): Plan {
  const plan: Plan | Failure = planHedge(input);
  if (isFailure(plan)) throw new Error(JSON.stringify(plan));
  return plan;
}

describe('LIQUIDATION-010 a hedge', () => {
  it('sells what is long and buys what is short, in whole lots towards zero', () => {
    expect(planOf(inputOf(10_500, 200)).trades).toMatchObject([{ instrument: 'P', quantityAtoms: -1000n }]);
    expect(planOf(inputOf(-10_500, 200)).trades).toMatchObject([{ quantityAtoms: 1000n }]);
    const inverted = inputOf(10_500, 200, { instruments: [perpetual('P', { lotDeltaUsd: -1000 })] });
    expect(
      planOf({ ...inverted, assessAfter: () => ({ equityUsd: 200, maintenanceUsd: 1 }) }).trades,
    ).toMatchObject([{ quantityAtoms: 1000n }]);
  });

  it('uses the most liquid instrument, then the first by id', () => {
    const instruments = [
      perpetual('Z', { liquidityUsd: 5e6 }),
      perpetual('B', { liquidityUsd: 9e6 }),
      perpetual('A', { liquidityUsd: 9e6 }),
      perpetual('ETH', { underlying: 'ETH', liquidityUsd: 9e9 }),
    ];
    expect(planOf(inputOf(10_500, 200, { instruments })).trades[0]!.instrument).toBe('A');
  });

  it('is left out where it lowers nothing, and cut where less is better', () => {
    const useless = inputOf(10_000, 200, { assessAfter: () => ({ equityUsd: 200, maintenanceUsd: 1000 }) });
    expect(planOf(useless)).toMatchObject({
      trades: [],
      reached: false,
      reason: expect.stringContaining('no hedge'),
    });
    const halfBest = inputOf(10_000, 200, {
      assessAfter: (trades) => ({
        equityUsd: 200,
        maintenanceUsd: 500 + Math.abs(Number(trades[0]!.quantityAtoms) + 500),
      }),
    });
    expect(planOf(halfBest).trades[0]!.quantityAtoms).toBe(-500n);
  });

  it('keeps the pace, never turns the delta, and never raises maintenance', () => {
    const usd = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(usd, fc.double({ min: 0, max: 1e6, noNaN: true }), (deltaUsd, depthUsd) => {
        const input = inputOf(deltaUsd, 10, {
          liquidity: new Map([['BTC', { ...DEEP, depthUsd }]]),
        });
        const plan = planOf(input);
        const hedged = plan.trades.reduce((sum, t) => sum + Number(t.quantityAtoms) * 10, 0);
        expect(Math.abs(hedged)).toBeLessThanOrEqual(Math.min(Math.abs(deltaUsd), 0.25 * depthUsd));
        expect(hedged * deltaUsd).toBeLessThanOrEqual(0);
        expect(plan.after.maintenanceUsd).toBeLessThanOrEqual(input.now.maintenanceUsd);
        if (0.25 * depthUsd < Math.abs(deltaUsd) - 1000) expect(plan.paced).toBe(true);
      }),
      { seed: 9, numRuns: 1000 },
    );
  });
});
