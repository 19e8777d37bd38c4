import { describe, expect, it } from 'vitest';
import { exp } from '../base/elementary.ts';
import { greeksBlack76 } from './black76.ts';
import { type BlackScholesMerton, greeksBsm, priceBsm } from './bsm.ts';

describe('Black–Scholes–Merton', () => {
  const hull: BlackScholesMerton = {
    right: 'call',
    spot: 42,
    strike: 40,
    tauYears: 0.5,
    vol: 0.2,
    rate: 0.1,
    dividend: 0,
  };

  it('prices the example of Hull (Options, Futures and Other Derivatives, example 15.6)', () => {
    expect(priceBsm(hull)).toBeCloseTo(4.76, 2);
    expect(priceBsm({ ...hull, right: 'put' })).toBeCloseTo(0.81, 2);
  });

  it('prices the currency option of Garman and Kohlhagen as Hull does (example 17.2)', () => {
    const sterling = {
      ...hull,
      spot: 1.6,
      strike: 1.6,
      tauYears: 4 / 12,
      vol: 0.141,
      rate: 0.08,
      dividend: 0.11,
    };
    expect(priceBsm(sterling)).toBeCloseTo(0.043, 3);
  });

  it('is Black-76 on the forward, and its Greeks follow by the chain rule (PRICE-004)', () => {
    for (const right of ['call', 'put'] as const) {
      for (const dividend of [-0.03, 0, 0.06]) {
        const o = { ...hull, right, dividend };
        const growth = exp((o.rate - dividend) * o.tauYears);
        const black = greeksBlack76({ ...o, forward: o.spot * growth });
        const own = greeksBsm(o);
        expect(own.price).toBeCloseTo(black.price, 12);
        expect(own.delta).toBeCloseTo(black.deltaForward * growth, 12);
        expect(own.gamma).toBeCloseTo(black.gammaForward * growth * growth, 12);
        expect(own.vega).toBeCloseTo(black.vega, 11);
        expect(own.vanna).toBeCloseTo(black.vanna * growth, 11);
        expect(own.volga).toBeCloseTo(black.volga, 10);
      }
    }
  });

  it('satisfies the Black–Scholes equation: θ + ½σ²S²Γ + (r − q)SΔ = rV', () => {
    for (const spot of [20, 38, 42, 60]) {
      const o = { ...hull, spot, dividend: 0.03 };
      const g = greeksBsm(o);
      const drift = (o.rate - o.dividend) * spot * g.delta;
      const left = g.theta + 0.5 * o.vol * o.vol * spot * spot * g.gamma + drift;
      expect(left).toBeCloseTo(o.rate * g.price, 11);
    }
  });

  it('has finite Greeks without time or vol', () => {
    for (const [tauYears, vol] of [
      [0, 0.2],
      [0.5, 0],
    ] as const) {
      for (const spot of [40, 42]) {
        const { d1: _, d2: __, ...greeks } = greeksBsm({ ...hull, spot, rate: 0, tauYears, vol });
        for (const value of Object.values(greeks)) expect(Number.isFinite(value)).toBe(true);
      }
    }
  });
});
