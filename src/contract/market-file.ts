import Type, { type Static, type TSchema } from 'typebox';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { buildMarket } from '../market/build.ts';
import type {
  AssetQuote,
  ForwardQuote,
  InstrumentQuote,
  Market,
  Price,
  UnderlyingQuote,
} from '../market/market.ts';
import { judgePrice, NO_QUALITY, type QualityParameters } from '../market/quality.ts';
import type { Smile } from '../market/surface.ts';
import { type InstrumentWire, InstrumentShape, parseProduct } from './product-file.ts';
import { Id, IsoTime, parseEach, parseIsoTime } from './scalars.ts';
import { parseShape } from './shape.ts';
import { assetFields, closed, Frac, nullable, Positive } from './shapes.ts';

const AssetShape = closed({
  ...assetFields,
  index: Type.Optional(Positive),
  /** What single sources say, instead of `index`: the quality gate makes the price. */
  sources: Type.Optional(
    Type.Array(closed({ source: Id, value: Positive, ageMs: Type.Optional(Type.Number({ minimum: 0 })) }), {
      minItems: 1,
      maxItems: 100,
    }),
  ),
  average: Type.Optional(Positive),
  redemption: Type.Optional(nullable(Positive)),
  confidence: Type.Optional(Frac),
  ageMs: Type.Optional(Type.Number({ minimum: 0 })),
});

const ForwardShape = closed({
  expiry: IsoTime,
  forward: Positive,
  rate: Type.Optional(Type.Number()),
  confidence: Type.Optional(Frac),
});
const SmileShape = Type.Union([
  closed({
    kind: Type.Literal('svi'),
    expiry: IsoTime,
    a: Type.Number(),
    b: Type.Number(),
    rho: Type.Number(),
    m: Type.Number(),
    sigma: Type.Number(),
  }),
  closed({
    kind: Type.Literal('grid'),
    expiry: IsoTime,
    logMoneyness: Type.Array(Type.Number(), { minItems: 1, maxItems: 1_000 }),
    vols: Type.Array(Type.Number(), { minItems: 1, maxItems: 1_000 }),
  }),
]);
const DepthShape = closed({
  dailyVolume: Type.Number({ minimum: 0 }),
  halfSpreadFrac: Type.Number({ minimum: 0 }),
  bands: Type.Array(closed({ bandFrac: Positive, quantity: Type.Number({ minimum: 0 }) }), { maxItems: 100 }),
});
const underlyingShape = closed({
  id: Id,
  forwards: Type.Array(ForwardShape, { maxItems: 500 }),
  surface: Type.Optional(Type.Array(SmileShape, { maxItems: 500 })),
  depth: Type.Optional(DepthShape),
});
/** Forwards, surface and depth of one underlying. */
export const UnderlyingShape: TSchema = underlyingShape;
export type UnderlyingWire = Static<typeof underlyingShape>;

/** A market snapshot: assets with USD prices, forwards and surfaces per underlying, instruments with marks. */
export const MarketFileSchema: TSchema = Type.Object(
  {
    plimsoll: Type.Literal('market/1'),
    about: Type.Optional(Type.String({ maxLength: 2_000 })),
    time: IsoTime,
    revision: Type.Optional(Type.Integer({ minimum: 0 })),
    assets: Type.Array(AssetShape, { minItems: 1, maxItems: 10_000 }),
    underlyings: Type.Array(UnderlyingShape, { maxItems: 10_000 }),
    instruments: Type.Array(InstrumentShape, { maxItems: 200_000 }),
  },
  { additionalProperties: false, $id: 'market/1' },
);

type AssetWire = Static<typeof AssetShape>;
type MarketFile = {
  readonly time: string;
  readonly revision?: number;
  readonly assets: readonly Static<typeof AssetShape>[];
  readonly underlyings: readonly UnderlyingWire[];
  readonly instruments: readonly InstrumentWire[];
};

/** Parses a `market/1` document into a checked {@link Market}. */
export function parseMarketFile(value: unknown): Market | Failure {
  const file = parseShape(MarketFileSchema, value, 'market') as MarketFile | Failure;
  if (isFailure(file)) return file;
  const timeMs = parseIsoTime(file.time, 'market.time');
  if (isFailure(timeMs)) return timeMs;
  const underlyings = parseEach(file.underlyings, (u, i) => parseUnderlying(u, `market.underlyings[${i}]`));
  if (isFailure(underlyings)) return underlyings;
  const products = parseEach(file.instruments, (p, i) => parseProduct(p, `market.instruments[${i}]`));
  if (isFailure(products)) return products;
  const quotes = file.instruments.flatMap((p): [string, InstrumentQuote][] =>
    p.mark === undefined
      ? []
      : [
          [
            p.id,
            {
              mark: toPrice(p.mark, p),
              fundingRate: p.kind === 'perpetual' ? (p.fundingRate ?? null) : null,
            },
          ],
        ],
  );
  const assets = parseEach(file.assets, (a, i) => parseAsset(a, timeMs, `market.assets[${i}]`));
  if (isFailure(assets)) return assets;
  return buildMarket({ revision: file.revision ?? 0, timeMs, assets, underlyings, products, quotes });
}

function toPrice(value: number, from: { confidence?: number; ageMs?: number }): Price {
  return { value, ageMs: from.ageMs ?? 0, confidence: from.confidence ?? 1, degraded: false };
}

function parseAsset(wire: AssetWire, timeMs: number, at: string): AssetQuote | Failure {
  const index = parseIndex(wire, timeMs, at);
  if (isFailure(index)) return index;
  return {
    asset: {
      id: wire.id,
      places: wire.places,
      kind: wire.kind,
      issuer: wire.issuer ?? null,
      pegTo: wire.pegTo ?? null,
    },
    index,
    averageValue: wire.average ?? index.value,
    redemptionValue: wire.redemption ?? null,
  };
}

/** One snapshot has no last good price to fall back on: sources that do not agree leave the asset without one. */
const GATE: QualityParameters = {
  sourcesMin: 1,
  ageMsMax: 60_000,
  unchangedMsMax: Infinity,
  spreadFracMax: 0.02,
  jumpFracMax: Infinity,
  jumpConfirmMs: 0,
  floor: null,
  ceiling: null,
};

/** The index as stated, or what the quality gate makes of the sources. Refuses SHAPE_INVALID (both or neither) and PRICE_MISSING. */
function parseIndex(wire: AssetWire, timeMs: number, at: string): Price | Failure {
  const { index, sources } = wire;
  if (index !== undefined && sources === undefined) return toPrice(index, wire);
  if (sources === undefined || index !== undefined) {
    const value = index === undefined ? 'neither' : 'both';
    return refuse('SHAPE_INVALID', { field: `${at}.index`, value, expected: 'either index or sources' });
  }
  const ticks = sources.map(({ source, value, ageMs }) => ({ source, value, timeMs: timeMs - (ageMs ?? 0) }));
  const { price, reasons } = judgePrice(NO_QUALITY, ticks, { timeMs, parameters: GATE });
  if (price !== null) return price;
  const value = reasons.map(({ source, reason }) => `${source ?? 'all'}: ${reason}`).join('; ');
  return refuse('PRICE_MISSING', {
    field: `${at}.sources`,
    value,
    expected: 'sources that agree on a price',
  });
}

/** Turns a checked underlying into a quote. Refuses DATE_INVALID. */
export function parseUnderlying(wire: UnderlyingWire, at: string): UnderlyingQuote | Failure {
  const forwards = parseEach(wire.forwards, (f, i): ForwardQuote | Failure => {
    const expiryMs = parseIsoTime(f.expiry, `${at}.forwards[${i}].expiry`);
    if (isFailure(expiryMs)) return expiryMs;
    return { expiryMs, forward: f.forward, rate: f.rate ?? 0, confidence: f.confidence ?? 1 };
  });
  if (isFailure(forwards)) return forwards;
  const smiles = parseEach(wire.surface ?? [], (s, i): Smile | Failure => {
    const expiryMs = parseIsoTime(s.expiry, `${at}.surface[${i}].expiry`);
    if (isFailure(expiryMs)) return expiryMs;
    return s.kind === 'grid'
      ? { kind: 'grid', expiryMs, logMoneyness: s.logMoneyness, vols: s.vols }
      : { kind: 'svi', expiryMs, a: s.a, b: s.b, rho: s.rho, m: s.m, sigma: s.sigma };
  });
  if (isFailure(smiles)) return smiles;
  return {
    id: wire.id,
    forwards,
    surface: smiles.length === 0 ? null : { smiles },
    depth: wire.depth ?? null,
  };
}
