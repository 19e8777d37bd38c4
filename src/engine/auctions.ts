import { QUANTITY_PLACES, roundUpAtoms, toNumber } from '../base/amount.ts';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { rowBalances } from '../ledger/ledger.ts';
import type { Posting } from '../ledger/transaction.ts';
import { type BidPlan, planBid } from '../liquidation/auction-lots.ts';
import type { Derivative } from '../product/product.ts';
import { refuseAct } from './breakers.ts';
import type { Command } from './command.ts';
import { headroomOf, withFill } from './judge-order.ts';
import { creditUsd, type Levels, levelsAt, levelsOf, placeOf, type Place } from './levels.ts';
import { ownAccount, refuseLiquidating, unknownAccount } from './orders.ts';
import { post } from './posting.ts';
import { earliest } from './refusal.ts';
import { markOf } from './scenarios.ts';
import { accountAt, accountIndex, parametersOf, setAccount, type Turn } from './state.ts';
import { bookTrade, holderOf, planTrade } from './trade.ts';
import { type Unit, unitOf } from './unit.ts';

/**
 * Takes a bid for a share of an account in auction at the price of the moment: the share of each position in whole lots changes hands at the
 * mark, and the discount is paid as a bonus from the account's balances. Refuses UNKNOWN_ACCOUNT, ACCOUNT_NOT_IN_LIQUIDATION (no auction),
 * ACCOUNT_IN_LIQUIDATION (the bidder), NUMBER_OUT_OF_RANGE (nothing for sale), INITIAL_MARGIN_SHORTFALL (of the bidder).
 */
export function bidAuction(turn: Turn, command: Command & { kind: 'BidAuction' }): Failure | null {
  const { state } = turn;
  const index = accountIndex(state, command.auction);
  const bidder = ownAccount(state, command.bidder);
  const refused = earliest([
    index === null ? unknownAccount(command.auction, 'auction') : null,
    bidder === null ? unknownAccount(command.bidder, 'bidder') : null,
    index === bidder
      ? refuse('SHAPE_INVALID', { field: 'bidder', value: command.bidder, expected: 'another account' })
      : null,
    index === null ? null : refuseUnlessAuction(turn, index),
    refuseAct(state, null, 'bid'),
    bidder === null || accountAt(state, bidder).liquidation === null
      ? null
      : refuseLiquidating(command.bidder),
  ]);
  if (refused !== null) return refused;
  const place = placeOf(state);
  if (isFailure(place)) return place;
  const levels = levelsAt(state, index!);
  if (isFailure(levels)) return levels;
  if (levels.isDegraded) {
    const expected = 'prices that are not kept alive';
    return refuse('PRICE_DEGRADED', { field: 'auction', value: command.auction, expected });
  }
  const plan = planOf(turn, index!, { shareFrac: command.shareFrac, levels, place });
  if (isFailure(plan)) return plan;
  const short = judgeBidder(turn, bidder!, { plan, place });
  if (short !== null) return short;
  settleBid(turn, { index: index!, bidder: bidder!, plan, place, before: levels });
  return null;
}

function refuseUnlessAuction({ state }: Turn, index: number): Failure | null {
  const { id, liquidation } = accountAt(state, index);
  const isOpen = liquidation?.waterfall.stage === 'auction';
  if (isOpen) return null;
  return refuse('ACCOUNT_NOT_IN_LIQUIDATION', {
    field: 'auction',
    value: id,
    expected: 'an account in auction',
  });
}

type Asked = { readonly shareFrac: number; readonly levels: Levels; readonly place: Place };

function planOf(
  { state, timeMs }: Turn,
  index: number,
  { shareFrac, levels, place }: Asked,
): BidPlan | Failure {
  const { liquidation } = accountAt(state, index);
  const { auction } = parametersOf(state).rules.liquidation;
  const unit = unitOf(state, index);
  const markToMarket = levels.equityUsd + creditUsd(state, index, timeMs);
  const positions = unit.positions.map(({ instrument, quantityAtoms }) => {
    const product = place.market.products.get(instrument)! as Derivative;
    const mark = markOf(place.scenarios, place.market, product);
    const notionalUsd = isFailure(mark)
      ? 0
      : Math.abs(toNumber(quantityAtoms, QUANTITY_PLACES)) * mark.notionalUsd;
    return { instrument, quantityAtoms, lotAtoms: product.lotAtoms, notionalUsd };
  });
  const elapsedSeconds = (timeMs - liquidation!.waterfall.auctionMs!) / 1000;
  const maintenance = markToMarket - levels.maintenanceUsd;
  const account = { markToMarket, maintenance, reserved: liquidation!.reservedUsd, positions };
  return planBid({ shareFrac, elapsedSeconds }, account, auction);
}

type Planned = { readonly plan: BidPlan; readonly place: Place };

/** The bidder after the trades at the mark, without the bonus: it must hold initial margin by itself. */
function judgeBidder({ state }: Turn, bidder: number, { plan, place }: Planned): Failure | null {
  let unit: Unit = unitOf(state, bidder);
  for (const { instrument, quantityAtoms } of plan.moves) {
    const product = place.market.products.get(instrument)! as Derivative;
    const mark = markOf(place.scenarios, place.market, product);
    if (isFailure(mark)) return mark;
    unit = withFill(state, unit, { product, quantityAtoms, price: mark.mark });
  }
  const levels = levelsOf(state, unit, place);
  if (isFailure(levels)) return levels;
  const headroom = headroomOf(state, levels) + creditUsd(state, bidder, place.market.timeMs);
  if (headroom >= 0) return null;
  return refuse('INITIAL_MARGIN_SHORTFALL', {
    field: 'bidder',
    value: headroom,
    expected: 'initial headroom of 0 USD or more with the share',
  });
}

type Bid = Planned & { readonly index: number; readonly bidder: number; readonly before: Levels };

function settleBid(turn: Turn, { index, bidder, plan, place, before }: Bid): void {
  const { state } = turn;
  const { id } = accountAt(state, index);
  const trades = [];
  for (const { instrument, quantityAtoms } of plan.moves) {
    const product = place.market.products.get(instrument)! as Derivative;
    const mark = markOf(place.scenarios, place.market, product);
    if (isFailure(mark)) continue;
    const taker = holderOf(state, bidder, instrument);
    const isLong = quantityAtoms > 0n;
    const sides = isLong ? { buyer: taker, seller: index } : { buyer: index, seller: taker };
    const size = isLong ? quantityAtoms : -quantityAtoms;
    const fees = { buyerFeeAtoms: 0n, sellerFeeAtoms: 0n };
    const trade = { id: `auction ${id}`, product, quantityAtoms: size, price: mark.mark, ...sides, ...fees };
    bookTrade(turn, `auction ${id}`, { ...planTrade(state, trade), why: 'auction' });
    const counterparty = accountAt(state, bidder).id;
    trades.push({ instrument, quantityAtoms: -quantityAtoms, price: mark.mark, counterparty });
  }
  payBonus(turn, { index, bidder, plan, place });
  const doc = accountAt(state, index);
  const liquidation = { ...doc.liquidation!, reservedUsd: plan.reservedUsd, nextMs: turn.timeMs };
  setAccount(state, { ...doc, liquidation });
  turn.touched.add(index);
  turn.touched.add(bidder);
  const after = levelsAt(state, index);
  const then = isFailure(after) ? before : after;
  turn.events.push({
    kind: 'LiquidationStepped',
    account: id,
    step: 'auction-bid',
    reason: `LIQUIDATION-012: ${accountAt(state, bidder).id} takes ${plan.shareFrac} of the account at ${plan.discount} of its value`,
    revision: place.market.revision,
    receipt: {
      equityBeforeUsd: before.equityUsd,
      maintenanceBeforeUsd: before.maintenanceUsd,
      equityAfterUsd: then.equityUsd,
      maintenanceAfterUsd: then.maintenanceUsd,
      trades,
      fundUsd: 0,
      overshootLots: 0,
      sharedLossUsd: 0,
    },
  });
}

/** Pays the bonus from what the account owns most of, at the index; rounded in favour of the bidder, never more than there is. */
function payBonus(
  turn: Turn,
  { index, bidder, plan, place }: Planned & { index: number; bidder: number },
): void {
  const { state } = turn;
  const { market } = place;
  const from = accountAt(state, index).id;
  const to = accountAt(state, bidder).id;
  let leftUsd = plan.bonusUsd;
  const postings: Posting[] = [];
  const owned = rowBalances(state.ledger, state.rows[index]!)
    .flatMap(({ asset, atoms }) => {
      const price = market.assets.get(asset.id)?.index.value;
      return price === undefined || atoms <= 0n
        ? []
        : [{ asset, atoms, price, usd: toNumber(atoms, asset.places) * price }];
    })
    .sort((a, b) => b.usd - a.usd || (a.asset.id < b.asset.id ? -1 : 1));
  for (const { asset, atoms, price, usd } of owned) {
    if (!(leftUsd > 0)) break;
    const wanted = roundUpAtoms(leftUsd / price, asset.places);
    const paid = wanted < atoms ? wanted : atoms;
    postings.push(
      { account: from, asset: asset.id, atoms: -paid },
      { account: to, asset: asset.id, atoms: paid },
    );
    leftUsd -= Math.min(leftUsd, usd);
  }
  post(turn, { id: `auction ${from}`, why: 'auction', postings });
}
