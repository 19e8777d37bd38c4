import { roundDownAtoms, roundUpAtoms, toNumber } from '../base/amount.ts';
import { isFailure } from '../base/failure.ts';
import { HOUSE, rowBalances } from '../ledger/ledger.ts';
import type { Posting } from '../ledger/transaction.ts';
import { drawFund, type LossHolder, shareLoss } from '../liquidation/loss.ts';
import { apportion, sumOf } from '../liquidation/whole.ts';
import type { AssetId } from '../product/product.ts';
import { levelsAt, type Place } from './levels.ts';
import { atomsOf, post } from './posting.ts';
import { accountAt, ascending, type EngineState, parametersOf, type Turn } from './state.ts';
import { placesOf, dissolveSleeve } from './trade.ts';

type Holding = { readonly asset: AssetId; readonly atoms: bigint; readonly usd: number };

/** What an account holds and owes, in USD at the index, largest value first. */
function holdingsOf(state: EngineState, account: string, { market }: Place): Holding[] {
  return rowBalances(state.ledger, state.ledger.rowOf.get(account)!)
    .flatMap(({ asset: { id, places }, atoms }) => {
      const price = market.assets.get(id)?.index.value;
      return price === undefined ? [] : [{ asset: id, atoms, usd: toNumber(atoms, places) * price }];
    })
    .sort((a, b) => b.usd - a.usd || (a.asset < b.asset ? -1 : 1));
}

/**
 * Pays a deficit of an account from the insurance fund, first in what the account owes, then in whatever the fund has most of. Gives what
 * was paid, USD.
 */
export function payFromFund(
  turn: Turn,
  index: number,
  of: { readonly deficitUsd: number; readonly place: Place },
): number {
  const { state } = turn;
  const { id } = accountAt(state, index);
  const owed = holdingsOf(state, id, of.place)
    .filter(({ atoms }) => atoms < 0n)
    .toReversed()
    .map(({ asset }) => asset);
  const fund = holdingsOf(state, HOUSE.insurance, of.place).map(({ asset }) => asset);
  let leftUsd = of.deficitUsd;
  const postings: Posting[] = [];
  for (const asset of new Set([...owed, ...fund])) {
    if (!(leftUsd > 0)) break;
    const price = of.place.market.assets.get(asset)!.index.value;
    const places = placesOf(state, asset);
    const { paidAtoms } = drawFund(
      atomsOf(state, HOUSE.insurance, asset),
      roundUpAtoms(leftUsd / price, places),
    );
    if (paidAtoms === 0n) continue;
    postings.push(
      { account: HOUSE.insurance, asset, atoms: -paidAtoms },
      { account: id, asset, atoms: paidAtoms },
    );
    leftUsd -= toNumber(paidAtoms, places) * price;
  }
  post(turn, { id, why: 'bankruptcy', postings });
  turn.touched.add(index);
  return of.deficitUsd - Math.max(0, leftUsd);
}

/**
 * Settles what an account owes with what it owns, at the index, against the insurance fund and then the backstops, as far as they hold
 * what is owed. Rounded against the account.
 */
export function settleDebts(turn: Turn, index: number, place: Place): void {
  const { state } = turn;
  const { id } = accountAt(state, index);
  const backstops = parametersOf(state).rules.liquidation.backstops.filter((name) =>
    state.ledger.rowOf.has(name),
  );
  for (const { asset } of holdingsOf(state, id, place).filter((h) => h.atoms < 0n)) {
    for (const { asset: owned } of holdingsOf(state, id, place).filter((h) => h.atoms > 0n)) {
      for (const counterparty of [HOUSE.insurance, ...backstops]) {
        if (counterparty !== id) swap(turn, { id, counterparty, asset, owned, place });
      }
    }
  }
  turn.touched.add(index);
}

type Swap = {
  readonly id: string;
  readonly counterparty: string;
  readonly asset: AssetId;
  readonly owned: AssetId;
  readonly place: Place;
};

/** The counterparty gives what is owed and takes as much of what is owned, as far as either goes. */
function swap(turn: Turn, { id, counterparty, asset, owned, place }: Swap): void {
  const { state } = turn;
  const { assets } = place.market;
  const owedAtoms = -atomsOf(state, id, asset);
  const ownedAtoms = atomsOf(state, id, owned);
  const available = atomsOf(state, counterparty, asset);
  if (owedAtoms <= 0n || ownedAtoms <= 0n || available <= 0n) return;
  const [price, ownedPrice] = [assets.get(asset)!.index.value, assets.get(owned)!.index.value];
  const [places, ownedPlaces] = [placesOf(state, asset), placesOf(state, owned)];
  const affordable = roundDownAtoms((toNumber(ownedAtoms, ownedPlaces) * ownedPrice) / price, places);
  const gives = [owedAtoms, available, affordable].reduce((least, one) => (one < least ? one : least));
  if (gives <= 0n) return;
  const wanted = roundUpAtoms((toNumber(gives, places) * price) / ownedPrice, ownedPlaces);
  const takes = wanted < ownedAtoms ? wanted : ownedAtoms;
  post(turn, {
    id,
    why: 'bankruptcy',
    postings: [
      { account: counterparty, asset, atoms: -gives },
      { account: id, asset, atoms: gives },
      { account: id, asset: owned, atoms: -takes },
      { account: counterparty, asset: owned, atoms: takes },
    ],
  });
}

/**
 * Shares what accounts still owe, together, over all positive equity (LIQUIDATION-021), asset by asset, accounts in liquidation left out.
 * Whoever pays is given his part of what the debtors still own, at the index; only what that does not cover is a loss. Gives the loss of each
 * debtor, USD.
 */
export function shareDebts(turn: Turn, debtors: readonly number[], place: Place): Map<number, number> {
  const { state } = turn;
  const losses = new Map(debtors.map((index) => [index, 0]));
  for (const { id: asset } of state.ledger.assets) {
    const owing = debtors.filter((index) => atomsOf(state, accountAt(state, index).id, asset) < 0n);
    if (owing.length > 0 && place.market.assets.has(asset)) shareAsset(turn, { asset, owing, place, losses });
  }
  for (const index of debtors) turn.touched.add(index);
  return losses;
}

type Sharing = {
  readonly asset: AssetId;
  readonly owing: readonly number[];
  readonly place: Place;
  readonly losses: Map<number, number>;
};

function shareAsset(turn: Turn, { asset, owing, place, losses }: Sharing): void {
  const { state } = turn;
  const price = place.market.assets.get(asset)!.index.value;
  const places = placesOf(state, asset);
  const debts = owing.map((index) => -atomsOf(state, accountAt(state, index).id, asset));
  const { shares } = shareLoss(sumOf(debts), holdersOfEquity(state, { price, places }));
  const weights = shares.map(({ paysAtoms }) => paysAtoms);
  const postings = shares.map(({ account, paysAtoms }): Posting => ({ account, asset, atoms: -paysAtoms }));
  const given = new Map<AssetId, bigint>();
  for (const [i, part] of apportion(sumOf(weights), debts).entries()) {
    const { id } = accountAt(state, owing[i]!);
    postings.push({ account: id, asset, atoms: part });
    let lostUsd = toNumber(part, places) * price;
    for (const one of deliveries(holdingsOf(state, id, place), lostUsd)) {
      postings.push({ account: id, asset: one.asset, atoms: -one.atoms });
      given.set(one.asset, (given.get(one.asset) ?? 0n) + one.atoms);
      lostUsd -= one.usd;
    }
    losses.set(owing[i]!, losses.get(owing[i]!)! + Math.max(0, lostUsd));
  }
  for (const [id, atoms] of given) {
    const parts = apportion(atoms, weights);
    postings.push(...shares.map(({ account }, i): Posting => ({ account, asset: id, atoms: parts[i]! })));
  }
  post(turn, { id: `loss ${asset} ${turn.seq}`, why: 'loss-sharing', postings });
  for (const { account } of shares) turn.touched.add(state.tables.accounts.indexOf.get(account)!);
}

/** What an account owns, largest first, up to a value: whole atoms, the last asset rounded up. Nothing where nothing was paid. */
function deliveries(holdings: readonly Holding[], paidUsd: number): Holding[] {
  const given: Holding[] = [];
  let leftUsd = paidUsd;
  for (const { asset, atoms, usd } of holdings) {
    if (atoms <= 0n || !(leftUsd > 0)) continue;
    const part = usd <= leftUsd ? atoms : roundUpAtoms(Number(atoms) * (leftUsd / usd), 0);
    const whole = part < atoms ? part : atoms;
    given.push({ asset, atoms: whole, usd: Math.min(usd, leftUsd) });
    leftUsd -= usd;
  }
  return given;
}

function holdersOfEquity(
  state: EngineState,
  { price, places }: { readonly price: number; readonly places: number },
): LossHolder[] {
  const holders: LossHolder[] = [];
  for (const [index, { id, parent, liquidation }] of state.tables.accounts.items.entries()) {
    if (parent !== null || liquidation !== null) continue;
    const levels = levelsAt(state, index);
    if (isFailure(levels) || !(levels.equityUsd > 0)) continue;
    holders.push({ account: id, equityAtoms: roundDownAtoms(levels.equityUsd / price, places) });
  }
  return holders;
}

/** Dissolves the sleeves of closed positions that owe nothing any more. */
export function dissolveSettled(turn: Turn): void {
  for (const index of ascending(turn.touched)) {
    const doc = accountAt(turn.state, index);
    if (doc.parent !== null && doc.positions.length === 0 && doc.liquidation === null)
      dissolveSleeve(turn, doc);
  }
}
