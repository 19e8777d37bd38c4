import type { AssetRule, HaircutTier, IssuerCap } from '../collateral/rules.ts';
import type {
  DiscountSide,
  GridAddOns,
  GridModel,
  GridScenario,
  InitialAndMaintenance,
  SkewCap,
} from '../margin/grid/model.ts';
import type {
  AddOnParameters,
  AntiProcyclicality,
  FilterParameters,
  HealthLevels,
  IsolatedParameters,
  Methodology,
  MonteCarloParameters,
  PerAsset,
} from '../margin/methodology.ts';
import type { GridMethod } from '../margin/methods/grid-method.ts';
import type { StandardMethod } from '../margin/methods/standard-method.ts';
import type { StandardModel } from '../margin/standard/model.ts';
import type { RateTier } from '../margin/tiers.ts';
import { id } from './account-codec.ts';
import {
  bad,
  type Codec,
  type Fields,
  list,
  mapOf,
  nullable,
  real,
  record,
  text,
  variant,
  word,
} from './codec.ts';
import { isFailure } from '../base/failure.ts';

const split = record<InitialAndMaintenance>({ initial: real, maintenance: real });
const groups = list(list(id, 10_000), 10_000);

const values = mapOf(real, 10_000);
const perAsset: Codec<PerAsset> = {
  read: (json, field) => {
    const map = values.read(json, field);
    if (isFailure(map)) return map;
    const other = map.get('other');
    if (other === undefined) return bad(`${field}.other`, 'missing', 'a value for everything else');
    return { ...(Object.fromEntries(map) as Record<string, number>), other };
  },
  write: (value) => values.write(new Map(Object.entries(value))),
  encode: (writer, value) => values.encode(writer, new Map(Object.entries(value))),
};

const isolated = record<IsolatedParameters>({
  baseFrac: perAsset,
  sizeUsd: perAsset,
  maintenanceFrac: real,
});

const standard = record<StandardMethod>({
  spreadFrac: real,
  perpetualFrac: nullable(perAsset),
  model: record<StandardModel>({
    id,
    perpetual: split,
    option: record<StandardModel['option']>({
      initialMax: real,
      initialMin: real,
      maintenanceCall: real,
      maintenancePut: real,
      maintenancePutOfMark: real,
      maintenanceMultiple: real,
      unpaired: split,
    }),
    base: record<StandardModel['base']>({ factor: real, initialScale: real }),
    confidence: record<StandardModel['confidence']>({
      perpetualThreshold: real,
      optionThreshold: real,
      baseThreshold: real,
      charge: real,
    }),
    depeg: record<StandardModel['depeg']>({ threshold: real, factor: real }),
  }),
});

const skewCap = record<SkewCap>({ base: real, perRootYear: real });
const discountSide = record<DiscountSide>({ base: real, rateMultiple: real, rateAdd: real });
type SizeMinimum = NonNullable<GridAddOns['sizeMinimum']>;

const gridAddOns = record<GridAddOns>({
  roll: nullable(record<NonNullable<GridAddOns['roll']>>({ annualFrac: real, minFrac: real })),
  vegaTerm: nullable(record<NonNullable<GridAddOns['vegaTerm']>>({ offsetFrac: real })),
  rate: nullable(record<NonNullable<GridAddOns['rate']>>({ shiftAbs: real })),
  deltaMinimum: nullable(
    record<NonNullable<GridAddOns['deltaMinimum']>>({ netFrac: real, hedgedFrac: real }),
  ),
  sizeMinimum: nullable(
    record<SizeMinimum>({
      deltaOneFrac: real,
      shortOptionFrac: real,
      tiers: list(record<RateTier>({ upTo: nullable(real), rate: real }), 1_000),
    }),
  ),
  fundingHours: real,
});

const gridModel = record<GridModel>({
  id,
  scenarios: list(
    record<GridScenario>({
      name: text(200),
      spotShock: real,
      volMove: word('up', 'down', 'none', 'linear', 'absolute'),
      dampening: real,
      secondsForward: real,
    }),
    10_000,
  ),
  vol: record<GridModel['vol']>({
    rangeUp: real,
    rangeDown: real,
    powerShort: real,
    powerLong: real,
    floorSeconds: real,
    volUpMin: real,
  }),
  skew: nullable(
    record<NonNullable<GridModel['skew']>>({
      linear: skewCap,
      absolute: skewCap,
      kStarMin: real,
      width: real,
      volBase: real,
      volPerRootYear: real,
    }),
  ),
  markDiscount: word('rate', 'none'),
  staticDiscount: nullable(
    record<NonNullable<GridModel['staticDiscount']>>({
      positive: discountSide,
      negative: nullable(discountSide),
      fromSeconds: real,
    }),
  ),
  basis: nullable(
    record<NonNullable<GridModel['basis']>>({ shockUp: real, shockDown: real, add: real, perYear: real }),
  ),
  lossFactor: split,
  peg: record<GridModel['peg']>({ threshold: real, factor: real }),
  perpetual: split,
  option: split,
  contingencyPlace: word('inside-loss', 'beside-loss'),
  collateralChargedOn: word('value', 'notional'),
  collateralTrust: word('own', 'with-perpetual'),
  confidence: record<GridModel['confidence']>({ threshold: real, charge: real }),
  addOns: gridAddOns,
  crossUnderlying: nullable(
    record<NonNullable<GridModel['crossUnderlying']>>({ gainFrac: real, gainCapUsd: real }),
  ),
});

const filter: Fields<FilterParameters> = {
  lookbackDays: real,
  decay: real,
  longRunFrac: real,
  floorFrac: real,
  scaleMax: real,
};

const antiProcyclicality: Codec<AntiProcyclicality> = variant<AntiProcyclicality>('tool', {
  none: record<{ tool: 'none' }>({ tool: word('none') }),
  buffer: record<{ tool: 'buffer'; bufferFrac: number }>({ tool: word('buffer'), bufferFrac: real }),
  'stress-weight': record<{ tool: 'stress-weight'; stressFrac: number }>({
    tool: word('stress-weight'),
    stressFrac: real,
  }),
  'stress-floor': record<{ tool: 'stress-floor'; stressFrac: number }>({
    tool: word('stress-floor'),
    stressFrac: real,
  }),
  'long-run-floor': record<{ tool: 'long-run-floor' }>({ tool: word('long-run-floor') }),
});

const addOns = record<AddOnParameters>({
  liquidity: record<AddOnParameters['liquidity']>({
    impactFactor: real,
    optionHalfSpreadVol: real,
    unknownDepthFrac: real,
  }),
  basis: record<AddOnParameters['basis']>({ parallelPerYear: real, twistPerYear: real }),
  vega: record<AddOnParameters['vega']>({ twistVol: real }),
  shortOption: record<AddOnParameters['shortOption']>({ minimumFrac: real }),
  wrongWay: record<AddOnParameters['wrongWay']>({ sameIssuerFrac: real }),
  depeg: record<AddOnParameters['depeg']>({ threshold: real, factor: real }),
  oracle: record<AddOnParameters['oracle']>({ threshold: real, factor: real }),
  modelMultiplier: real,
});

const collateral = record<Methodology['collateral']>({
  assets: list(
    record<AssetRule>({
      asset: id,
      treatment: word('tiers', 'scenarios'),
      tiers: list(record<HaircutTier>({ upToUsd: nullable(real), haircutFrac: real }), 1_000),
      liabilityWeightFrac: real,
      capUsd: nullable(real),
    }),
    10_000,
  ),
  issuerCaps: list(record<IssuerCap>({ issuer: id, capUsd: real }), 10_000),
});

const level = record<HealthLevels['call']>({ enter: real, exit: real });

/** Every parameter that margin depends on (PROOF-010): the type has no field that its hash does not cover. */
export const methodologyCodec: Codec<Methodology> = record<Methodology>({
  id,
  version: id,
  effectiveMs: real,
  about: text(2_000),
  approvers: list(id, 100),
  tail: record<Methodology['tail']>({ measure: word('es', 'var'), level: text(60) }),
  horizonDays: real,
  maintenanceFrac: real,
  isolated,
  standard,
  grid: record<GridMethod>({ model: gridModel, offsetGroups: groups }),
  historical: record<Methodology['historical']>({ lookbackDays: real }),
  filtered: record<FilterParameters>(filter),
  monteCarlo: record<MonteCarloParameters>({
    count: real,
    seed: real,
    copulaDf: real,
    correlationDecay: real,
    shrinkFrac: real,
    margins: word('filtered-historical', 'student-t'),
    marginDf: real,
  }),
  unified: record<Methodology['unified']>({ diversificationFrac: real, groups }),
  antiProcyclicality,
  addOns,
  collateral,
  health: record<HealthLevels>({ warning: level, call: level, reduceOnly: level, liquidation: level }),
});
