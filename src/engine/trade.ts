import { QUANTITY_PLACES } from '../base/amount.ts';
import { HOUSE, rowBalances, settlementAccount } from '../ledger/ledger.ts';
import type { Posting } from '../ledger/transaction.ts';
import type { AssetId, InstrumentId, Product } from '../product/product.ts';
import { worthOf } from './cost.ts';
import type { AccountDoc, PositionDoc } from './documents.ts';
import { applyTrade, withPosition } from './position.ts';
import { post, type PostingReason } from './posting.ts';
import { accountAt, accountIndex, type EngineState, setAccount, type Turn } from './state.ts';
import { sleeveId } from './unit.ts';

/** One trade between two accounts or sleeves, by index. Quantity in contract atoms > 0; fees in atoms of the settlement asset. */
export type TradeBetween = {
  readonly id: string;
  readonly product: Product;
  readonly quantityAtoms: bigint;
  readonly price: number;
  readonly buyer: number;
  readonly seller: number;
  readonly buyerFeeAtoms: bigint;
  readonly sellerFeeAtoms: bigint;
};

/** What a trade does: postings by reason, and the position that each side ends with. */
export type TradePlan = {
  readonly instrument: InstrumentId;
  readonly cash: readonly Posting[];
  readonly cashWhy: 'premium' | 'realised' | 'settlement';
  readonly fees: readonly Posting[];
  readonly sides: readonly { readonly index: number; readonly position: PositionDoc | null }[];
};

/** The sleeve that a position of the account in this instrument stands in, else the account itself. */
export function holderOf(state: EngineState, account: number, instrument: InstrumentId): number {
  const doc = accountAt(state, account);
  if (doc.sleeves.length === 0) return account;
  const id = sleeveId(doc.id, instrument);
  return doc.sleeves.includes(id) ? accountIndex(state, id)! : account;
}

export function placesOf(state: EngineState, asset: AssetId): number {
  return state.ledger.assets[state.ledger.columnOf.get(asset)!]!.places;
}

/** Atoms of an asset in so many contracts of one unit each: exact, for spot lots are whole atoms. */
export function toAssetAtoms(quantityAtoms: bigint, places: number): bigint {
  return (quantityAtoms * 10n ** BigInt(places)) / 10n ** BigInt(QUANTITY_PLACES);
}

/**
 * Plans a trade without doing it. Both sides are rounded against themselves; what is left over goes to the settlement account of the
 * instrument, so that every asset sums to zero. Options and spot are paid in cash; perpetuals and futures keep what they cost, and realise
 * on reduction. Buyer and seller differ.
 */
export function planTrade(state: EngineState, trade: TradeBetween): TradePlan {
  const { product, quantityAtoms, price } = trade;
  const places = placesOf(state, product.settle);
  const worth = worthOf(product, { price, quantityAtoms, places });
  const house = settlementAccount(product.id);
  const sides = [
    { index: trade.buyer, quantityAtoms, costAtoms: worth.up, feeAtoms: trade.buyerFeeAtoms },
    {
      index: trade.seller,
      quantityAtoms: -quantityAtoms,
      costAtoms: -worth.down,
      feeAtoms: trade.sellerFeeAtoms,
    },
  ];
  const isCash = product.kind === 'option' || product.kind === 'spot';
  const cash: Posting[] = [];
  const fees: Posting[] = [];
  const ends: { index: number; position: PositionDoc | null }[] = [];
  let rest = 0n;
  for (const { index, quantityAtoms: signed, costAtoms, feeAtoms } of sides) {
    const { id: account, positions } = accountAt(state, index);
    const held = positions.find((p) => p.instrument === product.id);
    const traded = applyTrade(held, {
      instrument: product.id,
      quantityAtoms: signed,
      costAtoms: isCash ? 0n : costAtoms,
    });
    const paid = isCash ? -costAtoms : traded.realisedAtoms;
    cash.push({ account, asset: product.settle, atoms: paid });
    rest -= paid;
    if (product.kind === 'spot') {
      const atoms = toAssetAtoms(signed, placesOf(state, product.underlying));
      cash.push({ account, asset: product.underlying, atoms });
    } else {
      ends.push({ index, position: traded.position });
    }
    fees.push({ account, asset: product.settle, atoms: -feeAtoms });
    fees.push({ account: HOUSE.fee, asset: product.settle, atoms: feeAtoms });
  }
  cash.push({ account: house, asset: product.settle, atoms: rest });
  const cashWhy = product.kind === 'option' ? 'premium' : product.kind === 'spot' ? 'settlement' : 'realised';
  return { instrument: product.id, cash, cashWhy, fees, sides: ends };
}

/** Books a planned trade whose postings were judged: postings, positions, sleeves that closed. `why` replaces the reason of the cash. */
export function bookTrade(turn: Turn, id: string, plan: TradePlan & { readonly why?: PostingReason }): void {
  post(turn, { id, why: plan.why ?? plan.cashWhy, postings: plan.cash });
  post(turn, { id, why: 'fee', postings: plan.fees });
  for (const { index, position } of plan.sides) {
    setPosition(turn, index, { instrument: plan.instrument, position });
  }
}

/** Writes the position that an account ends with, tells of it, and dissolves a sleeve that has none left. */
export function setPosition(
  turn: Turn,
  index: number,
  { instrument, position }: { readonly instrument: InstrumentId; readonly position: PositionDoc | null },
): void {
  const { state } = turn;
  const doc = accountAt(state, index);
  setAccount(state, { ...doc, positions: withPosition(doc.positions, instrument, position) });
  turn.touched.add(index);
  for (const linked of state.owners.get(doc.owner) ?? []) turn.touched.add(linked);
  turn.events.push({
    kind: 'PositionChanged',
    account: doc.id,
    instrument,
    quantityAtoms: position?.quantityAtoms ?? 0n,
    costAtoms: position?.costAtoms ?? 0n,
  });
  if (doc.parent !== null && position === null) dissolveSleeve(turn, accountAt(state, index));
}

/** Gives what is left of a closed sleeve back to the pool. One that owes stays until the waterfall has settled it. */
export function dissolveSleeve(turn: Turn, sleeve: AccountDoc): void {
  const { state } = turn;
  const parent = accountIndex(state, sleeve.parent!)!;
  const held = rowBalances(state.ledger, state.ledger.rowOf.get(sleeve.id)!);
  const isLive = accountAt(state, parent).sleeves.includes(sleeve.id);
  if (!isLive || sleeve.positions.length > 0 || held.some(({ atoms }) => atoms < 0n)) return;
  const postings = held.flatMap(({ asset, atoms }): Posting[] => [
    { account: sleeve.id, asset: asset.id, atoms: -atoms },
    { account: sleeve.parent!, asset: asset.id, atoms },
  ]);
  post(turn, { id: sleeve.id, why: 'isolation', postings });
  const owner = accountAt(state, parent);
  setAccount(state, { ...owner, sleeves: owner.sleeves.filter((id) => id !== sleeve.id) });
  turn.touched.add(parent);
}
