import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RateTier, tieredCharge } from './tiers.ts';

describe('a marginal charge (METHOD-072)', () => {
  it('reproduces the published minimum charge, stablecoin charge and tiered haircut', () => {
    const minimum: readonly RateTier[] = [
      { upTo: 10_000, rate: 1 },
      { upTo: 70_000, rate: 2 },
    ];
    expect(tieredCharge(30_000, minimum)).toBe(50_000);
    const stable: readonly RateTier[] = [
      { upTo: 1e6, rate: 0.0075 },
      { upTo: 5e6, rate: 0.0175 },
      { upTo: null, rate: 0.025 },
    ];
    expect(tieredCharge(10e6, stable)).toBeCloseTo(202_500, 8);
    const kept: readonly RateTier[] = [
      { upTo: 100_000, rate: 0.975 },
      { upTo: 500_000, rate: 0.97 },
      { upTo: 1_000_000, rate: 0.965 },
    ];
    expect(tieredCharge(600_000, kept)).toBeCloseTo(582_000, 8);
    expect(tieredCharge(2_000_000, kept)).toBeCloseTo(97_500 + 388_000 + 1_447_500, 6);
  });

  it('grows with the size and is continuous at the border of a tier', () => {
    const tiers = [
      { upTo: 10, rate: 1 },
      { upTo: null, rate: 3 },
    ];
    expect(tieredCharge(0, tiers)).toBe(0);
    expect(tieredCharge(10, tiers)).toBe(10);
    expect(tieredCharge(10 + 1e-9, tiers)).toBeCloseTo(10, 7);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 100, noNaN: true }), (size) => {
        expect(tieredCharge(size + 1, tiers)).toBeGreaterThan(tieredCharge(size, tiers));
      }),
      { seed: 3 },
    );
  });
});
