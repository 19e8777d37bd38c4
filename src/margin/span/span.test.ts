import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../../base/failure.ts';
import { priceBlack76 } from '../../pricer/black76.ts';
import { assessInterCommodity, assessSpan, type SpanResult } from './assess.ts';
import { DELTA_WEIGHTS, type SpanLeg, type SpanParameters, spanScenarios } from './model.ts';

const PARAMETERS: SpanParameters = {
  futuresPrice: new Map([
    ['M1', 5000],
    ['M2', 5050],
  ]),
  priceScanRange: 250,
  volScanRange: 0.05,
  extreme: { multiple: 3, cover: 0.33 },
  lookaheadYears: 1 / 365,
  rate: 0.04,
  spreadCharge: 300,
  shortOptionMinimum: 50,
  deltaWeights: DELTA_WEIGHTS,
};

function future(quantity: number, month = 'M1'): SpanLeg {
  return { kind: 'future', month, quantity, multiplier: 50 };
}

function call(quantity: number, strike: number): SpanLeg {
  const terms = { month: 'M1', multiplier: 50, tauYears: 30 / 365, vol: 0.16 };
  return { kind: 'option', right: 'call', quantity, strike, ...terms };
}

function assessed(legs: readonly SpanLeg[], parameters: SpanParameters = PARAMETERS): SpanResult {
  const result = assessSpan(legs, parameters);
  if (isFailure(result)) throw new Error(JSON.stringify(result));
  return result;
}

describe('the sixteen scenarios', () => {
  it('step through thirds of the range with vol up and down, and twice far beyond it', () => {
    const scenarios = spanScenarios({ multiple: 3, cover: 0.33 });
    expect(scenarios.map((s) => s.priceFraction * 3)).toEqual([
      0, 0, 1, 1, -1, -1, 2, 2, -2, -2, 3, 3, -3, -3, 9, -9,
    ]);
    expect(scenarios.map((s) => s.volDirection)).toEqual([
      1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 0, 0,
    ]);
    expect(scenarios.map((s) => s.paired)).toEqual([2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 15, 16]);
    for (const s of scenarios) expect(scenarios[s.paired - 1]!.paired).toBe(s.number);
  });
});

describe('a SPAN requirement (METHOD-060)', () => {
  it('of a long future is its scan range, with the lowest scenario among equals', () => {
    const result = assessed([future(1)]);
    expect(result.scanRisk).toBe(12_500);
    expect(result.activeScenario).toBe(13);
    expect(result.weightedPriceRisk).toBe(12_500);
    expect(result.requirementPremiumStyle).toBe(12_500);
  });

  it('of a short option is its worst revaluation, with the premium on top where it is paid up front', () => {
    const result = assessed([call(-1, 5200)]);
    const at = { right: 'call', strike: 5200, rate: 0.04 } as const;
    const now = priceBlack76({ ...at, forward: 5000, tauYears: 30 / 365, vol: 0.16 });
    const far = priceBlack76({ ...at, forward: 5750, tauYears: 29 / 365, vol: 0.16 });
    expect(result.activeScenario).toBe(15);
    expect(result.scanRisk).toBeCloseTo((far - now) * 50 * 0.33, 8);
    expect(result.netOptionValue).toBeCloseTo(-50 * now, 9);
    expect(result.requirementPremiumStyle).toBeCloseTo(result.scanRisk + 50 * now, 8);
  });

  it('of cheap short options is the minimum', () => {
    const result = assessed([call(-20, 7000)]);
    expect(result.risk).toBe(1000);
    expect(result.shortOptionMinimum).toBe(1000);
  });

  it('charges spreads between months', () => {
    const result = assessed([future(3), future(-2, 'M2')]);
    expect(result.spreads).toBe(2);
    expect(result.netCompositeDelta).toBe(1);
    expect(result.risk).toBe(12_500 + 600);
  });

  it('is 0 or more, and positively homogeneous', () => {
    const leg = fc
      .tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 4000, max: 6000 }), fc.boolean())
      .map(([quantity, strike, isFuture]) => (isFuture ? future(quantity) : call(quantity, strike)));
    fc.assert(
      fc.property(fc.array(leg, { minLength: 1, maxLength: 6 }), (legs) => {
        const once = assessed(legs);
        const twice = assessed(legs.map((l) => ({ ...l, quantity: 2 * l.quantity })));
        expect(once.risk).toBeGreaterThanOrEqual(0);
        expect(twice.risk).toBeCloseTo(2 * once.risk, 5);
        expect(twice.requirementPremiumStyle).toBeCloseTo(2 * once.requirementPremiumStyle, 5);
      }),
      { seed: 16 },
    );
  });

  it('is refused for an unknown month or a number out of range', () => {
    expect(assessSpan([future(1, 'M9')], PARAMETERS)).toMatchObject({ failure: 'PRICE_MISSING' });
    expect(assessSpan([future(NaN)], PARAMETERS)).toMatchObject({ failure: 'NUMBER_NOT_FINITE' });
    expect(assessSpan([], { ...PARAMETERS, priceScanRange: -1 })).toMatchObject({
      failure: 'NUMBER_OUT_OF_RANGE',
    });
  });
});

describe('two commodities', () => {
  it('grant each other a credit where their deltas point opposite ways', () => {
    const pair = [assessed([future(3)]), assessed([future(-40)])] as const;
    const credit = assessInterCommodity(pair, { deltaRatio: [1, 15], creditRate: 0.6 });
    expect(credit.spreads).toBeCloseTo(40 / 15, 12);
    expect(credit.credits[0]).toBeCloseTo(0.6 * 12_500 * (40 / 15), 8);
    expect(credit.totalRisk).toBeCloseTo(43 * 12_500 - 0.6 * 12_500 * (40 / 15) * 16, 6);
  });

  it('grant none where they do not', () => {
    const pair = [assessed([future(3)]), assessed([future(40)])] as const;
    const credit = assessInterCommodity(pair, { deltaRatio: [1, 15], creditRate: 0.6 });
    expect(credit.credits).toEqual([0, 0]);
    expect(credit.totalRisk).toBe(43 * 12_500);
  });
});
