import { isFailure } from '../base/failure.ts';
import { readCell } from '../ledger/column.ts';
import { openWaterfall } from '../liquidation/waterfall.ts';
import { judgeHealth, marginRatio } from '../margin/health.ts';
import type { HealthState } from '../margin/report.ts';
import type { AccountDoc, CallDoc, LiquidationDoc } from './documents.ts';
import { creditUsd, isProvenBelow, type Levels, levelsAt, placeOf, type Place } from './levels.ts';
import { accountAt, ascending, type EngineState, parametersOf, setAccount, type Turn } from './state.ts';
import { isShortWithoutDegraded } from './trust.ts';

export type WatchCount = { readonly reassessed: number; readonly provenSafe: number };

/**
 * Judges the health of every account that the command may matter to: those it touched, or all of them after a new market or new
 * parameters, less those that a bound proves safe. Issues and closes margin calls, and opens liquidations. Accounts in order of opening.
 */
export function watchHealth(turn: Turn): WatchCount {
  const { state } = turn;
  const place = placeOf(state);
  if (isFailure(place)) return { reassessed: 0, provenSafe: 0 };
  let reassessed = 0;
  let provenSafe = 0;
  const indices = turn.watchAll ? state.tables.accounts.items.keys() : ascending(turn.touched);
  for (const index of indices) {
    if (isSafe(state, index, place)) {
      provenSafe += 1;
      continue;
    }
    reassessed += 1;
    judgeAccount(turn, index, place);
  }
  return { reassessed, provenSafe };
}

/** Healthy before, with nothing going on, and proven to be below the first level: then nothing can have changed. */
function isSafe(state: EngineState, index: number, place: Place): boolean {
  const { health, call, liquidation, positions } = accountAt(state, index);
  if (health !== 'healthy' || call !== null || liquidation !== null) return false;
  if (positions.length === 0 && !owes(state, index)) return true;
  return isProvenBelow(state, index, { place, ratioMax: place.methodology.health.warning.enter });
}

function owes(state: EngineState, index: number): boolean {
  const row = state.rows[index]!;
  return state.ledger.columns.some((column) => readCell(column, row) < 0n);
}

/** What cannot be valued keeps the health it had: no price, no judgement. */
function judgeAccount(turn: Turn, index: number, place: Place): void {
  const { state } = turn;
  const levels = levelsAt(state, index);
  if (isFailure(levels)) return;
  const doc = accountAt(state, index);
  const standing = standingOf(state, index, { levels, place });
  if (standing.health !== doc.health) {
    setAccount(state, { ...doc, health: standing.health });
    turn.events.push({
      kind: 'HealthChanged',
      account: doc.id,
      from: doc.health,
      to: standing.health,
      equityUsd: levels.equityUsd,
      maintenanceUsd: levels.maintenanceUsd,
      revision: place.market.revision,
    });
  }
  if (standing.opens) {
    openLiquidation(turn, index, {
      reason: 'maintenance margin exceeds equity',
      targetRatio: parametersOf(state).rules.liquidation.targetRatio,
      nextMs: turn.timeMs,
    });
  }
  keepCall(turn, index, { levels, place });
}

type Standing = { readonly health: HealthState; readonly opens: boolean };

/** Health by the ratio; one that rests on degraded prices stops at reduce-only unless the account is short without them. */
function standingOf(
  state: EngineState,
  index: number,
  { levels, place }: { readonly levels: Levels; readonly place: Place },
): Standing {
  const doc = accountAt(state, index);
  const backing = levels.equityUsd + creditUsd(state, index, place.market.timeMs);
  const ratio = marginRatio(levels.maintenanceUsd, backing);
  const { health: bounds } = place.methodology;
  const health = judgeHealth(ratio, { equityUsd: backing, previous: doc.health, levels: bounds });
  if (health !== 'liquidating' && health !== 'bankrupt') return { health, opens: false };
  if (levels.isDegraded && doc.liquidation === null && !isShortWithoutDegraded(state, index, place)) {
    return { health: 'reduce-only', opens: false };
  }
  const isBelow = health === 'bankrupt' || (ratio !== null && ratio >= bounds.liquidation.enter);
  return { health, opens: isBelow && doc.liquidation === null };
}

/** Begins the waterfall of an account. */
function openLiquidation(
  turn: Turn,
  index: number,
  of: Pick<LiquidationDoc, 'reason' | 'targetRatio' | 'nextMs'>,
): void {
  const doc = accountAt(turn.state, index);
  const waterfall = openWaterfall(doc.id, turn.timeMs);
  setAccount(turn.state, { ...doc, liquidation: { ...of, waterfall, steps: 0, reservedUsd: 0 } });
  turn.events.push({ kind: 'LiquidationOpened', account: doc.id, reason: of.reason });
}

const CALLED: ReadonlySet<HealthState> = new Set(['margin-call', 'reduce-only', 'liquidating', 'bankrupt']);

function keepCall(
  turn: Turn,
  index: number,
  { levels, place }: { readonly levels: Levels; readonly place: Place },
): void {
  const { state, timeMs } = turn;
  const doc = accountAt(state, index);
  if (!CALLED.has(doc.health)) {
    if (doc.call !== null && doc.liquidation === null)
      closeCall(turn, index, isMet(doc.call) ? 'met' : 'recovered');
    return;
  }
  const backing = levels.equityUsd + creditUsd(state, index, place.market.timeMs);
  const amountUsd = levels.initialUsd - backing;
  if (doc.call !== null || doc.parent !== null || !(amountUsd > 0)) return;
  const deadlineMs = timeMs + parametersOf(state).rules.callMs;
  setAccount(state, { ...doc, call: { amountUsd, issuedMs: timeMs, deadlineMs, deliveredUsd: 0 } });
  turn.events.push({
    kind: 'MarginCallIssued',
    account: doc.id,
    amountUsd,
    deadlineMs,
    revision: place.market.revision,
    methodology: `${place.methodology.id} ${place.methodology.version}`,
  });
}

/** A cent of what was called may be missing. */
const CALL_SLACK_USD = 0.01;

function isMet({ deliveredUsd, amountUsd }: CallDoc): boolean {
  return deliveredUsd >= amountUsd - CALL_SLACK_USD;
}

/**
 * Counts a delivery against the open call of an account; a call that has been brought in full is met. What is still missing by then, as
 * prices went on, is called anew.
 */
export function answerCall(turn: Turn, index: number, countedUsd: number): void {
  const doc = accountAt(turn.state, index);
  if (doc.call === null || !(countedUsd > 0)) return;
  const call = { ...doc.call, deliveredUsd: doc.call.deliveredUsd + countedUsd };
  setAccount(turn.state, { ...doc, call });
  if (doc.liquidation === null && isMet(call)) closeCall(turn, index, 'met');
}

/** Closes the margin call of an account that has one. */
export function closeCall(turn: Turn, index: number, why: 'met' | 'recovered' | 'liquidated'): void {
  const doc = accountAt(turn.state, index);
  setAccount(turn.state, { ...doc, call: null });
  turn.events.push({ kind: 'MarginCallClosed', account: doc.id, why });
}

/** Liquidates accounts whose margin call is past its deadline: down to where no call would stand. */
export function enforceDeadlines(turn: Turn): void {
  const { state, timeMs } = turn;
  const place = placeOf(state);
  if (isFailure(place)) return;
  for (const index of ascending(state.called)) {
    const doc = accountAt(state, index);
    if (doc.call!.deadlineMs > timeMs || doc.liquidation !== null || !mayEnforce(state, index, doc)) continue;
    openLiquidation(turn, index, {
      reason: 'the margin call was not met by its deadline',
      targetRatio: place.methodology.health.call.exit,
      nextMs: timeMs,
    });
  }
}

/** Nobody is liquidated for a call while a price that he rests on is kept alive. */
function mayEnforce(state: EngineState, index: number, doc: AccountDoc): boolean {
  const levels = levelsAt(state, index);
  return CALLED.has(doc.health) && !isFailure(levels) && !levels.isDegraded;
}
