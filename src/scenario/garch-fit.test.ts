import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import { drawNormal, makeUniform } from '../base/random.ts';
import { fitGarch, garchStandardErrors } from './garch-fit.ts';
import type { GarchSpec } from './garch-fit.ts';
import { garchLogLikelihood } from './garch.ts';
import type { GarchModel } from './garch.ts';

function some<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(value.failure);
  return value;
}

const spec: GarchSpec = {
  law: 'normal',
  leverage: 'symmetric',
  persistence: 'stationary',
  init: 'presample',
};

function simulate(model: GarchModel, n: number): Float64Array {
  const draw = makeUniform(5);
  const returns = new Float64Array(n);
  let h = model.omega / (1 - model.alpha - model.beta - model.gamma / 2);
  for (let i = 0; i < n; i++) {
    const e = Math.sqrt(h) * drawNormal(draw);
    returns[i] = model.mu + e;
    h = model.omega + (model.alpha + (e < 0 ? model.gamma : 0)) * e * e + model.beta * h;
  }
  return returns;
}

const shared = `${process.env['PLIMSOLL_SHARED'] ?? '../shared'}/vectors/quant/series.json`;

describe('a GARCH fit (SCENARIO-031)', () => {
  it('recovers a simulated model within its standard errors, at no less than the likelihood of the truth', () => {
    const truth: GarchModel = { mu: 0.05, omega: 0.04, alpha: 0.05, beta: 0.85, gamma: 0.1, nu: null };
    const returns = simulate(truth, 3000);
    const own: GarchSpec = { ...spec, leverage: 'asymmetric' };
    const fit = some(fitGarch(returns, own));
    expect(fit.atBound).toBe(false);
    expect(fit.logLikelihood).toBeGreaterThanOrEqual(some(garchLogLikelihood(returns, truth, 'presample')));
    const errors = some(garchStandardErrors(returns, fit.model, own));
    for (const key of ['mu', 'omega', 'alpha', 'beta', 'gamma'] as const)
      expect(Math.abs(fit.model[key] - truth[key])).toBeLessThan(4 * errors[key]!);
  });

  it('is a maximum: no small step in any direction is better', () => {
    const returns = simulate({ mu: 0.1, omega: 0.1, alpha: 0.1, beta: 0.8, gamma: 0, nu: null }, 800);
    const fit = some(fitGarch(returns, spec));
    for (const key of ['mu', 'omega', 'alpha', 'beta'] as const) {
      for (const step of [0.99, 1.01]) {
        const moved = { ...fit.model, [key]: fit.model[key]! * step };
        expect(some(garchLogLikelihood(returns, moved, 'presample'))).toBeLessThanOrEqual(
          fit.logLikelihood + 1e-9,
        );
      }
    }
  });

  it('takes normal returns for normal: a t is fitted with as many degrees of freedom as allowed, or nearly the likelihood', () => {
    const returns = simulate({ mu: 0, omega: 0.1, alpha: 0.1, beta: 0.8, gamma: 0, nu: null }, 800);
    const plain = some(fitGarch(returns, spec));
    const fat = some(fitGarch(returns, { ...spec, law: 'student-t' }));
    expect(fat.model.nu).toBeGreaterThan(20);
    expect(fat.logLikelihood).toBeGreaterThan(plain.logLikelihood - 0.5);
  });

  it('keeps to the stationarity bound unless it is free, and says so', () => {
    // Volatility that only ever grows has no long run.
    const draw = makeUniform(3);
    const returns = Float64Array.from({ length: 400 }, (_, i) => (1 + i / 40) * drawNormal(draw));
    const bound = some(fitGarch(returns, spec));
    expect(bound.persistence).toBeLessThanOrEqual(1 - 1e-6 + 1e-12);
    const free = some(fitGarch(returns, { ...spec, persistence: 'free' }));
    expect(free.persistence).toBeGreaterThan(1);
    expect(free.longRunVariance).toBeNull();
    expect(bound.atBound).toBe(true);
    expect(free.logLikelihood).toBeGreaterThan(bound.logLikelihood);
  });

  it.skipIf(!existsSync(shared))('meets the published benchmark on DEM/GBP (needs PLIMSOLL_SHARED)', () => {
    const stored = JSON.parse(readFileSync(shared, 'utf8')) as { series: { dem2gbp: number[] } };
    const returns = Float64Array.from(stored.series.dem2gbp);
    const { model } = some(fitGarch(returns, spec));
    // Fiorentini, Calzolari and Panattoni (1996).
    expect(model.mu).toBeCloseTo(-0.00619041, 7);
    expect(model.omega).toBeCloseTo(0.0107613, 6);
    expect(model.alpha).toBeCloseTo(0.153134, 5);
    expect(model.beta).toBeCloseTo(0.805974, 5);
    const errors = some(garchStandardErrors(returns, model, spec));
    expect(errors.mu).toBeCloseTo(0.00846212, 6);
    expect(errors.omega).toBeCloseTo(0.00285271, 6);
    expect(errors.alpha).toBeCloseTo(0.0265228, 5);
    expect(errors.beta).toBeCloseTo(0.0335527, 5);
  });

  it('refuses what is too short, does not vary, or is not finite', () => {
    const short = { failure: 'HISTORY_TOO_SHORT' };
    expect(fitGarch(Float64Array.of(1, 2, 3), spec)).toMatchObject(short);
    expect(fitGarch(new Float64Array(500).fill(0.01), spec)).toMatchObject(short);
    expect(fitGarch(new Float64Array(500).fill(Number.NaN), spec)).toMatchObject({
      failure: 'NUMBER_NOT_FINITE',
    });
  });
});
