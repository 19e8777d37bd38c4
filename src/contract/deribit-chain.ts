import { logRatio } from '../base/black-function.ts';
import { normalPdf } from '../base/normal.ts';
import { type Failure, isFailure } from '../base/failure.ts';
import { buildMarket } from '../market/build.ts';
import type {
  AssetQuote,
  Depth,
  ForwardQuote,
  InstrumentQuote,
  Market,
  Price,
  UnderlyingQuote,
} from '../market/market.ts';
import type { SmileQuotes } from '../market/smile-quotes.ts';
import { surfaceVariance } from '../market/surface.ts';
import { type SmileFit, fitSurface } from '../market/svi-fit.ts';
import { type Asset, type AssetId, type InstrumentId, type Product, YEAR_MS } from '../product/product.ts';
import { type ChainRow, type ChainTable, type SkipReason, readChain } from './chain-rows.ts';
import { toInstrumentName } from './instrument-name.ts';

/** What became of the rows of a chain, and how well the surfaces fit them. */
export type ChainReport = {
  readonly timeMs: number;
  readonly rowsUsed: number;
  readonly rowsSkipped: ReadonlyMap<SkipReason, number>;
  readonly underlyings: readonly {
    readonly id: AssetId;
    readonly indexUsd: number;
    readonly fits: readonly SmileFit[];
  }[];
};

const WHOLE_LOT = 100_000_000n;
/** USD per contract of inverse futures and perpetuals, and the smallest option quantity, by coin. */
const CONTRACT_USD: Readonly<Record<string, number>> = { BTC: 10 };
const CONTRACT_USD_OTHER = 1;
const OPTION_LOT: Readonly<Record<string, bigint>> = { BTC: WHOLE_LOT / 10n };
const COIN_PLACES = 8;
const CASH: readonly Asset[] = [
  { id: 'USD', places: 2, kind: 'fiat', issuer: null, pegTo: null },
  { id: 'USDC', places: 6, kind: 'stable', issuer: 'Circle', pegTo: 'USD' },
  { id: 'USDT', places: 6, kind: 'stable', issuer: 'Tether', pegTo: 'USD' },
];

/** Vol error that counts as one unit: half the spread in vol, within these bounds. */
const TOLERANCE_VOL_MIN = 0.002;
const TOLERANCE_VOL_MAX = 1;
/** Half-spread in coin assumed where there is no two-sided quote: a tick, or this share of the mark. */
const TICK_COIN = 0.0005;
const UNQUOTED_SPREAD_FRAC = 0.25;

/** Options with |delta| of at least this show what the underlying costs to trade. */
const SPREAD_DELTA_MIN = 0.25;
const HALF_SPREAD_FRAC_UNKNOWN = 0.001;
const DEPTH_BANDS = [0.01, 0.02, 0.05];

/**
 * Imports one snapshot of an exchange's option chain as a {@link Market} (MARKET-010): inverse options with their marks, a future per expiry at its
 * forward, a perpetual at the index, one arbitrage-free surface per coin fitted to the mark vols, depth estimated from open interest
 * and volume, stablecoins at par. `atMs`: the last snapshot at or before it; null: the last one.
 * Refuses MALFORMED_CSV, and what `buildMarket` refuses.
 */
export function importChain(
  table: ChainTable,
  atMs: number | null,
): { readonly market: Market; readonly report: ChainReport } | Failure {
  const snapshot = readChain(table, atMs);
  if (isFailure(snapshot)) return snapshot;
  const { timeMs } = snapshot;
  const byCoin = groupBy(snapshot.rows, (row) => row.name.underlying);
  const assets: AssetQuote[] = CASH.map((asset) => ({ asset, ...atPrice(1) }));
  const underlyings: UnderlyingQuote[] = [];
  const products: Product[] = [];
  const quotes: [InstrumentId, InstrumentQuote][] = [];
  const reported: ChainReport['underlyings'][number][] = [];
  for (const [id, rows] of byCoin) {
    const indexUsd = rows[0]!.index;
    assets.push({
      asset: { id, places: COIN_PLACES, kind: 'coin', issuer: null, pegTo: null },
      ...atPrice(indexUsd),
    });
    const { quote, fits } = toUnderlying(id, rows, timeMs);
    underlyings.push(quote);
    reported.push({ id, indexUsd, fits });
    for (const [product, mark] of toProducts(id, rows, quote.forwards)) {
      products.push(product);
      quotes.push([product.id, { mark: toPrice(mark), fundingRate: null }]);
    }
  }
  const market = buildMarket({ revision: 0, timeMs, assets, underlyings, products, quotes });
  if (isFailure(market)) return market;
  const { rows, skipped } = snapshot;
  return { market, report: { timeMs, rowsUsed: rows.length, rowsSkipped: skipped, underlyings: reported } };
}

function toPrice(value: number): Price {
  return { value, ageMs: 0, confidence: 1, degraded: false };
}

function atPrice(value: number): Omit<AssetQuote, 'asset'> {
  return { index: toPrice(value), averageValue: value, redemptionValue: null };
}

function groupBy<K extends string | number>(
  rows: readonly ChainRow[],
  keyOf: (row: ChainRow) => K,
): Map<K, ChainRow[]> {
  const groups = new Map<K, ChainRow[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return new Map([...groups].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** The products of one coin, each with its mark in its own unit. */
function toProducts(
  coin: AssetId,
  rows: readonly ChainRow[],
  forwards: readonly ForwardQuote[],
): [Product, number][] {
  const shared = { underlying: coin, settle: coin, form: 'inverse' } as const;
  const contractSize = CONTRACT_USD[coin] ?? CONTRACT_USD_OTHER;
  const perpetual = { ...shared, kind: 'perpetual' } as const;
  const products: [Product, number][] = [
    [{ ...perpetual, id: toInstrumentName(perpetual), lotAtoms: WHOLE_LOT, contractSize }, rows[0]!.index],
  ];
  for (const { expiryMs, forward } of forwards) {
    const future = { ...shared, kind: 'future', expiryMs } as const;
    products.push([{ ...future, id: toInstrumentName(future), lotAtoms: WHOLE_LOT, contractSize }, forward]);
  }
  for (const { id, name, mark } of rows) {
    products.push([{ ...name, id, lotAtoms: OPTION_LOT[coin] ?? WHOLE_LOT, contractSize: 1 }, mark]);
  }
  return products;
}

function toUnderlying(
  id: AssetId,
  rows: readonly ChainRow[],
  timeMs: number,
): { quote: UnderlyingQuote; fits: readonly SmileFit[] } {
  const forwards: ForwardQuote[] = [];
  const slices: SmileQuotes[] = [];
  for (const [expiryMs, group] of groupBy(rows, (row) => row.name.expiryMs)) {
    const { forward } = group[0]!;
    forwards.push({ expiryMs, forward, rate: 0, confidence: 1 });
    const quotes = toSmileQuotes(group, { expiryMs, forward, tauYears: (expiryMs - timeMs) / YEAR_MS });
    if (quotes !== null) slices.push(quotes);
  }
  const { surface, fits } = fitSurface(slices, timeMs);
  const monthMs = timeMs + YEAR_MS / 12;
  const variance = surfaceVariance(surface, { logMoneyness: 0, expiryMs: monthMs, timeMs });
  const dailyVol = Math.sqrt((variance * 12) / 365);
  const quote = {
    id,
    forwards,
    surface: slices.length === 0 ? null : surface,
    depth: toDepth(rows, timeMs, dailyVol),
  };
  return { quote, fits };
}

/** Vega in coin per unit of the underlying and 1.00 of vol: φ(d1)·√τ. */
function vegaCoin(row: ChainRow, tauYears: number): number {
  const deviation = row.vol! * Math.sqrt(tauYears);
  return normalPdf(logForwardOverStrike(row) / deviation + 0.5 * deviation) * Math.sqrt(tauYears);
}

function logForwardOverStrike({ forward, name }: ChainRow): number {
  return forward <= name.strike ? logRatio(forward, name.strike) : -logRatio(name.strike, forward);
}

/** One vol per strike (MARKET-011), of the out-of-the-money side where both are there, weighed by how narrowly it is quoted. */
function toSmileQuotes(
  group: readonly ChainRow[],
  at: { expiryMs: number; forward: number; tauYears: number },
): SmileQuotes | null {
  const chosen = new Map<number, ChainRow>();
  for (const row of group) {
    if (row.vol === null || !(row.vol > 0)) continue;
    const { strike, right } = row.name;
    const outside = right === 'call' ? strike >= at.forward : strike < at.forward;
    if (outside || !chosen.has(strike)) chosen.set(strike, row);
  }
  const rows = [...chosen.values()].toSorted((a, b) => a.name.strike - b.name.strike);
  if (rows.length === 0) return null;
  const tolerances = rows.map((row) => {
    const half = halfSpread(row) ?? Math.max(TICK_COIN, UNQUOTED_SPREAD_FRAC * row.mark);
    return Math.min(TOLERANCE_VOL_MAX, Math.max(TOLERANCE_VOL_MIN, half / vegaCoin(row, at.tauYears)));
  });
  return {
    expiryMs: at.expiryMs,
    logMoneyness: Float64Array.from(rows, (row) => -logForwardOverStrike(row)),
    vols: Float64Array.from(rows, (row) => row.vol!),
    tolerances: Float64Array.from(tolerances),
  };
}

/** Half of ask − bid in coin, or null without a two-sided quote. */
function halfSpread({ bid, ask }: ChainRow): number | null {
  return bid !== null && ask !== null && bid > 0 && ask > bid ? 0.5 * (ask - bid) : null;
}

/**
 * Depth of the underlying as far as its options show it (MARKET-012). Daily volume: that of the options, in coin. Half-spread: the median over options
 * near the money of half their spread per unit of delta (a coin price is a fraction of the underlying's). Bands: what moves the price by
 * the band under the square-root law, volume · (band / daily vol)², at most the open interest.
 */
function toDepth(rows: readonly ChainRow[], timeMs: number, dailyVol: number): Depth {
  let dailyVolume = 0;
  let openInterest = 0;
  const spreads: number[] = [];
  for (const row of rows) {
    dailyVolume += row.volume;
    openInterest += row.openInterest;
    const half = halfSpread(row);
    if (half === null || row.vol === null || !(row.vol > 0)) continue;
    const deviation = row.vol * Math.sqrt((row.name.expiryMs - timeMs) / YEAR_MS);
    const inside = Math.abs(logForwardOverStrike(row)) < 0.6 * deviation;
    if (inside) spreads.push(half / SPREAD_DELTA_MIN);
  }
  spreads.sort((a, b) => a - b);
  return {
    dailyVolume,
    halfSpreadFrac: spreads[spreads.length >> 1] ?? HALF_SPREAD_FRAC_UNKNOWN,
    bands: DEPTH_BANDS.map((bandFrac) => {
      const reach = bandFrac / dailyVol;
      return { bandFrac, quantity: dailyVol > 0 ? Math.min(openInterest, dailyVolume * reach * reach) : 0 };
    }),
  };
}
