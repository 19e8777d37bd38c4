import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { worstSides } from '../margin/order-sides.ts';
import type { Product } from '../product/product.ts';
import { worthOf } from './cost.ts';
import type { OrderDoc, PositionDoc } from './documents.ts';
import { creditUsd, type Levels, levelsAt, levelsOf, type Place } from './levels.ts';
import { applyTrade, withPosition } from './position.ts';
import { markOf } from './scenarios.ts';
import { accountAt, type EngineState } from './state.ts';
import { BREAKER_EFFECTS } from '../breaker/level.ts';
import { breakerOn } from './breakers.ts';
import { holderOf, placesOf, toAssetAtoms } from './trade.ts';
import { type Unit, unitOf, withBalance } from './unit.ts';

/** Why an order was accepted, with the levels that it was accepted at. */
export type OrderVerdict = {
  readonly by: 'margin' | 'no-riskier';
  readonly levels: Levels;
};

/**
 * Judges an order of an account (by index) without touching anything: accepted if initial margin holds with it and every open order held at
 * their worst side (MARGIN-020), every fill at the worse of order price and mark, or if the account gets no riskier by it. Refuses INITIAL_MARGIN_SHORTFALL and what cannot be valued.
 */
export function judgeOrder(
  state: EngineState,
  account: number,
  of: { readonly order: OrderDoc; readonly place: Place },
): OrderVerdict | Failure {
  const { order, place } = of;
  const index = holderOf(state, account, order.instrument);
  const open = ordersOn(state, account, index);
  const asIs = levelsAt(state, index);
  if (isFailure(asIs)) return asIs;
  const credit = creditUsd(state, index, place.market.timeMs);
  const headroom = (levels: Levels): number => headroomOf(state, levels) + credit;
  const unit = unitOf(state, index);
  const worst = worstLevels(state, unit, { orders: [...open, order], place, asIs });
  if (isFailure(worst)) return worst;
  if (headroom(worst) >= 0) return { by: 'margin', levels: worst };
  const alike = open.filter((o) => o.instrument === order.instrument && isBuy(o) === isBuy(order));
  const after = levelsWith(state, unit, { fills: [...alike, order], place });
  if (isFailure(after)) return after;
  const isNoRiskier = headroom(after) >= headroom(asIs) && after.initialUsd < asIs.initialUsd;
  if (isNoRiskier) return { by: 'no-riskier', levels: after };
  return refuse('INITIAL_MARGIN_SHORTFALL', {
    field: 'order',
    value: headroom(worst),
    expected: 'initial headroom of 0 USD or more at the worst side of all orders, or less risk than now',
  });
}

/** Initial headroom without credit, USD, as a cautious venue counts it. */
export function headroomOf(state: EngineState, levels: Levels): number {
  return levels.equityUsd - prudence(state, levels) - levels.initialUsd;
}

/** Levels of a unit with orders held at their worst side (MARGIN-020): the least headroom of all outcomes. */
export function worstLevels(
  state: EngineState,
  unit: Unit,
  of: { readonly orders: readonly OrderDoc[]; readonly place: Place; readonly asIs: Levels },
): Levels | Failure {
  let worst = of.asIs;
  const held = (instrument: string): bigint =>
    unit.positions.find((p) => p.instrument === instrument)?.quantityAtoms ?? 0n;
  for (const fills of worstSides(of.orders, held, (order) => buysDelta(order, of.place))) {
    if (fills.length === 0) continue;
    const levels = levelsWith(state, unit, { fills, place: of.place });
    if (isFailure(levels)) return levels;
    if (headroomOf(state, levels) < headroomOf(state, worst)) worst = levels;
  }
  return worst;
}

/** The open orders of an account whose fills would change this holder: the account itself, or one of its sleeves. */
export function ordersOn(state: EngineState, account: number, holder: number): OrderDoc[] {
  return accountAt(state, account).orders.filter(
    ({ instrument }) => holderOf(state, account, instrument) === holder,
  );
}

function isBuy(order: { readonly quantityAtoms: bigint }): boolean {
  return order.quantityAtoms > 0n;
}

/** What the wider haircuts of a stirred venue take from collateral that is to back new risk, USD (BREAKER-006). */
function prudence(state: EngineState, levels: Levels): number {
  const { haircutFactor } = BREAKER_EFFECTS[breakerOn(state, null)];
  return (haircutFactor - 1) * levels.haircutUsd;
}

/** Whether a fill of the order would raise the delta of the account. */
function buysDelta({ instrument, quantityAtoms }: OrderDoc, { market, scenarios }: Place): boolean {
  const product = market.products.get(instrument)!;
  if (product.kind === 'spot') return quantityAtoms > 0n;
  const mark = markOf(scenarios, market, product);
  return !isFailure(mark) && mark.deltaUsd > 0 === quantityAtoms > 0n;
}

/** Levels of a unit as if orders had filled, each at the worse of its price and the mark. */
function levelsWith(
  state: EngineState,
  unit: Unit,
  { fills, place }: { readonly fills: readonly OrderDoc[]; readonly place: Place },
): Levels | Failure {
  let after = unit;
  for (const order of fills) {
    const product = place.market.products.get(order.instrument)!;
    const price = worsePrice(product, order, place);
    if (isFailure(price)) return price;
    after = withFill(state, after, { product, quantityAtoms: order.quantityAtoms, price });
  }
  return levelsOf(state, after, place);
}

function worsePrice(product: Product, order: OrderDoc, { market, scenarios }: Place): number | Failure {
  if (product.kind === 'spot') return order.price;
  const mark = markOf(scenarios, market, product);
  if (isFailure(mark)) return mark;
  return isBuy(order) ? Math.max(order.price, mark.mark) : Math.min(order.price, mark.mark);
}

/** A unit after one trade, fees aside: what booking the trade would make of it. */
export function withFill(
  state: EngineState,
  unit: Unit,
  fill: { readonly product: Product; readonly quantityAtoms: bigint; readonly price: number },
): Unit {
  const { product, quantityAtoms: signed, price } = fill;
  const places = placesOf(state, product.settle);
  const bought = signed > 0n;
  const worth = worthOf(product, { price, quantityAtoms: bought ? signed : -signed, places });
  const costAtoms = bought ? worth.up : -worth.down;
  const paidInCash = product.kind === 'option' || product.kind === 'spot';
  if (product.kind === 'spot') {
    const got = toAssetAtoms(signed, placesOf(state, product.underlying));
    return withBalance(withBalance(unit, product.settle, -costAtoms), product.underlying, got);
  }
  const held: PositionDoc | undefined = unit.positions.find((p) => p.instrument === product.id);
  const trade = { instrument: product.id, quantityAtoms: signed, costAtoms: paidInCash ? 0n : costAtoms };
  const { position, realisedAtoms } = applyTrade(held, trade);
  const positions = withPosition(unit.positions, product.id, position);
  const cash = paidInCash ? -costAtoms : realisedAtoms;
  return withBalance({ ...unit, positions }, product.settle, cash);
}
