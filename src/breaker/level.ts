/** States of a breaker, from best to worst (BREAKER-001). */
export const BREAKER_LEVELS = ['normal', 'cautious', 'reduce-only', 'liquidations-paused', 'halted'] as const;
export type BreakerLevel = (typeof BREAKER_LEVELS)[number];

/** 0 for normal, 4 for halted. */
export function severityOf(level: BreakerLevel): number {
  return BREAKER_LEVELS.indexOf(level);
}

/** The worst of several; normal where there are none. An instrument obeys its own breaker, its underlying's and the venue's (BREAKER-005). */
export function worstLevel(levels: readonly BreakerLevel[]): BreakerLevel {
  let worst = 0;
  for (const level of levels) worst = Math.max(worst, severityOf(level));
  return BREAKER_LEVELS[worst]!;
}

/** What a participant or the venue may want to do, as far as breakers care. */
export type BreakerAct =
  'increase-risk' | 'reduce-risk' | 'cancel' | 'deposit' | 'withdraw' | 'liquidate' | 'bid' | 'govern';

/** What a state does. Factors are at least 1 for haircuts and at most 1 for the pace of liquidations. */
export type BreakerEffect = {
  readonly haircutFactor: number;
  readonly paceFactor: number;
  readonly allows: ReadonlySet<BreakerAct>;
};

const ALWAYS: readonly BreakerAct[] = ['cancel', 'deposit', 'govern'];

/** Effects by state (BREAKER-006): each allows no more than the one before it. */
export const BREAKER_EFFECTS: { readonly [level in BreakerLevel]: BreakerEffect } = {
  normal: effect(1, 1, ['increase-risk', 'reduce-risk', 'withdraw', 'liquidate', 'bid']),
  cautious: effect(1.25, 0.5, ['increase-risk', 'reduce-risk', 'withdraw', 'liquidate', 'bid']),
  'reduce-only': effect(1.5, 0.25, ['reduce-risk', 'withdraw', 'liquidate', 'bid']),
  'liquidations-paused': effect(1.5, 0, ['reduce-risk']),
  halted: effect(1.5, 0, []),
};

function effect(haircutFactor: number, paceFactor: number, more: readonly BreakerAct[]): BreakerEffect {
  return { haircutFactor, paceFactor, allows: new Set([...ALWAYS, ...more]) };
}

/** Whether a state allows an act. */
export function allowsAct(level: BreakerLevel, act: BreakerAct): boolean {
  return BREAKER_EFFECTS[level].allows.has(act);
}

/** Breakers by what they watch. */
export const VENUE_SCOPE = 'venue';

export function underlyingScope(underlying: string): string {
  return `underlying:${underlying}`;
}

export function instrumentScope(instrument: string): string {
  return `instrument:${instrument}`;
}
