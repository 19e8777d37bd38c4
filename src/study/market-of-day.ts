import { exp, log } from '../base/elementary.ts';
import { DAY_MS } from '../base/instant.ts';
import type { AssetQuote, Market, Price, UnderlyingQuote } from '../market/market.ts';
import type { Smile } from '../market/surface.ts';
import { type AssetId, type Derivative, YEAR_MS } from '../product/product.ts';
import type { History, HistorySeries } from '../scenario/history.ts';
import type { Factor } from '../scenario/set.ts';
import { LONG_DAYS, SHORT_DAYS } from '../scenario/shocks.ts';
import { productOf, rolledId, type RolledInstrument } from './instruments.ts';

/** Who stands behind a coin, where somebody does: for the wrong-way charge. */
const ISSUERS: ReadonlyMap<AssetId, string> = new Map([
  ['BNB', 'binance'],
  ['FTT', 'ftx'],
  ['LUNA_OLD', 'terra'],
]);

/** Row-wise access to the levels of a history. */
export type Levels = {
  readonly history: History;
  /** Level at a row; NaN where there is none. */
  readonly at: (asset: AssetId, kind: Factor['kind'], row: number) => number;
};

export function levelsOf(history: History): Levels {
  const series = new Map<string, HistorySeries>(
    history.series.map((one) => [`${one.factor.asset} ${one.factor.kind}`, one]),
  );
  return {
    history,
    at: (asset, kind, row) => {
      const one = series.get(`${asset} ${kind}`);
      return one === undefined || one.present[row] !== 1 ? NaN : one.values[row]!;
    },
  };
}

/** The assets with a price at every one of `rows`, ascending; USD always. */
export function listedAt(levels: Levels, assets: readonly AssetId[], rows: readonly number[]): AssetId[] {
  return assets.filter((asset) => asset === 'USD' || rows.every((row) => levels.at(asset, 'spot', row) > 0));
}

const DEVIATIONS: readonly number[] = [-1.5, -1, -0.7, -0.45, -0.2, 0, 0.2, 0.45, 0.7, 1, 1.5];
/** Vol per squared deviation: wings of about 0.05 at 25 delta. */
const CURVATURE = 0.1;
const VOL_MIN = 0.05;
const SURFACE_DAYS: readonly number[] = [7, 14, 30, 60, 90, 180];
const FORWARD_DAYS: readonly number[] = [7, 30, 90, 180];

/** What the market of a day is made of. `row` gives the levels; `timeMs` may be earlier: the same contracts under later prices. */
export type MarketMoment = {
  readonly levels: Levels;
  readonly row: number;
  readonly timeMs: number;
  readonly assets: readonly AssetId[];
  readonly products: ReadonlyMap<string, Derivative>;
};

/**
 * One snapshot at the levels of a row. Forwards: index · e^(basis·τ). Volatility: 30- and 180-day levels, linear in ln(days) between
 * them and flat outside, plus skew · k/√τ plus a fixed curvature. Perpetuals have no quote: they trade at the index.
 */
export function marketOfDay(moment: MarketMoment): Market {
  const { levels, row, timeMs, assets, products } = moment;
  const quotes = new Map<AssetId, AssetQuote>();
  const underlyings = new Map<AssetId, UnderlyingQuote>();
  for (const id of assets) {
    const usd = id === 'USD' ? 1 : levels.at(id, 'spot', row);
    const index: Price = { value: usd, ageMs: 0, confidence: 1, degraded: false };
    const kind = id === 'USD' ? 'fiat' : 'coin';
    const asset = { id, places: 8, kind, issuer: ISSUERS.get(id) ?? null, pegTo: null } as const;
    quotes.set(id, { asset, index, averageValue: usd, redemptionValue: null });
    if (id !== 'USD') underlyings.set(id, underlyingOf({ levels, row, timeMs, id, usd }));
  }
  return { revision: row, timeMs, assets: quotes, underlyings, products, quotes: new Map() };
}

type Place = {
  readonly levels: Levels;
  readonly row: number;
  readonly timeMs: number;
  readonly id: AssetId;
  readonly usd: number;
};

function underlyingOf({ levels, row, timeMs, id, usd }: Place): UnderlyingQuote {
  const short = levels.at(id, 'volShort', row);
  const basis = levels.at(id, 'basis', row);
  const forwards = Number.isNaN(basis)
    ? []
    : FORWARD_DAYS.map((days) => ({
        expiryMs: timeMs + days * DAY_MS,
        forward: usd * exp((basis * days * DAY_MS) / YEAR_MS),
        rate: 0,
        confidence: 1,
      }));
  if (Number.isNaN(short)) return { id, forwards, surface: null, depth: null };
  const long = levels.at(id, 'volLong', row);
  const skew = levels.at(id, 'skew', row);
  const smiles = SURFACE_DAYS.map((days): Smile => {
    const reach = Math.min(1, Math.max(0, log(days / SHORT_DAYS) / log(LONG_DAYS / SHORT_DAYS)));
    const atm = short + reach * (long - short);
    const root = Math.sqrt((days * DAY_MS) / YEAR_MS);
    return {
      kind: 'grid',
      expiryMs: timeMs + days * DAY_MS,
      logMoneyness: DEVIATIONS.map((d) => d * root),
      vols: DEVIATIONS.map((d) => Math.max(VOL_MIN, atm + skew * d + CURVATURE * d * d)),
    };
  });
  return { id, forwards, surface: { smiles }, depth: null };
}

/** The contracts that the instruments are on the day of a row, ascending by id; those of unlisted underlyings are left out. */
export function productsOfDay(
  instruments: readonly RolledInstrument[],
  at: { readonly levels: Levels; readonly row: number; readonly listed: ReadonlySet<AssetId> },
): Map<string, Derivative> {
  const timeMs = at.levels.history.timesMs[at.row]!;
  const made = instruments
    .filter(({ underlying }) => at.listed.has(underlying))
    .map((instrument): readonly [string, Derivative] => {
      const usd = at.levels.at(instrument.underlying, 'spot', at.row);
      const basis = at.levels.at(instrument.underlying, 'basis', at.row);
      const years = 'days' in instrument ? (instrument.days * DAY_MS) / YEAR_MS : 0;
      const forwardUsd = Number.isNaN(basis) ? usd : usd * exp(basis * years);
      return [rolledId(instrument), productOf(instrument, { timeMs, forwardUsd })];
    });
  return new Map(made.sort(([a], [b]) => (a < b ? -1 : 1)));
}
