import { BREAKER_SIGNALS, type BreakerParameters, type BreakerSignal } from '../breaker/parameters.ts';
import type { VenueRules } from '../engine/rules.ts';
import type { AuctionRules } from '../liquidation/auction.ts';
import { DELEVERAGING_POLICIES } from '../liquidation/policies.ts';
import type { QualityParameters } from '../market/quality.ts';
import type { GridAddOns, GridModel, GridScenario, InitialAndMaintenance } from '../margin/grid/model.ts';
import type { RateTier } from '../margin/tiers.ts';
import type { AntiProcyclicality, Methodology, PerAsset } from '../margin/methodology.ts';
import type { StandardModel } from '../margin/standard/model.ts';
import type { AssetRule, HaircutTier } from '../collateral/rules.ts';
import {
  dictionary,
  f64,
  type Fields,
  finite,
  type Layout,
  list,
  nullable,
  oneOf,
  record,
  tagged,
  text,
} from './layout.ts';

const split: Layout<InitialAndMaintenance> = record({ initial: finite, maintenance: finite });
const enterExit = record({ enter: finite, exit: finite });
const groups = list(list(text));
const perAsset = dictionary(finite) as Layout<PerAsset>;
const rateTier: Layout<RateTier> = record({ upTo: nullable(finite), rate: finite });

const standardModel: Layout<StandardModel> = record<StandardModel>({
  id: text,
  perpetual: split,
  option: record({
    initialMax: finite,
    initialMin: finite,
    maintenanceCall: finite,
    maintenancePut: finite,
    maintenancePutOfMark: finite,
    maintenanceMultiple: finite,
    unpaired: split,
  }),
  base: record({ factor: finite, initialScale: finite }),
  confidence: record({
    perpetualThreshold: finite,
    optionThreshold: finite,
    baseThreshold: finite,
    charge: finite,
  }),
  depeg: record({ threshold: finite, factor: finite }),
});

const gridScenario: Layout<GridScenario> = record<GridScenario>({
  name: text,
  spotShock: finite,
  volMove: oneOf('up', 'down', 'none', 'linear', 'absolute'),
  dampening: finite,
  secondsForward: finite,
});

const gridAddOns: Layout<GridAddOns> = record<GridAddOns>({
  roll: nullable(record({ annualFrac: finite, minFrac: finite })),
  vegaTerm: nullable(record({ offsetFrac: finite })),
  rate: nullable(record({ shiftAbs: finite })),
  deltaMinimum: nullable(record({ netFrac: finite, hedgedFrac: finite })),
  sizeMinimum: nullable(record({ deltaOneFrac: finite, shortOptionFrac: finite, tiers: list(rateTier) })),
  fundingHours: finite,
});

const discountSide = record({ base: finite, rateMultiple: finite, rateAdd: finite });
const skewCap = record({ base: finite, perRootYear: finite });

const gridModel: Layout<GridModel> = record<GridModel>({
  id: text,
  scenarios: list(gridScenario),
  vol: record({
    rangeUp: finite,
    rangeDown: finite,
    powerShort: finite,
    powerLong: finite,
    floorSeconds: finite,
    volUpMin: finite,
  }),
  skew: nullable(
    record({
      linear: skewCap,
      absolute: skewCap,
      kStarMin: finite,
      width: finite,
      volBase: finite,
      volPerRootYear: finite,
    }),
  ),
  markDiscount: oneOf('rate', 'none'),
  staticDiscount: nullable(
    record({ positive: discountSide, negative: nullable(discountSide), fromSeconds: finite }),
  ),
  basis: nullable(record({ shockUp: finite, shockDown: finite, add: finite, perYear: finite })),
  lossFactor: split,
  peg: record({ threshold: finite, factor: finite }),
  perpetual: split,
  option: split,
  contingencyPlace: oneOf('inside-loss', 'beside-loss'),
  collateralChargedOn: oneOf('value', 'notional'),
  collateralTrust: oneOf('own', 'with-perpetual'),
  confidence: record({ threshold: finite, charge: finite }),
  addOns: gridAddOns,
  crossUnderlying: nullable(record({ gainFrac: finite, gainCapUsd: finite })),
});

const antiProcyclicality: Layout<AntiProcyclicality> = tagged<AntiProcyclicality, 'tool'>('tool', {
  none: record({ tool: oneOf('none') }),
  buffer: record({ tool: oneOf('buffer'), bufferFrac: finite }),
  'stress-weight': record({ tool: oneOf('stress-weight'), stressFrac: finite }),
  'stress-floor': record({ tool: oneOf('stress-floor'), stressFrac: finite }),
  'long-run-floor': record({ tool: oneOf('long-run-floor') }),
});

const addOns: Layout<Methodology['addOns']> = record<Methodology['addOns']>({
  liquidity: record({ impactFactor: finite, optionHalfSpreadVol: finite, unknownDepthFrac: finite }),
  basis: record({ parallelPerYear: finite, twistPerYear: finite }),
  vega: record({ twistVol: finite }),
  shortOption: record({ minimumFrac: finite }),
  wrongWay: record({ sameIssuerFrac: finite }),
  depeg: record({ threshold: finite, factor: finite }),
  oracle: record({ threshold: finite, factor: finite }),
  modelMultiplier: finite,
});

const assetRule: Layout<AssetRule> = record<AssetRule>({
  asset: text,
  treatment: oneOf('tiers', 'scenarios'),
  tiers: list(record<HaircutTier>({ upToUsd: nullable(finite), haircutFrac: finite })),
  liabilityWeightFrac: finite,
  capUsd: nullable(finite),
});

/** Every parameter of a methodology. */
export const methodologyLayout: Layout<Methodology> = record<Methodology>({
  id: text,
  version: text,
  effectiveMs: finite,
  about: text,
  approvers: list(text),
  tail: record({ measure: oneOf('es', 'var'), level: text }),
  horizonDays: finite,
  maintenanceFrac: finite,
  isolated: record({ baseFrac: perAsset, sizeUsd: perAsset, maintenanceFrac: finite }),
  standard: record({ model: standardModel, spreadFrac: finite, perpetualFrac: nullable(perAsset) }),
  grid: record({ model: gridModel, offsetGroups: groups }),
  historical: record({ lookbackDays: finite }),
  filtered: record({
    decay: finite,
    longRunFrac: finite,
    floorFrac: finite,
    scaleMax: finite,
    lookbackDays: finite,
  }),
  monteCarlo: record({
    count: finite,
    seed: finite,
    copulaDf: finite,
    correlationDecay: finite,
    shrinkFrac: finite,
    margins: oneOf('filtered-historical', 'student-t'),
    marginDf: finite,
  }),
  unified: record({ diversificationFrac: finite, groups }),
  antiProcyclicality,
  addOns,
  collateral: record({
    assets: list(assetRule),
    issuerCaps: list(record({ issuer: text, capUsd: finite })),
  }),
  health: record({ warning: enterExit, call: enterExit, reduceOnly: enterExit, liquidation: enterExit }),
});

const quality: Layout<QualityParameters> = record<QualityParameters>({
  sourcesMin: finite,
  ageMsMax: f64,
  unchangedMsMax: f64,
  spreadFracMax: f64,
  jumpFracMax: f64,
  jumpConfirmMs: f64,
  floor: nullable(finite),
  ceiling: nullable(finite),
});

const auction: Layout<AuctionRules> = record<AuctionRules>({
  discountStart: finite,
  discountFast: finite,
  fastSeconds: finite,
  slowSeconds: finite,
  insolventSeconds: finite,
  feeRate: finite,
  bufferFrac: finite,
  dustUsd: finite,
});

type Thresholds = BreakerParameters['thresholds'];
type Levels = Exclude<Thresholds[BreakerSignal], undefined>;
const levels: Layout<Levels> = record<Levels>(
  { cautious: enterExit, 'reduce-only': enterExit, 'liquidations-paused': enterExit, halted: enterExit },
  ['cautious', 'reduce-only', 'liquidations-paused', 'halted'],
);
const perSignal = Object.fromEntries(BREAKER_SIGNALS.map((signal) => [signal, levels]));
const breaker: Layout<BreakerParameters> = record<BreakerParameters>({
  thresholds: record<Thresholds>(perSignal as Fields<Thresholds>, BREAKER_SIGNALS),
  dwellMs: record({
    cautious: finite,
    'reduce-only': finite,
    'liquidations-paused': finite,
    halted: finite,
  }),
});

/** Every rule of a venue beside its methodology. */
export const rulesLayout: Layout<VenueRules> = record<VenueRules>({
  quality: record({
    assets: quality,
    marks: quality,
    exceptions: list(record({ id: text, parameters: quality })),
  }),
  redemption: record({ ageMsMax: f64, gapFracMax: f64 }),
  averageMs: finite,
  callMs: finite,
  liquidation: record({
    targetRatio: finite,
    roundsMax: finite,
    marketMsMax: finite,
    auctionMsMax: finite,
    intervalMs: finite,
    depthShareMax: finite,
    notionalUsdMax: finite,
    impactFactor: finite,
    bandFrac: finite,
    slippageFrac: finite,
    distanceFracMax: finite,
    auction,
    backstops: list(text),
    deleveraging: oneOf(...DELEVERAGING_POLICIES),
  }),
  breakers: record({
    instrument: breaker,
    underlying: breaker,
    venue: breaker,
    windowMs: finite,
    countMin: finite,
  }),
});
