import { type Black76, greeksBlack76, priceBlack76 } from '../../pricer/black76.ts';
import type { SpanLeg, SpanOption, SpanParameters, SpanScenario } from './model.ts';

/** What one long contract is worth and may lose. */
export type SpanArray = {
  /** Per unit of the underlying. */
  readonly baseValue: number;
  readonly compositeDelta: number;
  /** Loss of one long contract in each scenario, positive = loss. */
  readonly losses: readonly number[];
};

type At = { readonly price: number; readonly parameters: SpanParameters };

function optionAt(
  option: SpanOption,
  forward: number,
  at: { vol: number; tauYears: number; rate: number },
): Black76 {
  return { right: option.right, strike: option.strike, forward, ...at };
}

/** Risk array of a leg at today's futures price of its month. The leg has been judged; no errors. */
export function spanArray(leg: SpanLeg, at: At, scenarios: readonly SpanScenario[]): SpanArray {
  if (leg.kind === 'future') {
    const losses = scenarios.map(
      ({ priceFraction, weight }) => -priceFraction * at.parameters.priceScanRange * leg.multiplier * weight,
    );
    return { baseValue: at.price, compositeDelta: 1, losses };
  }
  const { priceScanRange, volScanRange, lookaheadYears, rate } = at.parameters;
  const baseValue = priceBlack76(optionAt(leg, at.price, { vol: leg.vol, tauYears: leg.tauYears, rate }));
  const tauYears = Math.max(0, leg.tauYears - lookaheadYears);
  const losses = scenarios.map(({ priceFraction, volDirection, weight }) => {
    const vol = Math.max(0, leg.vol + volDirection * volScanRange);
    const forward = at.price + priceFraction * priceScanRange;
    const value = priceBlack76(optionAt(leg, forward, { vol, tauYears, rate }));
    return (baseValue - value) * leg.multiplier * weight;
  });
  return { baseValue, compositeDelta: compositeDelta(leg, at, tauYears), losses };
}

function compositeDelta(option: SpanOption, at: At, tauYears: number): number {
  const { priceScanRange, rate, deltaWeights } = at.parameters;
  let delta = 0;
  for (const { thirds, weight } of deltaWeights) {
    const forward = at.price + (thirds / 3) * priceScanRange;
    const greeks = greeksBlack76(optionAt(option, forward, { vol: option.vol, tauYears, rate }));
    delta += weight * greeks.deltaForward;
  }
  return delta;
}
