import type { GridAddOns, GridModel, GridScenario } from './model.ts';
import { gridScenario, rangeScenarios, tailScenarios } from './scenarios.ts';

const DAY_SECONDS = 86_400;

const NO_ADD_ONS: GridAddOns = {
  roll: null,
  vegaTerm: null,
  rate: null,
  deltaMinimum: null,
  sizeMinimum: null,
  fundingHours: 0,
};

/** Derive's current portfolio margin (PMRM_2) at its usual model; haircuts come with the collateral. */
export const DERIVE_PMRM2: GridModel = {
  id: 'derive-pmrm2',
  scenarios: [
    ...rangeScenarios({
      rangeFrac: 0.18,
      stepsPerSide: 4,
      volMoves: ['down', 'none', 'up'],
      endVolMoves: ['up'],
    }),
    ...tailScenarios([-0.66, -0.33, 0.5, 1, 2, 3], 0.036),
    gridScenario(1, 'linear'),
    gridScenario(1, 'absolute'),
  ],
  vol: {
    rangeUp: 0.5,
    rangeDown: 0.275,
    powerShort: 0.3,
    powerLong: 0.13,
    floorSeconds: DAY_SECONDS,
    volUpMin: 0.45,
  },
  skew: {
    linear: { base: 0.15, perRootYear: -0.05 },
    absolute: { base: 0.15, perRootYear: -0.05 },
    kStarMin: 0.01,
    width: 4,
    volBase: 0.6,
    volPerRootYear: -0.1,
  },
  markDiscount: 'rate',
  staticDiscount: {
    positive: { base: 0.95, rateMultiple: 1, rateAdd: 0.08 },
    negative: { base: 1.04, rateMultiple: 0.5, rateAdd: 0.08 },
    fromSeconds: 1,
  },
  basis: { shockUp: 1.045, shockDown: 0.955, add: 0.5, perYear: 2 },
  lossFactor: { initial: 1, maintenance: 0.8 },
  peg: { threshold: 0.98, factor: 2 },
  perpetual: { maintenance: 0.015, initial: 0.005 },
  option: { maintenance: 0.003, initial: 0.002 },
  contingencyPlace: 'beside-loss',
  collateralChargedOn: 'value',
  collateralTrust: 'own',
  confidence: { threshold: 0.55, charge: 1 },
  addOns: NO_ADD_ONS,
  crossUnderlying: null,
};

/** Collateral keeps back this much of its notional in {@link DERIVE_PMRM1}: set it as the maintenance haircut. */
export const DERIVE_PMRM1_BASE_FRAC = 0.02;

/** Derive's first portfolio margin (PMRM). */
export const DERIVE_PMRM1: GridModel = {
  ...DERIVE_PMRM2,
  id: 'derive-pmrm1',
  scenarios: rangeScenarios({
    rangeFrac: 0.15,
    stepsPerSide: 3,
    volMoves: ['up', 'none', 'down'],
    endVolMoves: ['up', 'none', 'down'],
  }),
  vol: { ...DERIVE_PMRM2.vol, rangeUp: 0.45, rangeDown: 0.3, volUpMin: 0 },
  skew: null,
  markDiscount: 'none',
  staticDiscount: {
    positive: { base: 0.95, rateMultiple: 4, rateAdd: 0.05 },
    negative: null,
    fromSeconds: 0,
  },
  basis: { shockUp: 1.05, shockDown: 0.95, add: 0.25, perYear: 0.01 },
  lossFactor: { initial: 1.3, maintenance: 1 },
  perpetual: { maintenance: 0.02, initial: 0 },
  option: { maintenance: 0.01, initial: 0 },
  contingencyPlace: 'inside-loss',
  collateralChargedOn: 'notional',
  collateralTrust: 'with-perpetual',
  confidence: { threshold: 0.6, charge: 0.5 },
};

/** A scan without Derive's own charges: what the other venues' shapes start from. */
const PLAIN: GridModel = {
  ...DERIVE_PMRM2,
  id: 'plain',
  skew: null,
  staticDiscount: null,
  basis: null,
  peg: { threshold: 0, factor: 0 },
  perpetual: { maintenance: 0, initial: 0 },
  option: { maintenance: 0, initial: 0 },
  confidence: { threshold: 0, charge: 0 },
};

const FAR_MOVES = [-0.66, -0.33, 0.5, 1, 2, 3, 4, 5] as const;

/**
 * Deribit's shape: nine price points to ±16 %, far moves with vol up, gains across currencies at 60 % up to a cap, roll
 * shock, maintenance 0.8 of initial. The venue publishes the shape and changes the numbers without notice: the vol range,
 * the dampener (a fifth of the range), the roll shock and the cap here are examples, to be set by who uses it.
 */
export const DERIBIT: GridModel = {
  ...PLAIN,
  id: 'deribit',
  scenarios: [
    ...rangeScenarios({
      rangeFrac: 0.16,
      stepsPerSide: 4,
      volMoves: ['up', 'none', 'down'],
      endVolMoves: ['up', 'none', 'down'],
    }),
    ...tailScenarios(FAR_MOVES, 0.032),
  ],
  vol: { ...PLAIN.vol, rangeUp: 0.5, rangeDown: 0.25, volUpMin: 0 },
  addOns: { ...NO_ADD_ONS, roll: { annualFrac: 0.05, minFrac: 0.001 } },
  crossUnderlying: { gainFrac: 0.6, gainCapUsd: 5_000_000 },
};

/** Paradex: 24 scenarios, tails weighted 16 % / |move|, least delta charge, eight hours of funding, maintenance half. */
export const PARADEX: GridModel = {
  ...PLAIN,
  id: 'paradex',
  scenarios: [
    ...rangeScenarios({ rangeFrac: 0.16, stepsPerSide: 4, volMoves: ['up', 'down'], endVolMoves: ['up'] }),
    ...tailScenarios(FAR_MOVES, 0.16),
  ],
  vol: { ...PLAIN.vol, rangeUp: 0.4, rangeDown: 0.22, volUpMin: 0 },
  lossFactor: { initial: 1, maintenance: 0.5 },
  addOns: { ...NO_ADD_ONS, deltaMinimum: { netFrac: 0.02, hedgedFrac: 0.01 }, fundingHours: 8 },
};

/** Marginal multipliers of OKX's minimum charge on BTC and ETH, by its raw size in USD (tiers before 2025-01-15). */
const OKX_MINIMUM_TIERS = [
  { upTo: 10_000, rate: 1 },
  { upTo: 70_000, rate: 2 },
  { upTo: 170_000, rate: 4 },
  { upTo: 300_000, rate: 6 },
  { upTo: 470_000, rate: 8 },
  { upTo: 700_000, rate: 10 },
  { upTo: null, rate: 12 },
] as const;

function okxScenarios(rangeFrac: number, extremeFrac: number): readonly GridScenario[] {
  const range = rangeScenarios({
    rangeFrac,
    stepsPerSide: 3,
    volMoves: ['up', 'none', 'down'],
    endVolMoves: ['up', 'none', 'down'],
  });
  const decay = { ...gridScenario(1, 'none'), name: 'one day passes', secondsForward: DAY_SECONDS };
  const extreme = [extremeFrac, -extremeFrac].map((move) => ({
    ...gridScenario(1 + move, 'none'),
    dampening: 0.5,
  }));
  return [...range, decay, ...extreme];
}

function okx(id: string, moves: { range: number; extreme: number; annualBasis: number }): GridModel {
  return {
    ...PLAIN,
    id,
    scenarios: okxScenarios(moves.range, moves.extreme),
    vol: { ...PLAIN.vol, rangeUp: 0.5, rangeDown: 0.25, volUpMin: 0 },
    addOns: {
      ...NO_ADD_ONS,
      vegaTerm: { offsetFrac: 0.25 },
      roll: { annualFrac: moves.annualBasis, minFrac: 0 },
      rate: { shiftAbs: 0.01 },
      sizeMinimum: { deltaOneFrac: 0.005, shortOptionFrac: 0.005, tiers: OKX_MINIMUM_TIERS },
    },
  };
}

/**
 * OKX's shape: worst of spot/vol stress, a day's decay and an extreme move, plus vega term, basis and rate, or the
 * minimum charge if that is more. Price ranges, extreme moves, annual basis moves and tiers are published; the half
 * weight of extreme moves, the vol range, the vega, rate and minimum-charge rates are examples.
 */
export const OKX_MAJOR: GridModel = okx('okx-major', { range: 0.12, extreme: 0.24, annualBasis: 0.05 });
export const OKX_MID: GridModel = okx('okx-mid', { range: 0.18, extreme: 0.36, annualBasis: 0.15 });
export const OKX_OTHER: GridModel = okx('okx-other', { range: 0.25, extreme: 0.5, annualBasis: 0.3 });

/** Every grid model by id. */
export const GRID_PRESETS: ReadonlyMap<string, GridModel> = new Map(
  [DERIVE_PMRM2, DERIVE_PMRM1, DERIBIT, PARADEX, OKX_MAJOR, OKX_MID, OKX_OTHER].map((preset) => [
    preset.id,
    preset,
  ]),
);
