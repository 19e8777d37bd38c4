import { describe, expect, it } from 'vitest';
import type { GridExpiry, GridLeg } from './book.ts';
import { expiryPnl, prepareExpiry, shockedVol } from './expiry.ts';
import type { VolMove } from './model.ts';
import { DERIVE_PMRM2 } from './presets.ts';
import { gridScenario } from './scenarios.ts';

const QUARTER = 365 * 21_600;

const leg = (strike: number, amount = 1): GridLeg => ({ strike, right: 'call', amount, vol: 0.8 });
const expiry = (legs: readonly GridLeg[]): GridExpiry => ({
  seconds: QUARTER,
  forwardFixed: 0,
  forwardVariable: 1_000,
  rate: 0,
  confidence: { forward: 1, rate: 1, vol: 1 },
  futureQuantity: 0,
  legs,
});

describe('a skew scenario (METHOD-032)', () => {
  const vol = (strike: number, volMove: VolMove): number => {
    const state = prepareExpiry(expiry([leg(strike)]), DERIVE_PMRM2);
    return shockedVol(leg(strike), state, { model: DERIVE_PMRM2, volMove, forward: 1_000 });
  };
  // √τ = ½: cap 0.15 − 0.05 · ½, width ½ · 4 · (0.6 − 0.1 · ½).
  const cap = 0.125;
  const width = 1.1;

  it('tilts vols by log-moneyness, up to a cap', () => {
    expect(vol(1_000, 'linear')).toBe(0.8);
    expect(vol(1_200, 'linear')).toBeCloseTo(0.8 * (1 + (Math.log(1.2) * cap) / width), 12);
    expect(vol(800, 'linear')).toBeCloseTo(0.8 * (1 + (Math.log(0.8) * cap) / width), 12);
    expect(vol(100_000, 'linear')).toBeCloseTo(0.8 * (1 + cap), 12);
    expect(vol(10, 'linear')).toBeCloseTo(0.8 * (1 - cap), 12);
  });

  it('lifts both wings alike', () => {
    expect(vol(800, 'absolute')).toBeCloseTo(0.8 * (1 - (Math.log(0.8) * cap) / width), 12);
    expect(vol(10, 'absolute')).toBe(vol(100_000, 'absolute'));
  });

  it('takes the magnitude of an expiry’s P&L, whichever its sign', () => {
    const pnl = (amount: number): number => {
      const held = expiry([leg(1_200, amount)]);
      const scenario = { ...gridScenario(1, 'linear') };
      const model = { ...DERIVE_PMRM2, staticDiscount: null };
      return expiryPnl(held, prepareExpiry(held, model), { model, scenario });
    };
    expect(pnl(1)).toBeLessThan(0);
    expect(pnl(-1)).toBe(pnl(1));
  });
});
