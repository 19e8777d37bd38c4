import { describe, expect, it } from 'vitest';
import { type Option, YEAR_MS } from '../product/product.ts';
import { priceBlack76 } from './black76.ts';
import {
  SETTLEMENT_WINDOW_MS,
  payoff,
  priceOnAverage,
  settlementForward,
  splitAverage,
} from './settlement.ts';

const MINUTE_MS = 60_000;
const call: Option = {
  kind: 'option',
  id: 'BTC-27MAR26-30000-C',
  underlying: 'BTC',
  settle: 'BTC',
  lotAtoms: 1n,
  form: 'inverse',
  contractSize: 1,
  expiryMs: 0,
  strike: 30_000,
  right: 'call',
};

describe('settlement', () => {
  it('pays an inverse option in coin, a linear one in its settlement asset (PRODUCT-006)', () => {
    expect(payoff(call, 45_000)).toBeCloseTo(1 / 3, 15);
    expect(payoff(call, 30_000)).toBe(0);
    expect(payoff({ ...call, right: 'put' }, 20_000)).toBe(0.5);
    expect(payoff({ ...call, form: 'linear', settle: 'USDC', contractSize: 0.1 }, 45_000)).toBe(1500);
  });

  it('pays a future its value at delivery', () => {
    const { strike: _, right: __, ...future } = { ...call, kind: 'future' as const, contractSize: 10 };
    expect(payoff(future, 50_000)).toBe(-10 / 50_000);
    expect(payoff({ ...future, form: 'linear' }, 50_000)).toBe(500_000);
  });

  it('fixes the average in proportion to the elapsed window', () => {
    expect(splitAverage(SETTLEMENT_WINDOW_MS).fixedShare).toBe(0);
    expect(splitAverage(10 * MINUTE_MS).fixedShare).toBeCloseTo(2 / 3, 15);
    expect(splitAverage(0)).toEqual({ fixedShare: 1, varianceYears: 0 });
    expect(settlementForward(110, 100, 10 * MINUTE_MS)).toBeCloseTo((2 * 100 + 110) / 3, 12);
  });

  it('leaves a third of the variance inside the window: the mean of a random walk (checked by summing it) (PRODUCT-007)', () => {
    const steps = 2000;
    let variance = 0;
    for (let i = 1; i <= steps; i++) variance += ((steps - i + 1) / steps) ** 2 / steps;
    const { varianceYears } = splitAverage(15 * MINUTE_MS);
    expect(varianceYears / ((15 * MINUTE_MS) / YEAR_MS)).toBeCloseTo(variance, 3);
  });

  it('prices like a plain option long before the window, and falls to the payoff at expiry (PRODUCT-008)', () => {
    const o = { right: 'call', forward: 100, strike: 95, vol: 0.8, rate: 0, observedMean: NaN } as const;
    const plain = priceBlack76({ ...o, tauYears: 0.5 });
    expect(priceOnAverage({ ...o, tauMs: 0.5 * YEAR_MS })).toBeCloseTo(plain, 2);
    expect(priceOnAverage({ ...o, tauMs: 0, observedMean: 101 })).toBe(6);
    expect(priceOnAverage({ ...o, right: 'put', tauMs: 0, observedMean: 90 })).toBe(5);
  });

  it('knows the payoff once the fixed part alone decides it', () => {
    const o = { right: 'call', forward: 100, strike: 60, vol: 5, rate: 0, observedMean: 100 } as const;
    const tauMs = 10 * MINUTE_MS;
    expect(priceOnAverage({ ...o, tauMs })).toBeCloseTo(settlementForward(100, 100, tauMs) - 60, 12);
    expect(priceOnAverage({ ...o, tauMs, right: 'put' })).toBe(0);
  });

  it('keeps put–call parity on the average', () => {
    const o = { forward: 101, strike: 99, vol: 2, rate: 0.05, observedMean: 98, tauMs: 20 * MINUTE_MS };
    const gap = priceOnAverage({ ...o, right: 'call' }) - priceOnAverage({ ...o, right: 'put' });
    expect(gap).toBeCloseTo(settlementForward(101, 98, o.tauMs) - 99, 4);
  });
});
