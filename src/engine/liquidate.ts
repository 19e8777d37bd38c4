import { unreachable } from '../base/assert.ts';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { PlannedTrade } from '../liquidation/reduction.ts';
import { nextStep, openWaterfall, type WaterfallStep } from '../liquidation/waterfall.ts';
import type { Derivative } from '../product/product.ts';
import { closingValues, toReceiptTrade } from './bankrupt.ts';
import type { Command } from './command.ts';
import { payFromFund, settleDebts, shareDebts } from './debts.ts';
import { deleverage } from './deleverage.ts';
import type { OrderDoc } from './documents.ts';
import type { Event, LiquidationReceipt } from './event.ts';
import { bookExchanges } from './exchange.ts';
import { closeCall } from './health-watch.ts';
import { creditUsd, type Levels, levelsAt, placeOf, type Place } from './levels.ts';
import { type Situation, situationOf } from './liquidation-plan.ts';
import { closeOrders, holdOrder, LIQUIDATION_ORDER, unknownAccount } from './orders.ts';
import { spend } from './pacing.ts';
import { markOf } from './scenarios.ts';
import { accountAt, accountIndex, type EngineState, parametersOf, setAccount, type Turn } from './state.ts';
import { holderOf } from './trade.ts';
import { unitOf } from './unit.ts';

type StepName = Extract<Event, { kind: 'LiquidationStepped' }>['step'];

/** What a step did, beside levels before and after. */
type Done = Pick<LiquidationReceipt, 'trades' | 'fundUsd' | 'overshootLots' | 'sharedLossUsd'>;
const NOTHING_DONE: Done = { trades: [], fundUsd: 0, overshootLots: 0, sharedLossUsd: 0 };

/**
 * The account or sleeve whose step it is at a moment, or null: of those that are due the one with the fewest steps, then by id. Depth, fund
 * and counterparties are shared, so the turn decides who gets what, and nothing else may: not who was opened first, not whose command comes
 * first. The driver asks again after every step.
 */
export function nextLiquidation(state: EngineState, timeMs: number): string | null {
  let next: { readonly id: string; readonly steps: number } | null = null;
  for (const index of state.liquidating) {
    const { id, liquidation } = accountAt(state, index);
    const { steps, nextMs } = liquidation!;
    if (nextMs > timeMs) continue;
    if (next === null || steps < next.steps || (steps === next.steps && id < next.id)) next = { id, steps };
  }
  return next?.id ?? null;
}

/**
 * Moves the waterfall of one account on by one step: the step that its facts of this moment ask for, with a receipt. Liquidation orders of
 * the step before that did not fill are taken back first. Refuses UNKNOWN_ACCOUNT, PRICE_MISSING, ACCOUNT_NOT_IN_LIQUIDATION and
 * LIQUIDATION_OUT_OF_TURN.
 */
export function stepLiquidation(
  turn: Turn,
  { account }: Command & { kind: 'LiquidationStep' },
): Failure | null {
  const { state, timeMs } = turn;
  const index = accountIndex(state, account);
  if (index === null) return unknownAccount(account);
  const { liquidation } = accountAt(state, index);
  if (liquidation === null || liquidation.nextMs > timeMs) {
    return refuse('ACCOUNT_NOT_IN_LIQUIDATION', {
      field: 'account',
      value: account,
      expected: liquidation === null ? 'an account in liquidation' : `not before ${liquidation.nextMs}`,
    });
  }
  const turnOf = nextLiquidation(state, timeMs)!;
  if (turnOf !== account) {
    const expected = `the step of ${turnOf} first`;
    return refuse('LIQUIDATION_OUT_OF_TURN', { field: 'account', value: account, expected });
  }
  const place = placeOf(state);
  if (isFailure(place)) return place;
  const before = levelsAt(state, index);
  if (isFailure(before)) return before;
  const situation = situationOf({ state, index, timeMs, place });
  if (isFailure(situation)) return situation;
  const step = nextStep(liquidation.waterfall, situation.facts, situation.rules);
  const { kind } = step.action;
  if (kind === 'deleverage' || kind === 'share-loss') return stepTogether(turn, kind, place);
  closeOrders(turn, index, { why: 'liquidation', which: ({ id }) => id.startsWith(LIQUIDATION_ORDER) });
  const done = carryOut(turn, index, { step, situation, place });
  record(turn, index, { step, place, before, done });
  return null;
}

type Carrying = { readonly step: WaterfallStep; readonly situation: Situation; readonly place: Place };

function carryOut(turn: Turn, index: number, { step, situation, place }: Carrying): Done {
  const { action } = step;
  switch (action.kind) {
    case 'cancel-orders':
      closeOrders(turn, index, { why: 'liquidation', which: () => true });
      return NOTHING_DONE;
    case 'reduce':
      return placeOrders(turn, index, { trades: situation.reduction()!.trades, place, reduceOnly: true });
    case 'hedge':
      return placeOrders(turn, index, { trades: situation.hedge()!.trades, place, reduceOnly: false });
    case 'open-auction':
    case 'wait':
      return NOTHING_DONE;
    case 'take-over':
      return takeOver(turn, index, { backstop: action.backstop, place });
    case 'draw-fund': {
      const deficitUsd = -situation.facts.equityUsd;
      return { ...NOTHING_DONE, fundUsd: payFromFund(turn, index, { deficitUsd, place }) };
    }
    case 'end':
      if (action.outcome === 'restored') return NOTHING_DONE;
      settleDebts(turn, index, place);
      if (!isStillShort(turn, index, place)) return NOTHING_DONE;
      return { ...NOTHING_DONE, sharedLossUsd: shareDebts(turn, [index], place).get(index)! };
    case 'deleverage':
    case 'share-loss':
      return NOTHING_DONE;
    default:
      return unreachable(action);
  }
}

/** Holds the orders of a plan against the account; the driver sends them to the matching engine. The receipt tells what was ordered. */
function placeOrders(
  turn: Turn,
  index: number,
  of: { readonly trades: readonly PlannedTrade[]; readonly place: Place; readonly reduceOnly: boolean },
): Done {
  const { state } = turn;
  const { market, scenarios } = of.place;
  const { id, liquidation } = accountAt(state, index);
  const { slippageFrac } = parametersOf(state).rules.liquidation;
  const trades: LiquidationReceipt['trades'][number][] = [];
  for (const { instrument, quantityAtoms } of of.trades) {
    const mark = markOf(scenarios, market, market.products.get(instrument)! as Derivative);
    if (isFailure(mark)) continue;
    const price = mark.mark * (quantityAtoms > 0n ? 1 + slippageFrac : 1 - slippageFrac);
    const order: OrderDoc = {
      id: `${LIQUIDATION_ORDER}${id}/${liquidation!.steps}/${instrument}`,
      instrument,
      quantityAtoms,
      price,
      reduceOnly: of.reduceOnly,
    };
    holdOrder(turn, index, order);
    trades.push({ instrument, quantityAtoms, price, counterparty: null });
  }
  spend(turn, of.trades);
  turn.touched.add(index);
  return { ...NOTHING_DONE, trades };
}

/** A backstop takes every position at its bankruptcy value. */
function takeOver(turn: Turn, index: number, of: { readonly backstop: string; readonly place: Place }): Done {
  const { state } = turn;
  const values = closingValues(state, unitOf(state, index), of.place);
  if (isFailure(values)) return NOTHING_DONE;
  const other = accountIndex(state, of.backstop)!;
  const trades = values.map(({ product, quantityAtoms, valueAtoms }) => {
    const taker = { index: holderOf(state, other, product.id), quantityAtoms, valueAtoms };
    const giver = { index, quantityAtoms: -quantityAtoms, valueAtoms: -valueAtoms };
    const id = `takeover ${accountAt(state, index).id} ${product.id} ${turn.seq}`;
    bookExchanges(turn, product, { id, why: 'bankruptcy', exchanges: [giver, taker] });
    return toReceiptTrade(state, product, {
      quantityAtoms: -quantityAtoms,
      valueAtoms: -valueAtoms,
      counterparty: of.backstop,
    });
  });
  return { ...NOTHING_DONE, trades };
}

/**
 * Takes a step that all must bear together for every account whose next step it is, in one batch: whichever of their commands comes first, the
 * result is the same. The others then find their step taken.
 */
function stepTogether(turn: Turn, kind: 'deleverage' | 'share-loss', place: Place): Failure | null {
  const { state, timeMs } = turn;
  const group: { index: number; step: WaterfallStep; before: Levels }[] = [];
  for (const index of byId(state, state.liquidating)) {
    const { liquidation } = accountAt(state, index);
    const before = levelsAt(state, index);
    if (liquidation!.nextMs > timeMs || isFailure(before)) continue;
    const situation = situationOf({ state, index, timeMs, place });
    if (isFailure(situation)) continue;
    const step = nextStep(liquidation!.waterfall, situation.facts, situation.rules);
    if (step.action.kind === kind) group.push({ index, step, before });
  }
  const indices = group.map(({ index }) => index);
  for (const index of indices) closeOrders(turn, index, { why: 'liquidation', which: () => true });
  const done = new Map<number, Partial<Done>>();
  if (kind === 'deleverage') {
    for (const [index, deleveraged] of deleverage(turn, indices, place)) done.set(index, deleveraged);
  } else {
    for (const index of indices) settleDebts(turn, index, place);
    for (const [index, sharedLossUsd] of shareDebts(turn, indices, place)) done.set(index, { sharedLossUsd });
  }
  for (const { index, step, before } of group) {
    record(turn, index, { step, place, before, done: { ...NOTHING_DONE, ...done.get(index) } });
  }
  return null;
}

/** Accounts by id, whoever was opened first. */
function byId(state: EngineState, indices: Iterable<number>): number[] {
  return [...indices].sort((a, b) => (accountAt(state, a).id < accountAt(state, b).id ? -1 : 1));
}

type Recorded = {
  readonly step: WaterfallStep;
  readonly place: Place;
  readonly before: Levels;
  readonly done: Done;
};

/** Writes the account's place in the waterfall and tells of the step. An end closes the call; an account still short stays. */
function record(turn: Turn, index: number, { step, place, before, done }: Recorded): void {
  const { state } = turn;
  const doc = accountAt(state, index);
  const levels = levelsAt(state, index);
  const after = isFailure(levels) ? before : levels;
  const isOver = step.action.kind === 'end';
  const isShort = isStillShort(turn, index, place);
  const nextMs = nextTime(turn, step);
  const liquidation =
    isOver && !isShort
      ? null
      : {
          ...doc.liquidation!,
          waterfall: isOver ? openWaterfall(doc.id, turn.timeMs) : step.waterfall,
          nextMs,
          steps: doc.liquidation!.steps + 1,
        };
  setAccount(state, { ...doc, liquidation });
  turn.touched.add(index);
  turn.events.push({
    kind: 'LiquidationStepped',
    account: doc.id,
    step: STEP_NAMES[step.action.kind],
    reason: `${step.rule}: ${step.reason}`,
    revision: place.market.revision,
    receipt: {
      equityBeforeUsd: before.equityUsd,
      maintenanceBeforeUsd: before.maintenanceUsd,
      equityAfterUsd: after.equityUsd,
      maintenanceAfterUsd: after.maintenanceUsd,
      ...done,
    },
  });
  if (liquidation === null && doc.call !== null) closeCall(turn, index, 'liquidated');
}

const STEP_NAMES: Readonly<Record<WaterfallStep['action']['kind'], StepName>> = {
  'cancel-orders': 'orders-cancelled',
  reduce: 'reduction',
  hedge: 'hedge',
  'open-auction': 'auction-opened',
  'take-over': 'backstop',
  'draw-fund': 'insurance-fund',
  deleverage: 'auto-deleveraging',
  'share-loss': 'loss-sharing',
  wait: 'waiting',
  end: 'ended',
};

/** Orders get an interval to fill in, longer while the venue is cautious; everything else goes on at once. */
function nextTime({ state, timeMs }: Turn, { action }: WaterfallStep): number {
  const { liquidation } = parametersOf(state).rules;
  switch (action.kind) {
    case 'wait':
      return action.untilMs;
    case 'reduce':
    case 'hedge':
    case 'end':
      return timeMs + liquidation.intervalMs;
    default:
      return timeMs;
  }
}

function isStillShort({ state }: Turn, index: number, place: Place): boolean {
  const levels = levelsAt(state, index);
  if (isFailure(levels)) return false;
  const backing = levels.equityUsd + creditUsd(state, index, place.market.timeMs);
  if (backing < 0) return true;
  const { enter } = place.methodology.health.liquidation;
  return levels.maintenanceUsd > 0 && levels.maintenanceUsd >= enter * backing;
}
