import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { YEAR_MS } from '../product/product.ts';
import {
  type GridSmile,
  type SviSmile,
  type VolatilitySurface,
  smileVariance,
  surfaceVol,
  sviVariance,
} from './surface.ts';

const near: SviSmile = {
  kind: 'svi',
  expiryMs: 0.1 * YEAR_MS,
  a: 0.01,
  b: 0.05,
  rho: -0.3,
  m: 0.02,
  sigma: 0.1,
  fittedMs: 0,
};
const far: GridSmile = {
  kind: 'grid',
  expiryMs: YEAR_MS,
  logMoneyness: [-0.5, 0, 0.5],
  vols: [0.8, 0.6, 0.7],
};
const surface: VolatilitySurface = { smiles: [near, far] };

function vol(logMoneyness: number, years: number, timeMs = 0): number {
  const found = surfaceVol(surface, { logMoneyness, expiryMs: years * YEAR_MS, timeMs });
  if (isFailure(found)) throw new Error(found.failure);
  return found;
}

describe('a volatility surface', () => {
  it('gives each expiry the vol of its own smile', () => {
    expect(sviVariance(near, 0.02)).toBeCloseTo(0.01 + 0.05 * 0.1, 15);
    expect(vol(0.02, 0.1)).toBeCloseTo(Math.sqrt(0.015 / 0.1), 12);
    expect(vol(0, 1)).toBeCloseTo(0.6, 14);
  });

  it('interpolates a grid linearly in total variance and keeps the vol of its ends (SURFACE-002)', () => {
    expect(vol(0.25, 1)).toBeCloseTo(Math.sqrt((0.36 + 0.49) / 2), 14);
    expect(vol(-3, 1)).toBeCloseTo(0.8, 14);
    expect(vol(3, 1)).toBeCloseTo(0.7, 14);
  });

  it('interpolates between expiries linearly in total variance at fixed k (SURFACE-003)', () => {
    const middle = (smileVariance(near, 0.1, 0) + smileVariance(far, 0.1, 0)) / 2;
    expect(vol(0.1, 0.55)).toBeCloseTo(Math.sqrt(middle / 0.55), 12);
  });

  it('keeps the vol of the first and the last smile beyond them', () => {
    expect(vol(0.1, 0.01)).toBeCloseTo(vol(0.1, 0.1), 12);
    expect(vol(0.1, 4)).toBeCloseTo(vol(0.1, 1), 12);
  });

  it('keeps the vol of a strike as time passes, and forgets smiles that expired (SURFACE-001, SURFACE-003)', () => {
    expect(vol(0.02, 0.1, 0.05 * YEAR_MS)).toBeCloseTo(vol(0.02, 0.1), 12);
    expect(vol(0, 0.5, 0.2 * YEAR_MS)).toBeCloseTo(0.6, 12);
    expect(vol(0, 0.2, 0.2 * YEAR_MS)).toBe(0);
  });

  it('refuses where nothing is left, and where parameters give no volatility', () => {
    const late = surfaceVol(surface, { logMoneyness: 0, expiryMs: 3 * YEAR_MS, timeMs: 2 * YEAR_MS });
    expect(isFailure(late) && late.failure).toBe('PRICE_MISSING');
    const broken: VolatilitySurface = { smiles: [{ ...near, a: -1 }] };
    const negative = surfaceVol(broken, { logMoneyness: 0, expiryMs: near.expiryMs, timeMs: 0 });
    expect(isFailure(negative) && negative.failure).toBe('VOLATILITY_INVALID');
  });
});
