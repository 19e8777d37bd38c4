import { QUANTITY_PLACES, toNumber } from '../base/amount.ts';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { VALUE_MAX } from '../collateral/pool.ts';
import { readCell } from '../ledger/column.ts';
import type { Market } from '../market/market.ts';
import { toValuedPosition, type ValuedBook, type ValuedPosition } from '../margin/valued-book.ts';
import type { Account, AccountId, AccountMode, Position } from '../portfolio/account.ts';
import type { AssetId, Derivative } from '../product/product.ts';
import type { AccountDoc, PositionDoc } from './documents.ts';
import { markOf, type Scenarios } from './scenarios.ts';
import { accountAt, accountIndex, type EngineState } from './state.ts';

/** What margin looks at: an account or a sleeve as it is, or as it would be. Balances ascend by asset. */
export type Unit = {
  readonly id: AccountId;
  readonly owner: string;
  readonly mode: AccountMode;
  readonly isSleeve: boolean;
  readonly balances: readonly (readonly [AssetId, bigint])[];
  readonly positions: readonly PositionDoc[];
};

/** An account or sleeve as it is. */
export function unitOf(state: EngineState, index: number): Unit {
  const { id, owner, mode, parent, positions } = accountAt(state, index);
  return { id, owner, mode, isSleeve: parent !== null, balances: balancesOf(state, index), positions };
}

function balancesOf(state: EngineState, index: number): (readonly [AssetId, bigint])[] {
  const { assets, columns } = state.ledger;
  const row = state.rows[index]!;
  const balances: (readonly [AssetId, bigint])[] = [];
  for (let column = 0; column < columns.length; column++) {
    const atoms = readCell(columns[column]!, row);
    if (atoms !== 0n) balances.push([assets[column]!.id, atoms]);
  }
  return balances.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The unit with `atoms` more of an asset. */
export function withBalance(unit: Unit, asset: AssetId, atoms: bigint): Unit {
  const before = unit.balances.find(([id]) => id === asset)?.[1] ?? 0n;
  const rest = unit.balances.filter(([id]) => id !== asset);
  const balances: (readonly [AssetId, bigint])[] = [...rest, [asset, before + atoms]];
  return { ...unit, balances: balances.sort(([a], [b]) => (a < b ? -1 : 1)) };
}

/**
 * The account as reports and what-if see it: sleeves are its positions with collateral of their own, and of its credit lines only those
 * in force are there.
 */
export function toAccount(state: EngineState, index: number): Account {
  const doc = accountAt(state, index);
  const positions: Position[] = doc.positions.map((p) => ({ ...p, isolatedAtoms: null }));
  for (const sleeve of sleevesOf(state, doc)) {
    const place = accountIndex(state, sleeve.id)!;
    for (const position of sleeve.positions) {
      const settle =
        state.tables.instruments.items[state.tables.instruments.indexOf.get(position.instrument)!]!.product
          .settle;
      const isolatedAtoms = balancesOf(state, place).find(([asset]) => asset === settle)?.[1] ?? 0n;
      positions.push({ ...position, isolatedAtoms });
    }
  }
  return {
    id: doc.id,
    client: doc.client,
    owner: doc.owner,
    mode: doc.mode,
    balances: new Map(balancesOf(state, index)),
    positions,
    orders: doc.orders.map(({ id, instrument, quantityAtoms, price }) => ({
      id,
      instrument,
      quantityAtoms,
      price,
    })),
    creditLines: doc.credit
      .filter((line) => line.state === 'in-force')
      .map(({ id, limitUsd, grantor, approver, expiryMs }) => ({
        id,
        limitUsd,
        grantor,
        approver,
        expiryMs,
      })),
  };
}

/** Separates an account from the instrument of a sleeve; no account id may contain it. */
export const SLEEVE_MARK = '|';

export function sleeveId(account: AccountId, instrument: string): string {
  return `${account}${SLEEVE_MARK}${instrument}`;
}

/** The live sleeves of an account, in order of opening. */
function sleevesOf(state: EngineState, doc: AccountDoc): AccountDoc[] {
  return doc.sleeves.map((id) => accountAt(state, accountIndex(state, id)!));
}

/**
 * Values a unit with contracts that were marked once for everybody: the same book as `valueBook` of margin gives, to the bit. Refuses what
 * has no price.
 */
export function bookOf(unit: Unit, market: Market, scenarios: Scenarios): ValuedBook | Failure {
  const amounts = new Map<AssetId, number>();
  for (const [asset, atoms] of unit.balances) {
    const quote = market.assets.get(asset);
    if (quote === undefined) return unpriced(`balances.${asset}`, asset);
    amounts.set(asset, toNumber(atoms, quote.asset.places));
  }
  const pooled: ValuedPosition[] = [];
  for (const position of unit.positions) {
    const valued = valuePosition(position, market, scenarios);
    if (isFailure(valued)) return valued;
    pooled.push(valued);
    const { settle } = valued.product;
    amounts.set(settle, (amounts.get(settle) ?? 0) + valued.unrealisedSettle);
  }
  const holdings = new Map<AssetId, number>();
  for (const asset of [...amounts.keys()].sort()) {
    const amount = amounts.get(asset)!;
    if (!(Math.abs(amount) * market.assets.get(asset)!.index.value <= VALUE_MAX)) {
      return tooLarge(`balances.${asset}`, amount);
    }
    holdings.set(asset, amount);
  }
  const account = accountOf(unit, []);
  return { account, market, pooled, sleeved: [], holdings };
}

/** A unit as an account without orders and credit: what margin assesses. */
export function accountOf(unit: Unit, positions: readonly Position[]): Account {
  const { id, owner, mode } = unit;
  const balances = new Map(unit.balances);
  return { id, client: id, owner, mode, balances, positions, orders: [], creditLines: [] };
}

/** One position of a unit valued at the market of the moment. */
export function valuePosition(
  position: PositionDoc,
  market: Market,
  scenarios: Scenarios,
): ValuedPosition | Failure {
  const product = market.products.get(position.instrument);
  if (product === undefined || product.kind === 'spot') {
    return unpriced(`positions.${position.instrument}`, position.instrument);
  }
  const contract = markOf(scenarios, market, product);
  if (isFailure(contract)) return contract;
  const { places } = market.assets.get(product.settle)!.asset;
  return toValuedPosition(product as Derivative, contract, {
    quantity: toNumber(position.quantityAtoms, QUANTITY_PLACES),
    costSettle: toNumber(position.costAtoms, places),
    isolatedSettle: null,
  });
}

function unpriced(field: string, value: string): Failure {
  return refuse('PRICE_MISSING', { field, value, expected: 'something that the market has a price for' });
}

function tooLarge(field: string, value: number): Failure {
  return refuse('NUMBER_NOT_FINITE', { field, value, expected: `worth at most ${VALUE_MAX} USD` });
}
