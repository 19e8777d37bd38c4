import { type Failure, refuse } from '../base/failure.ts';
import { BREAKER_LEVELS, type BreakerLevel } from './level.ts';

/** What a breaker watches. Larger is worse for each. */
export const BREAKER_SIGNALS = [
  /** Largest move of the price within its window, as a fraction. */
  'velocityFrac',
  /** Distance of the mark from the index, as a fraction. */
  'deviationFrac',
  /** Spread between price sources, as a fraction. */
  'divergenceFrac',
  /** Age of the price in force. */
  'staleMs',
  /** Liquidation volume in its window / depth. */
  'liquidationFrac',
  /** Fall of the insurance fund from its peak, as a fraction. */
  'fundDrawdownFrac',
  /** Accounts in margin call / accounts with positions. */
  'calledFrac',
  /** Delay of journal or feed. */
  'lagMs',
] as const;
export type BreakerSignal = (typeof BREAKER_SIGNALS)[number];

/** A signal that is absent is not watched here; one that is null is watched and not known. */
export type BreakerSignals = { readonly [signal in BreakerSignal]?: number | null };

/** A state is entered at `enter` and left below `exit`; `exit` < `enter`. */
export type Threshold = { readonly enter: number; readonly exit: number };
export type ActiveLevel = Exclude<BreakerLevel, 'normal'>;

export type BreakerParameters = {
  /** Which states a signal can demand. */
  readonly thresholds: {
    readonly [signal in BreakerSignal]?: { readonly [level in ActiveLevel]?: Threshold };
  };
  /** Shortest stay in a state before it eases. */
  readonly dwellMs: { readonly [level in ActiveLevel]: number };
};

const ACTIVE: readonly ActiveLevel[] = ['cautious', 'reduce-only', 'liquidations-paused', 'halted'];

/** Refuses NUMBER_OUT_OF_RANGE: exits not below enters, thresholds that do not rise with the state, dwell times below 0. */
export function judgeBreakerParameters(parameters: BreakerParameters): Failure | null {
  for (const signal of BREAKER_SIGNALS) {
    let before: Threshold = { enter: 0, exit: 0 };
    for (const level of ACTIVE) {
      const threshold = parameters.thresholds[signal]?.[level];
      if (threshold === undefined) continue;
      const { enter, exit } = threshold;
      const rises = enter >= before.enter && exit >= before.exit;
      if (!(exit > 0 && exit < enter && enter < Infinity && rises)) {
        return refuse('NUMBER_OUT_OF_RANGE', {
          field: `thresholds.${signal}.${level}`,
          value: `${enter}, ${exit}`,
          expected: '0 < exit < enter, and neither below those of a better state',
        });
      }
      before = threshold;
    }
  }
  for (const level of ACTIVE) {
    const dwell = parameters.dwellMs[level];
    if (dwell >= 0 && dwell < Infinity) continue;
    return refuse('NUMBER_OUT_OF_RANGE', {
      field: `dwellMs.${level}`,
      value: dwell,
      expected: 'finite, at least 0',
    });
  }
  return null;
}

/** Threshold of a signal for a state, by severity; null where the signal does not demand that state. */
export function thresholdOf(
  parameters: BreakerParameters,
  signal: BreakerSignal,
  severity: number,
): Threshold | null {
  const level = BREAKER_LEVELS[severity]!;
  return level === 'normal' ? null : (parameters.thresholds[signal]?.[level] ?? null);
}

const MINUTE_MS = 60_000;

const DWELL_MS: BreakerParameters['dwellMs'] = {
  cautious: 5 * MINUTE_MS,
  'reduce-only': 5 * MINUTE_MS,
  'liquidations-paused': 2 * MINUTE_MS,
  halted: 2 * MINUTE_MS,
};

const PRICE_THRESHOLDS: BreakerParameters['thresholds'] = {
  velocityFrac: {
    cautious: { enter: 0.05, exit: 0.03 },
    'reduce-only': { enter: 0.15, exit: 0.1 },
  },
  deviationFrac: {
    cautious: { enter: 0.02, exit: 0.01 },
    'reduce-only': { enter: 0.05, exit: 0.03 },
    'liquidations-paused': { enter: 0.15, exit: 0.08 },
  },
  divergenceFrac: {
    cautious: { enter: 0.01, exit: 0.005 },
    'reduce-only': { enter: 0.03, exit: 0.015 },
    'liquidations-paused': { enter: 0.1, exit: 0.05 },
  },
  staleMs: {
    cautious: { enter: 15_000, exit: 5_000 },
    'reduce-only': { enter: 30_000, exit: 10_000 },
    'liquidations-paused': { enter: 60_000, exit: 15_000 },
    halted: { enter: 10 * MINUTE_MS, exit: MINUTE_MS },
  },
  liquidationFrac: {
    cautious: { enter: 0.5, exit: 0.25 },
    'reduce-only': { enter: 2, exit: 1 },
  },
};

/**
 * Parameters that apply unless a venue states its own: prices alone never stop liquidations, doubtful prices do; a fund that is going makes
 * the venue reduce only; a journal or feed that is far behind halts it.
 */
export const DEFAULT_BREAKERS: {
  readonly [kind in 'instrument' | 'underlying' | 'venue']: BreakerParameters;
} = {
  instrument: { thresholds: PRICE_THRESHOLDS, dwellMs: DWELL_MS },
  underlying: { thresholds: PRICE_THRESHOLDS, dwellMs: DWELL_MS },
  venue: {
    thresholds: {
      fundDrawdownFrac: {
        cautious: { enter: 0.1, exit: 0.05 },
        'reduce-only': { enter: 0.5, exit: 0.4 },
      },
      calledFrac: {
        cautious: { enter: 0.05, exit: 0.03 },
        'reduce-only': { enter: 0.2, exit: 0.12 },
      },
      lagMs: {
        cautious: { enter: 1_000, exit: 500 },
        'reduce-only': { enter: 5_000, exit: 1_000 },
        'liquidations-paused': { enter: 15_000, exit: 2_000 },
        halted: { enter: MINUTE_MS, exit: 5_000 },
      },
    },
    dwellMs: DWELL_MS,
  },
};
