import { describe, expect, it } from 'vitest';
import { exp } from './elementary.ts';
import { integrate } from './integrate.ts';
import { normalCdf, normalPdf } from './normal.ts';

describe('the adaptive integral', () => {
  it('is exact for polynomials that its rule covers', () => {
    expect(integrate((x) => x * x * x * x * x * x * x * x * x, { from: 0, to: 1 }, 1e-15)).toBeCloseTo(
      0.1,
      15,
    );
    expect(integrate((x) => x, { from: 2, to: 2 }, 1e-15)).toBe(0);
  });

  it('gives the normal distribution from its density', () => {
    const part = integrate(normalPdf, { from: -1, to: 2.5 }, 1e-14);
    expect(part).toBeCloseTo(normalCdf(2.5) - normalCdf(-1), 13);
  });

  it('halves its way into a peak and up to a singular end', () => {
    const peak = integrate((x) => 1e-4 / (1e-8 + (x - 0.3) * (x - 0.3)), { from: -1, to: 1 }, 1e-12);
    // atan(0.7/1e-4) + atan(1.3/1e-4)
    expect(peak).toBeCloseTo(3.14137287, 8);
    expect(integrate((x) => 1 / Math.sqrt(x), { from: 0, to: 1 }, 1e-9)).toBeCloseTo(2, 6);
    expect(integrate((x) => exp(-x), { from: 1, to: 0 }, 1e-14)).toBeCloseTo(-0.6321205588285577, 13);
  });
});
