import { type Failure, isFailure } from '../../base/failure.ts';
import { assessPool, type Pool } from '../../collateral/pool.ts';
import type { Methodology } from '../../margin/methodology.ts';
import { scalePosition, type ValuedBook, type ValuedPosition } from '../../margin/valued-book.ts';
import type { Market } from '../../market/market.ts';
import { type ContractMark, markContract } from '../../pricer/mark.ts';
import type { AssetId, Derivative } from '../../product/product.ts';
import { assetsOf, type HypotheticalBook } from '../books.ts';
import { rolledId, type RolledInstrument } from '../instruments.ts';
import { type Levels, listedAt, marketOfDay, productsOfDay } from '../market-of-day.ts';

/** The market of one day, the same contracts under the prices at the end of the liquidation period, and what one contract made. */
export type Day = {
  readonly row: number;
  readonly market: Market;
  readonly products: ReadonlyMap<string, Derivative>;
  readonly marks: ReadonlyMap<string, ContractMark>;
  /** USD made by one contract, or one unit of an asset, over the liquidation period. */
  readonly realised: ReadonlyMap<string, number>;
};

/**
 * Prices a day. `assets` must be listed at `row`, and where `laterRow` is given also there; otherwise nothing is realised. Time to expiry
 * is the same at both ends: tenors are constant, so neither scenarios nor outcome contain time decay. Refuses what pricing refuses.
 */
export function priceDay(at: {
  readonly levels: Levels;
  readonly row: number;
  readonly laterRow: number | null;
  readonly assets: readonly AssetId[];
  readonly instruments: readonly RolledInstrument[];
}): Day | Failure {
  const { levels, row, laterRow, assets, instruments } = at;
  const timeMs = levels.history.timesMs[row]!;
  const products = productsOfDay(instruments, { levels, row, listed: new Set(assets) });
  const moment = { levels, row, timeMs, assets, products };
  const market = marketOfDay(moment);
  const later = laterRow === null ? null : marketOfDay({ ...moment, row: laterRow });
  const marks = new Map<string, ContractMark>();
  const realised = new Map<string, number>();
  for (const [id, product] of products) {
    const mark = markContract(product, market);
    if (isFailure(mark)) return mark;
    marks.set(id, mark);
    if (later === null) continue;
    const after = markContract(product, later);
    if (isFailure(after)) return after;
    realised.set(id, (after.valueSettle - mark.valueSettle) * after.settleUsd);
  }
  for (const asset of later === null ? [] : assets) {
    realised.set(asset, later!.assets.get(asset)!.index.value - market.assets.get(asset)!.index.value);
  }
  return { row, market, products, marks, realised };
}

/** A book on a day: positions at the day's prices with nothing unrealised, and its pool. */
export type HeldBook = {
  readonly valued: ValuedBook;
  /** Under the methodology as it stands, and with published haircuts for methods that simulate nothing. */
  readonly pool: Pool;
  readonly haircutPool: Pool;
};

const NO_ACCOUNT: ValuedBook['account'] = {
  id: 'hypothetical',
  client: 'study',
  owner: 'study',
  mode: 'portfolio',
  balances: new Map(),
  positions: [],
  orders: [],
  creditLines: [],
};

/** Sizes a book to the day. Refuses what the pool refuses. */
export function holdBook(
  book: HypotheticalBook,
  day: Day,
  rules: { readonly simulated: Methodology['collateral']; readonly published: Methodology['collateral'] },
): HeldBook | Failure {
  const { market, marks, products } = day;
  const pooled = book.legs.map(({ instrument, notionalUsd }): ValuedPosition => {
    const id = rolledId(instrument);
    return positionOf(products.get(id)!, marks.get(id)!, notionalUsd);
  });
  const holdings = new Map(
    book.holdings.map(({ asset, valueUsd }) => [asset, valueUsd / market.assets.get(asset)!.index.value]),
  );
  const pool = assessPool(holdings, market, rules.simulated);
  if (isFailure(pool)) return pool;
  const haircutPool = assessPool(holdings, market, rules.published);
  if (isFailure(haircutPool)) return haircutPool;
  const valued = { account: NO_ACCOUNT, market, pooled, sleeved: [], holdings };
  return { valued, pool, haircutPool };
}

function positionOf(product: Derivative, contract: ContractMark, notionalUsd: number): ValuedPosition {
  const one: ValuedPosition = {
    product,
    quantity: 1,
    contract,
    unrealisedSettle: 0,
    unrealisedUsd: 0,
    notionalUsd: contract.notionalUsd,
    deltaUsd: contract.deltaUsd,
    gammaUsd: contract.gammaUsd,
    vegaUsd: contract.vegaUsd,
    thetaUsd: contract.thetaUsd,
    isolatedSettle: null,
  };
  return scalePosition(one, notionalUsd / contract.notionalUsd);
}

/** What the book made over the liquidation period, collateral included, USD. */
export function realisedOf(held: HeldBook, day: Day): number {
  let sum = 0;
  for (const { product, quantity } of held.valued.pooled) sum += quantity * day.realised.get(product.id)!;
  for (const [asset, amount] of held.valued.holdings) sum += amount * day.realised.get(asset)!;
  return sum;
}

/** The books whose assets all have a price at every one of the rows. */
export function booksAlive(
  books: readonly HypotheticalBook[],
  at: { readonly levels: Levels; readonly rows: readonly number[] },
): number[] {
  const assets = [...new Set(books.flatMap(assetsOf))].sort();
  const listed = new Set(listedAt(at.levels, assets, at.rows));
  return books.flatMap((book, b) => (assetsOf(book).every((asset) => listed.has(asset)) ? [b] : []));
}
