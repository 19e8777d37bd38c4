import Type, { type TSchema } from 'typebox';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { parseLevel } from '../base/level.ts';
import type { CollateralRules } from '../collateral/rules.ts';
import { DEFAULT_METHODOLOGY } from '../margin/default-methodology.ts';
import { GRID_PRESETS } from '../margin/grid/presets.ts';
import type { HealthLevels, Methodology } from '../margin/methodology.ts';
import { Id, IsoTime, parseIsoTime } from './scalars.ts';
import { parseShape } from './shape.ts';
import { closed, Frac, Positive } from './shapes.ts';

const partial = (properties: Record<string, TSchema>): TSchema => Type.Partial(closed(properties));
const NotNegative = Type.Number({ minimum: 0 });
const Whole = Type.Integer({ minimum: 1 });
const Decay = Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 });
const PerAsset = Type.Record(Id, Positive, { additionalProperties: false });
const Groups = Type.Array(Type.Array(Id, { minItems: 1 }), { maxItems: 1_000 });
const Split = partial({ initial: NotNegative, maintenance: NotNegative });
const HealthLevel = Type.Object({ enter: Positive, exit: Positive }, { additionalProperties: false });

const AssetRule = Type.Object(
  {
    asset: Id,
    treatment: Type.Union([Type.Literal('tiers'), Type.Literal('scenarios')]),
    tiers: Type.Array(
      Type.Object(
        { upToUsd: Type.Union([Positive, Type.Null()]), haircutFrac: Frac },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 100 },
    ),
    liabilityWeightFrac: NotNegative,
    capUsd: Type.Union([NotNegative, Type.Null()]),
  },
  { additionalProperties: false },
);

const AntiProcyclicality = Type.Union([
  Type.Object({ tool: Type.Literal('none') }, { additionalProperties: false }),
  Type.Object({ tool: Type.Literal('buffer'), bufferFrac: Frac }, { additionalProperties: false }),
  Type.Object({ tool: Type.Literal('stress-weight'), stressFrac: Frac }, { additionalProperties: false }),
  Type.Object({ tool: Type.Literal('stress-floor'), stressFrac: Frac }, { additionalProperties: false }),
  Type.Object({ tool: Type.Literal('long-run-floor') }, { additionalProperties: false }),
]);

/** Sections that a file may set; what it leaves out is taken from the default methodology, leaf by leaf. */
const SECTIONS: Record<string, TSchema> = {
  tail: partial({ measure: Type.Union([Type.Literal('es'), Type.Literal('var')]), level: Type.String() }),
  horizonDays: Positive,
  maintenanceFrac: Frac,
  isolated: partial({ baseFrac: PerAsset, sizeUsd: PerAsset, maintenanceFrac: Frac }),
  standard: partial({
    spreadFrac: NotNegative,
    perpetualFrac: Type.Union([PerAsset, Type.Null()]),
    model: partial({
      id: Id,
      perpetual: Split,
      option: partial({
        initialMax: NotNegative,
        initialMin: NotNegative,
        maintenanceCall: NotNegative,
        maintenancePut: NotNegative,
        maintenancePutOfMark: NotNegative,
        maintenanceMultiple: NotNegative,
        unpaired: Split,
      }),
      base: partial({ factor: Frac, initialScale: Frac }),
      confidence: partial({
        perpetualThreshold: Frac,
        optionThreshold: Frac,
        baseThreshold: Frac,
        charge: NotNegative,
      }),
      depeg: partial({ threshold: NotNegative, factor: NotNegative }),
    }),
  }),
  grid: partial({
    preset: Type.Union([...GRID_PRESETS.keys()].map((id) => Type.Literal(id))),
    offsetGroups: Groups,
  }),
  historical: partial({ lookbackDays: Whole }),
  filtered: partial({
    lookbackDays: Whole,
    decay: Decay,
    longRunFrac: Frac,
    floorFrac: NotNegative,
    scaleMax: Type.Number({ minimum: 1 }),
  }),
  monteCarlo: partial({
    count: Type.Integer({ minimum: 100, maximum: 1_000_000 }),
    seed: Type.Integer({ minimum: 0 }),
    copulaDf: Type.Number({ exclusiveMinimum: 2 }),
    correlationDecay: Decay,
    shrinkFrac: Frac,
    margins: Type.Union([Type.Literal('filtered-historical'), Type.Literal('student-t')]),
    marginDf: Type.Number({ exclusiveMinimum: 2 }),
  }),
  unified: partial({ diversificationFrac: Frac, groups: Groups }),
  antiProcyclicality: AntiProcyclicality,
  addOns: partial({
    liquidity: partial({
      impactFactor: NotNegative,
      optionHalfSpreadVol: NotNegative,
      unknownDepthFrac: NotNegative,
    }),
    basis: partial({ parallelPerYear: NotNegative, twistPerYear: NotNegative }),
    vega: partial({ twistVol: NotNegative }),
    shortOption: partial({ minimumFrac: NotNegative }),
    wrongWay: partial({ sameIssuerFrac: Frac }),
    depeg: partial({ threshold: NotNegative, factor: NotNegative }),
    oracle: partial({ threshold: Frac, factor: NotNegative }),
    modelMultiplier: Type.Number({ minimum: 1, maximum: 10 }),
  }),
  collateral: partial({
    assets: Type.Array(AssetRule, { maxItems: 10_000 }),
    issuerCaps: Type.Array(
      Type.Object({ issuer: Id, capUsd: NotNegative }, { additionalProperties: false }),
      { maxItems: 10_000 },
    ),
  }),
  health: partial({
    warning: HealthLevel,
    call: HealthLevel,
    reduceOnly: HealthLevel,
    liquidation: HealthLevel,
  }),
};

/** Dated parameters: an id, a version, a time from which they apply, two approvers, and what differs from the default. */
export const MethodologyFileSchema: TSchema = Type.Object(
  {
    plimsoll: Type.Literal('methodology/1'),
    id: Id,
    version: Id,
    effective: IsoTime,
    about: Type.Optional(Type.String({ maxLength: 2_000 })),
    approvers: Type.Array(Id, { minItems: 2, maxItems: 10 }),
    ...Object.fromEntries(Object.entries(SECTIONS).map(([name, schema]) => [name, Type.Optional(schema)])),
  },
  { additionalProperties: false, $id: 'methodology/1' },
);

type Json = { readonly [key: string]: unknown };
type MethodologyFile = Json & {
  readonly id: string;
  readonly version: string;
  readonly effective: string;
  readonly approvers: readonly string[];
  readonly about?: string;
  readonly grid?: { readonly preset?: string; readonly offsetGroups?: readonly (readonly string[])[] };
};

/** Parses a `methodology/1` document; objects merge into the default leaf by leaf, lists replace. */
export function parseMethodologyFile(value: unknown): Methodology | Failure {
  const file = parseShape(MethodologyFileSchema, value, 'methodology') as MethodologyFile | Failure;
  if (isFailure(file)) return file;
  const effectiveMs = parseIsoTime(file.effective, 'methodology.effective');
  if (isFailure(effectiveMs)) return effectiveMs;
  if (new Set(file.approvers).size < 2) {
    const expected = 'two different people';
    return refuse('SHAPE_INVALID', { field: 'methodology.approvers', value: file.approvers, expected });
  }
  const { plimsoll: _, effective: __, grid, ...sections } = file;
  const merged = mergeLeaves(DEFAULT_METHODOLOGY as unknown as Json, sections) as unknown as Methodology;
  const refused = judgeMethodology(merged);
  if (refused !== null) return refused;
  const base = DEFAULT_METHODOLOGY.grid;
  return {
    ...merged,
    effectiveMs,
    about: file.about ?? '',
    grid: {
      model: grid?.preset === undefined ? base.model : GRID_PRESETS.get(grid.preset)!,
      offsetGroups: grid?.offsetGroups ?? base.offsetGroups,
    },
  };
}

/**
 * Whether every parameter is one that a file might set, and those that belong together agree; the first that is not, or null. For a
 * methodology that did not come from a file as it is: merged, or changed by a what-if. The grid's model is judged where it is used.
 */
export function judgeMethodology(methodology: Methodology): Failure | null {
  for (const [name, schema] of Object.entries(SECTIONS)) {
    if (name === 'grid') continue;
    const section = parseShape(schema, (methodology as unknown as Json)[name], `methodology.${name}`);
    if (isFailure(section)) return section;
  }
  const level = parseLevel(methodology.tail.level, 'methodology.tail.level');
  if (isFailure(level)) return level;
  return judgeCollateral(methodology.collateral) ?? judgeLevels(methodology.health);
}

function judgeCollateral({ assets, issuerCaps }: CollateralRules): Failure | null {
  const field = 'methodology.collateral';
  const assetTwice = firstTwice(assets.map((rule) => rule.asset));
  if (assetTwice !== null) return refuseTwice(`${field}.assets`, assetTwice);
  const issuerTwice = firstTwice(issuerCaps.map((cap) => cap.issuer));
  if (issuerTwice !== null) return refuseTwice(`${field}.issuerCaps`, issuerTwice);
  for (const { asset, tiers } of assets) {
    const ends = tiers.map((tier) => tier.upToUsd ?? Infinity);
    if (ends.every((end, i) => i === 0 || end > ends[i - 1]!)) continue;
    const expected = 'tiers that ascend, of which only the last may be without end';
    return refuse('SHAPE_INVALID', { field: `${field}.assets.${asset}.tiers`, value: ends, expected });
  }
  return null;
}

function firstTwice(ids: readonly string[]): string | null {
  return ids.find((id, i) => ids.indexOf(id) < i) ?? null;
}

function refuseTwice(field: string, value: string): Failure {
  return refuse('DUPLICATE_ID', { field, value, expected: 'every id once' });
}

/** Every level is left at or below where it is entered, and a worse one is neither entered nor left before a better one. */
function judgeLevels({ warning, call, reduceOnly, liquidation }: HealthLevels): Failure | null {
  const levels = [warning, call, reduceOnly, liquidation];
  const ordered = levels.every(({ enter, exit }, i) => {
    const better = levels[i - 1] ?? { enter: 0, exit: 0 };
    return exit <= enter && enter >= better.enter && exit >= better.exit;
  });
  if (ordered) return null;
  const value = levels.map(({ enter, exit }) => `${enter}/${exit}`).join(' ');
  const expected = 'levels that ascend, each left at or below where it is entered';
  return refuse('SHAPE_INVALID', { field: 'methodology.health', value, expected });
}

/** A document with the leaves of another in place of its own; lists and choices of a tool replace as a whole. */
export function mergeLeaves(base: Json, over: Json): Json {
  const out: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const under = base[key];
    out[key] = isObject(under) && isObject(value) && !('tool' in value) ? mergeLeaves(under, value) : value;
  }
  return out;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
