import { unreachable } from '../base/assert.ts';
import type { AccountId } from '../portfolio/account.ts';
import { type Balance, isRestored, ratioOf } from './reduction.ts';

/** Where an account stands; only ever moves to the right. */
export const WATERFALL_STAGES = [
  'orders',
  'reduction',
  'hedge',
  'auction',
  'backstop',
  'fund',
  'deleveraging',
  'loss-sharing',
  'ended',
] as const;
export type WaterfallStage = (typeof WATERFALL_STAGES)[number];

/** The memory of one liquidation. Plain data. */
export type Waterfall = {
  readonly account: AccountId;
  readonly stage: WaterfallStage;
  readonly openedMs: number;
  /** Rounds of reduction, and of hedging, so far. */
  readonly rounds: number;
  readonly hedges: number;
  readonly auctionMs: number | null;
  /** Whether the insurance fund was drawn on: from then on the account is closed, whatever prices do (LIQUIDATION-015). */
  readonly fundDrawn: boolean;
  /** Time of the last deleveraging; null before. */
  readonly deleveragedMs: number | null;
};

export type WaterfallRules = {
  readonly targetRatio: number;
  /** Most rounds of reduction, and the longest that reduction and hedging may take together. */
  readonly roundsMax: number;
  readonly marketMsMax: number;
  readonly auctionMsMax: number;
  /** Length of a pacing interval: what was held back by pace is tried again in the next. */
  readonly intervalMs: number;
};

/** Whether a plan has trades; if not, whether the pace alone stands in its way. */
export type Readiness = 'ready' | 'paced' | 'impossible';

/** What the step is decided on. The questions are asked only where the answer matters; each has one answer per set of facts. */
export type WaterfallFacts = Balance & {
  readonly timeMs: number;
  readonly openOrders: number;
  readonly openPositions: number;
  /** False while a breaker pauses liquidations. */
  readonly allowed: boolean;
  readonly reduction: () => Readiness;
  readonly hedge: () => Readiness;
  /** The first backstop whose own initial margin holds after taking the book over at its bankruptcy prices; null = none. */
  readonly backstop: () => AccountId | null;
  /** Whether the insurance fund holds anything. */
  readonly fund: () => boolean;
};

export type WaterfallAction =
  | { readonly kind: 'cancel-orders' }
  | { readonly kind: 'reduce' }
  | { readonly kind: 'hedge' }
  | { readonly kind: 'open-auction' }
  | { readonly kind: 'take-over'; readonly backstop: AccountId }
  | { readonly kind: 'draw-fund' }
  | { readonly kind: 'deleverage' }
  | { readonly kind: 'share-loss' }
  /** Nothing to be done before `untilMs`, but for bids while the auction runs; ask again after any change. */
  | { readonly kind: 'wait'; readonly untilMs: number }
  | { readonly kind: 'end'; readonly outcome: 'restored' | 'closed' | 'loss-shared' };

export type WaterfallStep = {
  /** The memory after the action. */
  readonly waterfall: Waterfall;
  readonly action: WaterfallAction;
  readonly rule: `LIQUIDATION-${string}`;
  readonly reason: string;
};

/** A liquidation that begins now (LIQUIDATION-001): the account's health is liquidating or bankrupt. */
export function openWaterfall(account: AccountId, timeMs: number): Waterfall {
  return {
    account,
    stage: 'orders',
    openedMs: timeMs,
    rounds: 0,
    hedges: 0,
    auctionMs: null,
    fundDrawn: false,
    deleveragedMs: null,
  };
}

/**
 * The next step of one account: one action, to be carried out before the next question. Pure. Every action moves a
 * counter, a stage or a deadline, and no stage comes back (LIQUIDATION-001 to 023). An ended liquidation stays ended.
 */
export function nextStep(waterfall: Waterfall, facts: WaterfallFacts, rules: WaterfallRules): WaterfallStep {
  const at = { waterfall, facts, rules };
  if (waterfall.stage === 'ended')
    return end(at, 'closed', { rule: '022', reason: 'the liquidation has ended' });
  if (waterfall.stage === 'orders' && facts.openOrders > 0) {
    const reason = `${facts.openOrders} open orders hold margin and may add risk`;
    return step(at, { kind: 'cancel-orders' }, { rule: '003', reason });
  }
  if (facts.openPositions === 0) return settle(at);
  if (!waterfall.fundDrawn && isRestored(facts, rules.targetRatio)) {
    return end(at, 'restored', {
      rule: '002',
      reason: `${ratioOf(facts)} of equity is needed, within the target`,
    });
  }
  if (!facts.allowed) {
    return wait(at, facts.timeMs + rules.intervalMs, {
      rule: '023',
      reason: 'a breaker pauses liquidations',
    });
  }
  if (facts.equityUsd <= 0 || waterfall.fundDrawn || isPast(waterfall, 'auction')) return lastResort(at);
  return solvent(at);
}

type At = {
  readonly waterfall: Waterfall;
  readonly facts: WaterfallFacts;
  readonly rules: WaterfallRules;
};

function isPast({ stage }: Waterfall, other: WaterfallStage): boolean {
  return WATERFALL_STAGES.indexOf(stage) > WATERFALL_STAGES.indexOf(other);
}

/** Reduction, hedge, auction: what an account with equity left goes through. */
function solvent(at: At): WaterfallStep {
  const { waterfall, facts, rules } = at;
  const marketOver = facts.timeMs - waterfall.openedMs >= rules.marketMsMax;
  if (!isPast(waterfall, 'reduction') && !marketOver && waterfall.rounds < rules.roundsMax) {
    const readiness = facts.reduction();
    if (readiness === 'ready') {
      const reason = `${ratioOf(facts)} of equity is needed: round ${waterfall.rounds + 1} of partial reduction`;
      return step(at, { kind: 'reduce' }, { rule: '004', reason });
    }
    if (readiness === 'paced') return waitForPace(at, 'reduction');
  }
  if (!isPast(waterfall, 'hedge') && !marketOver && waterfall.hedges === 0) {
    const readiness = facts.hedge();
    if (readiness === 'ready') {
      const reason = 'the book cannot be reduced far enough in the market: its delta is hedged first';
      return step(at, { kind: 'hedge' }, { rule: '009', reason });
    }
    if (readiness === 'paced') return waitForPace(at, 'hedge');
  }
  if (waterfall.auctionMs === null) {
    const reason = `${ratioOf(facts)} of equity is needed after reduction and hedge: the account is auctioned`;
    return step(at, { kind: 'open-auction' }, { rule: '011', reason });
  }
  const deadlineMs = waterfall.auctionMs + rules.auctionMsMax;
  if (facts.timeMs < deadlineMs)
    return wait(at, deadlineMs, { rule: '011', reason: 'the auction is open for bids' });
  return lastResort(at);
}

/** Backstop, fund, deleveraging: what is left when there is no equity, or nobody wanted the account. */
function lastResort(at: At): WaterfallStep {
  const { waterfall, facts, rules } = at;
  const backstop = facts.backstop();
  if (backstop !== null) {
    const reason = `${backstop} has the margin to take the book over at its bankruptcy prices`;
    return step(at, { kind: 'take-over', backstop }, { rule: '013', reason });
  }
  if (facts.equityUsd < 0 && !waterfall.fundDrawn && facts.fund()) {
    const reason = 'equity is below zero: the insurance fund pays as far as it goes';
    return step(at, { kind: 'draw-fund' }, { rule: '015', reason });
  }
  if (waterfall.deleveragedMs !== null && facts.timeMs - waterfall.deleveragedMs < rules.intervalMs) {
    const untilMs = waterfall.deleveragedMs + rules.intervalMs;
    return wait(at, untilMs, { rule: '016', reason: 'deleveraging found too few counterparties' });
  }
  const reason = 'nobody is left to take the book: counterparties are deleveraged at its bankruptcy prices';
  return step(at, { kind: 'deleverage' }, { rule: '016', reason });
}

/** No positions are left: a deficit goes to the fund, then to everyone. */
function settle(at: At): WaterfallStep {
  const { waterfall, facts } = at;
  if (facts.equityUsd >= 0)
    return end(at, 'closed', { rule: '022', reason: 'no positions and no deficit are left' });
  if (!waterfall.fundDrawn && facts.fund()) {
    const reason =
      'no positions are left and equity is below zero: the insurance fund pays as far as it goes';
    return step(at, { kind: 'draw-fund' }, { rule: '015', reason });
  }
  if (waterfall.stage === 'loss-sharing') {
    return end(at, 'loss-shared', { rule: '022', reason: 'what could be shared of the loss is shared' });
  }
  const reason = 'a deficit is left when everything is closed: it is shared over all positive equity';
  return step(at, { kind: 'share-loss' }, { rule: '021', reason });
}

function waitForPace(at: At, stage: 'reduction' | 'hedge'): WaterfallStep {
  const { facts, rules } = at;
  const untilMs = (Math.floor(facts.timeMs / rules.intervalMs) + 1) * rules.intervalMs;
  const waited = wait(at, untilMs, {
    rule: '006',
    reason: 'depth and rate limit of this interval are used up',
  });
  return { ...waited, waterfall: { ...waited.waterfall, stage } };
}

type Why = { readonly rule: string; readonly reason: string };

function wait(at: At, untilMs: number, why: Why): WaterfallStep {
  return step(at, { kind: 'wait', untilMs }, why);
}

type Outcome = Extract<WaterfallAction, { readonly kind: 'end' }>['outcome'];

function end(at: At, outcome: Outcome, why: Why): WaterfallStep {
  return step(at, { kind: 'end', outcome }, why);
}

function step(at: At, action: WaterfallAction, why: Why): WaterfallStep {
  const moved = { ...at.waterfall, ...changeOf(action, at) };
  const stage = isPast(at.waterfall, moved.stage) ? at.waterfall.stage : moved.stage;
  return { waterfall: { ...moved, stage }, action, rule: `LIQUIDATION-${why.rule}`, reason: why.reason };
}

function changeOf(action: WaterfallAction, { waterfall, facts }: At): Partial<Waterfall> {
  switch (action.kind) {
    case 'wait':
      return {};
    case 'cancel-orders':
      return { stage: 'reduction' };
    case 'reduce':
      return { stage: 'reduction', rounds: waterfall.rounds + 1 };
    case 'hedge':
      return { stage: 'hedge', hedges: waterfall.hedges + 1 };
    case 'open-auction':
      return { stage: 'auction', auctionMs: facts.timeMs };
    case 'take-over':
      return { stage: 'backstop' };
    case 'draw-fund':
      return { stage: 'fund', fundDrawn: true };
    case 'deleverage':
      return { stage: 'deleveraging', deleveragedMs: facts.timeMs };
    case 'share-loss':
      return { stage: 'loss-sharing' };
    case 'end':
      return { stage: 'ended' };
    default:
      return unreachable(action);
  }
}
