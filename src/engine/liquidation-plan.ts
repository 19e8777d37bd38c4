import { assert } from '../base/assert.ts';
import { QUANTITY_PLACES, toNumber } from '../base/amount.ts';
import { type Failure, isFailure } from '../base/failure.ts';
import { liquidityOf, reductionCandidates } from '../liquidation/candidates.ts';
import { type HedgeInstrument, planHedge } from '../liquidation/hedge.ts';
import {
  type Balance,
  type Plan,
  type PlannedTrade,
  planReduction,
  type PlanningInput,
} from '../liquidation/reduction.ts';
import type { Readiness, WaterfallFacts, WaterfallRules } from '../liquidation/waterfall.ts';
import { valueBook } from '../margin/valued-book.ts';
import type { AssetId, Derivative } from '../product/product.ts';
import { allowsAct, BREAKER_EFFECTS, type BreakerLevel, worstLevel } from '../breaker/level.ts';
import { breakerOn } from './breakers.ts';
import { closingValues, grossUsd, withTakeover } from './bankrupt.ts';
import { headroomOf, withFill } from './judge-order.ts';
import { creditUsd, type Levels, levelsOf, type Place } from './levels.ts';
import { LIQUIDATION_ORDER } from './orders.ts';
import { spentNow } from './pacing.ts';
import { unitReport } from './reports.ts';
import { markOf } from './scenarios.ts';
import { accountAt, accountIndex, type EngineState, parametersOf } from './state.ts';
import { find } from './table.ts';
import { isShortWithoutDegraded } from './trust.ts';
import { type Unit, unitOf } from './unit.ts';
import { atomsOf } from './posting.ts';
import { HOUSE } from '../ledger/ledger.ts';

/** Everything that the next step of one account is decided on; plans are made when they are asked for, once. */
export type Situation = {
  readonly facts: WaterfallFacts;
  readonly rules: WaterfallRules;
  readonly levels: Levels;
  readonly reduction: () => Plan | null;
  readonly hedge: () => Plan | null;
};

/** The stance of an account in liquidation. `unit` is the account without open orders, which are no part of maintenance. */
export type Stance = {
  readonly state: EngineState;
  readonly index: number;
  readonly timeMs: number;
  readonly place: Place;
};

/** Gathers what the waterfall asks of an account. Refuses what cannot be valued. */
export function situationOf(stance: Stance): Situation | Failure {
  const { state, index, timeMs, place } = stance;
  const unit = unitOf(state, index);
  const levels = levelsOf(state, unit, place);
  if (isFailure(levels)) return levels;
  const gross = unit.isSleeve ? levels.equityUsd : grossUsd(unit, place);
  if (isFailure(gross)) return gross;
  const { liquidation, orders } = accountAt(state, index);
  assert(liquidation !== null, 'the account is in liquidation');
  const backing = levels.equityUsd + creditUsd(state, index, timeMs);
  const now = { equityUsd: solvency(backing, gross), maintenanceUsd: levels.maintenanceUsd };
  const input = once(() => planningInput(stance, unit, now));
  const reduction = once(() => planOf(input(), (at) => reduce(stance, unit, at)));
  const hedge = once(() => planOf(input(), (at) => planHedgeOf(stance, unit, at)));
  const facts: WaterfallFacts = {
    ...now,
    timeMs,
    openOrders: orders.filter(({ id }) => !id.startsWith(LIQUIDATION_ORDER)).length,
    openPositions: unit.positions.length,
    allowed: isAllowed(stance, unit, levels),
    reduction: () => readiness(reduction()),
    hedge: () => readiness(hedge()),
    backstop: () => findBackstop(stance, unit),
    fund: () => holdsAnything(state),
  };
  const rules = { ...parametersOf(state).rules.liquidation, targetRatio: liquidation.targetRatio };
  return { facts, rules, levels, reduction, hedge };
}

/** Equity as the waterfall sees it: an account is insolvent by what its assets fetch, not by haircuts. */
function solvency(backing: number, gross: number): number {
  if (backing > 0) return backing;
  return gross > 0 ? Number.MIN_VALUE : Math.min(gross, 0);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function planOf(input: PlanningInput | null, make: (input: PlanningInput) => Plan | Failure): Plan | null {
  const plan = input === null ? null : make(input);
  return plan === null || isFailure(plan) ? null : plan;
}

function readiness(plan: Plan | null): Readiness {
  if (plan === null) return 'impossible';
  if (plan.trades.length > 0) return 'ready';
  return plan.paced ? 'paced' : 'impossible';
}

function planningInput({ state, timeMs, place, index }: Stance, unit: Unit, now: Balance): PlanningInput {
  const { rules } = parametersOf(state);
  const { liquidation: limits } = rules;
  const { market, scenarios } = place;
  const credit = creditUsd(state, index, timeMs);
  const { paceFactor } = BREAKER_EFFECTS[bookBreaker(state, unit)];
  const { targetRatio } = accountAt(state, index).liquidation!;
  return {
    liquidity: liquidityOf(market, limits.bandFrac, scenarios.fitted.dailyVol),
    spentUsd: spentNow(state, timeMs),
    rules: { ...limits, targetRatio, paceFactor },
    now,
    assessAfter: (trades) => balanceAfter(state, unit, { trades, place, credit }),
  };
}

/** The account after trades at the mark and their expected cost. */
function balanceAfter(
  state: EngineState,
  unit: Unit,
  at: { readonly trades: readonly PlannedTrade[]; readonly place: Place; readonly credit: number },
): Balance | Failure {
  const { market, scenarios } = at.place;
  let after = unit;
  let costUsd = 0;
  for (const trade of at.trades) {
    const product = market.products.get(trade.instrument)! as Derivative;
    const mark = markOf(scenarios, market, product);
    if (isFailure(mark)) return mark;
    after = withFill(state, after, { product, quantityAtoms: trade.quantityAtoms, price: mark.mark });
    costUsd += trade.costUsd;
  }
  const levels = levelsOf(state, after, at.place);
  if (isFailure(levels)) return levels;
  return { equityUsd: levels.equityUsd + at.credit - costUsd, maintenanceUsd: levels.maintenanceUsd };
}

function reduce({ state, place, timeMs }: Stance, unit: Unit, input: PlanningInput): Plan | Failure {
  const assessed = unitReport(unit, place);
  if (isFailure(assessed)) return assessed;
  const book = valueBook(assessed.input.account, place.market);
  if (isFailure(book)) return book;
  const { optionHalfSpreadVol } = place.methodology.addOns.liquidity;
  const candidates = reductionCandidates(book, assessed.report, optionHalfSpreadVol).map((candidate) => ({
    ...candidate,
    closable: candidate.closable && trades(state, candidate.instrument, timeMs),
  }));
  return planReduction({ ...input, candidates });
}

/** Whether an instrument still trades: not expired, no breaker that holds liquidations. */
function trades(state: EngineState, instrument: string, timeMs: number): boolean {
  const { product } = find(state.tables.instruments, instrument)!;
  const isOver = 'expiryMs' in product && product.expiryMs <= timeMs;
  return !isOver && allowsAct(breakerOn(state, product), 'liquidate');
}

function planHedgeOf({ state, place, timeMs }: Stance, unit: Unit, input: PlanningInput): Plan | Failure {
  const { market, scenarios } = place;
  const deltaUsd = new Map<AssetId, number>();
  for (const { instrument, quantityAtoms } of unit.positions) {
    const product = market.products.get(instrument)! as Derivative;
    const mark = markOf(scenarios, market, product);
    if (isFailure(mark)) return mark;
    const units = toNumber(quantityAtoms, QUANTITY_PLACES);
    deltaUsd.set(product.underlying, (deltaUsd.get(product.underlying) ?? 0) + units * mark.deltaUsd);
  }
  const instruments = [...market.products.values()].flatMap((product): HedgeInstrument[] => {
    if (product.kind !== 'perpetual' && product.kind !== 'future') return [];
    if (!deltaUsd.has(product.underlying) || !trades(state, product.id, timeMs) || unit.isSleeve) return [];
    const mark = markOf(scenarios, market, product);
    const depth = market.underlyings.get(product.underlying)?.depth ?? null;
    if (isFailure(mark) || mark.degraded || depth === null || depth.dailyVolume <= 0) return [];
    const lot = toNumber(product.lotAtoms, QUANTITY_PLACES);
    return [
      {
        instrument: product.id,
        underlying: product.underlying,
        lotAtoms: product.lotAtoms,
        lotDeltaUsd: lot * mark.deltaUsd,
        lotNotionalUsd: lot * mark.notionalUsd,
        halfSpreadFrac: depth.halfSpreadFrac,
        liquidityUsd: depth.dailyVolume * market.assets.get(product.underlying)!.index.value,
      },
    ];
  });
  return planHedge({ ...input, deltaUsd, instruments });
}

/** No step while a breaker pauses liquidations anywhere in the book, or while the book rests on prices kept alive. */
function isAllowed({ state, index, place }: Stance, unit: Unit, levels: Levels): boolean {
  if (!allowsAct(bookBreaker(state, unit), 'liquidate')) return false;
  return !levels.isDegraded || isShortWithoutDegraded(state, index, place);
}

/** The worst breaker that bears on anything in a book. */
function bookBreaker(state: EngineState, { positions }: Unit): BreakerLevel {
  const levels = positions.map(({ instrument }) =>
    breakerOn(state, find(state.tables.instruments, instrument)!.product),
  );
  return worstLevel([breakerOn(state, null), ...levels]);
}

/** The first backstop whose initial margin holds with the whole book at its bankruptcy values. */
function findBackstop({ state, index, place }: Stance, unit: Unit): string | null {
  const { backstops } = parametersOf(state).rules.liquidation;
  const values = backstops.length === 0 ? [] : closingValues(state, unit, place);
  if (isFailure(values)) return null;
  for (const id of backstops) {
    const other = accountIndex(state, id);
    if (other === null || other === index || accountAt(state, other).liquidation !== null) continue;
    const after = levelsOf(state, withTakeover(unitOf(state, other), values), place);
    if (!isFailure(after) && headroomOf(state, after) >= 0) return id;
  }
  return null;
}

function holdsAnything(state: EngineState): boolean {
  return state.ledger.assets.some(({ id }) => atomsOf(state, HOUSE.insurance, id) > 0n);
}
