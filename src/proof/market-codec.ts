import { isFailure } from '../base/failure.ts';
import { buildMarket, type MarketParts } from '../market/build.ts';
import type {
  AssetQuote,
  Depth,
  ForwardQuote,
  InstrumentQuote,
  Market,
  Price,
  UnderlyingQuote,
} from '../market/market.ts';
import type { GridSmile, Smile, SviSmile, VolatilitySurface } from '../market/surface.ts';
import type { Asset, Future, Option, Perpetual, Product, Spot } from '../product/product.ts';
import { id } from './account-codec.ts';
import {
  type Codec,
  flag,
  list,
  nullable,
  optional,
  real,
  record,
  u128,
  u53,
  variant,
  word,
} from './codec.ts';

const price = record<Price>({ value: real, ageMs: real, confidence: real, degraded: flag });

const assetQuote = record<AssetQuote>({
  asset: record<Asset>({
    id,
    places: u53,
    kind: word('coin', 'stable', 'fiat', 'index'),
    issuer: nullable(id),
    pegTo: nullable(id),
  }),
  index: price,
  averageValue: real,
  redemptionValue: nullable(real),
});

const smile = variant<Smile>('kind', {
  svi: record<SviSmile>({
    kind: word('svi'),
    expiryMs: real,
    a: real,
    b: real,
    rho: real,
    m: real,
    sigma: real,
    fittedMs: optional(real),
  }),
  grid: record<GridSmile>({
    kind: word('grid'),
    expiryMs: real,
    logMoneyness: list(real, 10_000),
    vols: list(real, 10_000),
  }),
});

const underlyingQuote = record<UnderlyingQuote>({
  id,
  forwards: list(
    record<ForwardQuote>({ expiryMs: real, forward: real, rate: real, confidence: real }),
    1_000,
  ),
  surface: nullable(record<VolatilitySurface>({ smiles: list(smile, 1_000) })),
  depth: nullable(
    record<Depth>({
      dailyVolume: real,
      halfSpreadFrac: real,
      bands: list(record<Depth['bands'][number]>({ bandFrac: real, quantity: real }), 1_000),
    }),
  ),
});

const listed = { id, underlying: id, settle: id, lotAtoms: u128 };
const form = word('linear', 'inverse');

const product = variant<Product>('kind', {
  spot: record<Spot>({ kind: word('spot'), ...listed }),
  perpetual: record<Perpetual>({ kind: word('perpetual'), ...listed, form, contractSize: real }),
  future: record<Future>({ kind: word('future'), ...listed, form, contractSize: real, expiryMs: real }),
  option: record<Option>({
    kind: word('option'),
    ...listed,
    form,
    contractSize: real,
    expiryMs: real,
    strike: real,
    right: word('call', 'put'),
  }),
});

type Quoted = { readonly instrument: string; readonly quote: InstrumentQuote };
type Parts = Omit<MarketParts, 'quotes'> & { readonly quotes: readonly Quoted[] };

const parts = record<Parts>({
  revision: u53,
  timeMs: u53,
  assets: list(assetQuote, 10_000),
  underlyings: list(underlyingQuote, 10_000),
  products: list(product, 200_000),
  quotes: list(
    record<Quoted>({
      instrument: id,
      quote: record<InstrumentQuote>({ mark: price, fundingRate: nullable(real) }),
    }),
    200_000,
  ),
});

/**
 * A market with everything that margin reads: prices, forwards, surfaces, depth, contracts. Read through the same checks as any
 * other market; lists ascend by id, and any other order has no place in it.
 */
export const marketCodec: Codec<Market> = {
  read: (json, field) => {
    const read = parts.read(json, field);
    if (isFailure(read)) return read;
    return buildMarket({
      ...read,
      quotes: read.quotes.map(({ instrument, quote }) => [instrument, quote] as const),
    });
  },
  write: (market) => parts.write(toParts(market)),
  encode: (writer, market) => parts.encode(writer, toParts(market)),
};

function toParts({ revision, timeMs, assets, underlyings, products, quotes }: Market): Parts {
  return {
    revision,
    timeMs,
    assets: [...assets.values()],
    underlyings: [...underlyings.values()],
    products: [...products.values()],
    quotes: [...quotes].map(([instrument, quote]) => ({ instrument, quote })),
  };
}
