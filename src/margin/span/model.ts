import type { Right } from '../../pricer/black76.ts';

/** One of the sixteen scenarios of a risk array. `priceFraction` is of the price scan range. */
export type SpanScenario = {
  readonly number: number;
  readonly priceFraction: number;
  readonly volDirection: 1 | -1 | 0;
  /** Share of the loss that counts. */
  readonly weight: number;
  /** Same price move, other vol move; 15 and 16 are their own. */
  readonly paired: number;
};

/** Far moves of scenarios 15 and 16: how many scan ranges, and the share of their loss that counts. */
export type SpanExtreme = { readonly multiple: number; readonly cover: number };

/** Moves in thirds of the scan range, in the order of the published array. */
const THIRDS = [0, 1, -1, 2, -2, 3, -3] as const;

/** The sixteen scenarios. No errors. Source: CME, components of SPAN. */
export function spanScenarios(extreme: SpanExtreme): readonly SpanScenario[] {
  const scenarios: SpanScenario[] = [];
  for (const thirds of THIRDS) {
    const first = scenarios.length + 1;
    const priceFraction = thirds / 3;
    scenarios.push({ number: first, priceFraction, volDirection: 1, weight: 1, paired: first + 1 });
    scenarios.push({ number: first + 1, priceFraction, volDirection: -1, weight: 1, paired: first });
  }
  for (const sign of [1, -1]) {
    const number = scenarios.length + 1;
    const priceFraction = sign * extreme.multiple;
    scenarios.push({ number, priceFraction, volDirection: 0, weight: extreme.cover, paired: number });
  }
  return scenarios;
}

/** Weight of the delta at each move of {@link THIRDS}; published ones sum to 0.998 and are used as they stand. */
export type DeltaWeight = { readonly thirds: number; readonly weight: number };

export const DELTA_WEIGHTS: readonly DeltaWeight[] = [
  { thirds: 0, weight: 0.27 },
  { thirds: 1, weight: 0.217 },
  { thirds: -1, weight: 0.217 },
  { thirds: 2, weight: 0.11 },
  { thirds: -2, weight: 0.11 },
  { thirds: 3, weight: 0.037 },
  { thirds: -3, weight: 0.037 },
];

/** Parameters of one combined commodity. Ranges and charges in the currency of the price, per unit of it where charged. */
export type SpanParameters = {
  readonly futuresPrice: ReadonlyMap<string, number>;
  readonly priceScanRange: number;
  /** Absolute annual volatility. */
  readonly volScanRange: number;
  readonly extreme: SpanExtreme;
  readonly lookaheadYears: number;
  /** Annual, continuously compounded. */
  readonly rate: number;
  /** Per delta of a spread between months. */
  readonly spreadCharge: number;
  /** Per short option contract. */
  readonly shortOptionMinimum: number;
  readonly deltaWeights: readonly DeltaWeight[];
};

type Contract = {
  readonly month: string;
  /** Signed contracts. */
  readonly quantity: number;
  readonly multiplier: number;
};
export type SpanFuture = Contract & { readonly kind: 'future' };
export type SpanOption = Contract & {
  readonly kind: 'option';
  readonly right: Right;
  readonly strike: number;
  readonly tauYears: number;
  readonly vol: number;
};
export type SpanLeg = SpanFuture | SpanOption;
