import { parseAtoms, QUANTITY_PLACES } from '../base/amount.ts';
import { unreachable } from '../base/assert.ts';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { Market } from '../market/market.ts';
import type { Account, Position } from '../portfolio/account.ts';
import { entryCostAtoms } from '../pricer/cost.ts';
import { moveMarket } from '../pricer/move.ts';
import type { AssetId, InstrumentId } from '../product/product.ts';
import type { Methodology } from './methodology.ts';

/** One change to a book, its market or its parameters. Quantities and amounts are plain decimals. */
export type Change =
  | {
      readonly kind: 'trade';
      readonly instrument: InstrumentId;
      readonly quantity: string;
      readonly price: number | null;
    }
  | { readonly kind: 'remove'; readonly instrument: InstrumentId }
  | { readonly kind: 'deposit'; readonly asset: AssetId; readonly amount: string }
  | { readonly kind: 'move-spot'; readonly asset: AssetId; readonly frac: number }
  | { readonly kind: 'move-vol'; readonly underlying: AssetId; readonly frac: number }
  | { readonly kind: 'pass-time'; readonly days: number }
  | { readonly kind: 'set'; readonly path: string; readonly value: unknown };

export type Situation = {
  readonly account: Account;
  readonly market: Market;
  readonly methodology: Methodology;
};

/**
 * Applies changes in order and returns the changed situation (WHATIF-001); the given one is untouched (rule 4: judge, then act). Refuses unknown
 * ids, prices that nothing can have, and parameters that do not exist.
 */
export function applyChanges(situation: Situation, changes: readonly Change[]): Situation | Failure {
  let at = situation;
  for (let i = 0; i < changes.length; i++) {
    const next = applyChange(at, changes[i]!, `changes[${i}]`);
    if (isFailure(next)) return next;
    at = next;
  }
  return at;
}

function applyChange(at: Situation, change: Change, field: string): Situation | Failure {
  switch (change.kind) {
    case 'trade':
      return withAccount(at, tradeIn(at.account, at.market, { ...change, field }));
    case 'remove':
      return withAccount(at, removePosition(at.account, change.instrument, field));
    case 'deposit':
      return withAccount(at, deposit(at, change, field));
    case 'move-spot':
      return withMarket(at, { spot: [change.asset, change.frac], vol: null, days: 0, field });
    case 'move-vol':
      return withMarket(at, { spot: null, vol: [change.underlying, change.frac], days: 0, field });
    case 'pass-time':
      return withMarket(at, { spot: null, vol: null, days: change.days, field });
    case 'set': {
      const methodology = setParameter(at.methodology, change, field);
      return isFailure(methodology) ? methodology : { ...at, methodology };
    }
    default:
      return unreachable(change);
  }
}

function withAccount(at: Situation, account: Account | Failure): Situation | Failure {
  return isFailure(account) ? account : { ...at, account };
}

type Move = {
  readonly spot: readonly [AssetId, number] | null;
  readonly vol: readonly [AssetId, number] | null;
  readonly days: number;
  readonly field: string;
};

function withMarket(at: Situation, { spot, vol, days, field }: Move): Situation | Failure {
  for (const [asset, frac] of [spot, vol].filter((m) => m !== null)) {
    const known = at.market.assets.has(asset);
    if (!known) return refuse('UNKNOWN_ASSET', { field, value: asset, expected: 'an asset of the market' });
    if (!(frac > -1 && frac < 1_000)) {
      return refuse('NUMBER_OUT_OF_RANGE', { field, value: frac, expected: 'a move above −100 %' });
    }
  }
  if (!(days >= 0 && days < 36_500)) {
    return refuse('NUMBER_OUT_OF_RANGE', { field, value: days, expected: 'days from 0 to 36,500' });
  }
  const market = moveMarket(at.market, {
    spotFrac: new Map(spot === null ? [] : [spot]),
    volFrac: new Map(vol === null ? [] : [vol]),
    daysForward: days,
  });
  return isFailure(market) ? market : { ...at, market };
}

/** The account after it bought (+) or sold (−) contracts at `price`, null = at the mark. Refuses unknown ids and impossible prices. */
export function tradeIn(
  account: Account,
  market: Market,
  change: {
    readonly instrument: InstrumentId;
    readonly quantity: string;
    readonly price: number | null;
    readonly field: string;
  },
): Account | Failure {
  const { field } = change;
  const product = market.products.get(change.instrument);
  if (product === undefined || product.kind === 'spot') {
    return refuse('UNKNOWN_INSTRUMENT', {
      field: `${field}.instrument`,
      value: change.instrument,
      expected: 'a listed derivative',
    });
  }
  const quantity = parseAtoms(change.quantity, QUANTITY_PLACES, `${field}.quantity`);
  if (isFailure(quantity)) return quantity;
  const entry = { quantityAtoms: quantity, price: change.price };
  const costAtoms = entryCostAtoms(product, entry, { market, field: `${field}.price` });
  if (isFailure(costAtoms)) return costAtoms;
  const held = account.positions.find((p) => p.instrument === change.instrument);
  const merged: Position = {
    instrument: change.instrument,
    quantityAtoms: (held?.quantityAtoms ?? 0n) + quantity,
    costAtoms: (held?.costAtoms ?? 0n) + costAtoms,
    isolatedAtoms: held?.isolatedAtoms ?? null,
  };
  const positions =
    held === undefined
      ? [...account.positions, merged]
      : account.positions.map((p) => (p === held ? merged : p));
  return { ...account, positions };
}

function removePosition(account: Account, instrument: InstrumentId, field: string): Account | Failure {
  const positions = account.positions.filter((p) => p.instrument !== instrument);
  if (positions.length === account.positions.length) {
    return refuse('UNKNOWN_INSTRUMENT', { field, value: instrument, expected: 'a position of the book' });
  }
  return { ...account, positions };
}

function deposit(at: Situation, change: Change & { kind: 'deposit' }, field: string): Account | Failure {
  const quote = at.market.assets.get(change.asset);
  if (quote === undefined) {
    return refuse('UNKNOWN_ASSET', { field, value: change.asset, expected: 'an asset of the market' });
  }
  const atoms = parseAtoms(change.amount, quote.asset.places, `${field}.amount`);
  if (isFailure(atoms)) return atoms;
  const amounts = new Map(at.account.balances).set(
    change.asset,
    (at.account.balances.get(change.asset) ?? 0n) + atoms,
  );
  const balances = new Map([...amounts.keys()].sort().map((asset) => [asset, amounts.get(asset)!]));
  return { ...at.account, balances };
}

/** Replaces one leaf of the methodology, named by its path (`unified.diversificationFrac`), by a value of the same type. */
function setParameter(
  methodology: Methodology,
  change: Change & { kind: 'set' },
  field: string,
): Methodology | Failure {
  const path = change.path.split('.');
  const replaced = replaceLeaf(methodology, path, change.value);
  if (replaced === null) {
    return refuse('SHAPE_INVALID', {
      field: `${field}.${change.path}`,
      value: JSON.stringify(change.value),
      expected: 'an existing parameter and a value of its type',
    });
  }
  return { ...(replaced as Methodology), version: `${methodology.version}+what-if` };
}

function replaceLeaf(node: unknown, path: readonly string[], value: unknown): unknown {
  const [head, ...rest] = path;
  if (head === undefined) {
    return typeof node === typeof value && typeof node !== 'object' ? value : null;
  }
  if (typeof node !== 'object' || node === null || !Object.hasOwn(node, head)) return null;
  const inner = replaceLeaf((node as Record<string, unknown>)[head], rest, value);
  if (inner === null) return null;
  if (Array.isArray(node)) return node.map((item: unknown, i) => (String(i) === head ? inner : item));
  return { ...node, [head]: inner };
}
