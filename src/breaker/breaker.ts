import { BREAKER_LEVELS, type BreakerLevel, severityOf } from './level.ts';
import {
  BREAKER_SIGNALS,
  type BreakerParameters,
  type BreakerSignal,
  type BreakerSignals,
  thresholdOf,
} from './parameters.ts';

/** The memory of one breaker. Plain data. */
export type Breaker = {
  /** What the signals have led to. */
  readonly level: BreakerLevel;
  /** Since when. */
  readonly sinceMs: number;
  /** What is in force: the level, or what an override holds it at. */
  readonly inForce: BreakerLevel;
};

/** A decision of two people to hold a breaker in a state, or to switch it off; in force before `untilMs`. */
export type BreakerOverride = {
  readonly id: string;
  readonly state: BreakerLevel | 'released';
  readonly untilMs: number;
};

export type BreakerInput = {
  readonly signals: BreakerSignals;
  readonly parameters: BreakerParameters;
  /** The one that counts, if any; who approved it is not asked here. */
  readonly override: BreakerOverride | null;
  readonly timeMs: number;
};

export type BreakerStep = {
  readonly state: Breaker;
  /** Whether what is in force changed. */
  readonly changed: boolean;
  readonly reason: string;
};

/** A breaker that has seen nothing yet. */
export function openBreaker(timeMs: number): Breaker {
  return { level: 'normal', sinceMs: timeMs, inForce: 'normal' };
}

/**
 * Moves a breaker on. It worsens at once to what the worst signal demands (BREAKER-002), and eases by one state at a time, each after its
 * dwell time and only when every signal is below its exit level (BREAKER-003); a signal that is not known, NaN included, holds it
 * where it is (BREAKER-004). An override replaces what is in force until it expires, while the breaker goes on judging underneath
 * (BREAKER-007). Depends on nothing but its arguments (BREAKER-008); no errors for parameters that were judged.
 */
export function stepBreaker(breaker: Breaker, input: BreakerInput): BreakerStep {
  const judged = judgeSignals(breaker, input);
  const { override, timeMs } = input;
  const held = override !== null && timeMs < override.untilMs ? override : null;
  const inForce = held === null ? judged.level : held.state === 'released' ? 'normal' : held.state;
  const state: Breaker = { level: judged.level, sinceMs: judged.sinceMs, inForce };
  const reason =
    held === null ? judged.reason : `override ${held.id} holds it until ${held.untilMs}; ${judged.reason}`;
  return { state, changed: inForce !== breaker.inForce, reason };
}

type Judged = { readonly level: BreakerLevel; readonly sinceMs: number; readonly reason: string };

function judgeSignals(breaker: Breaker, { signals, parameters, timeMs }: BreakerInput): Judged {
  const current = severityOf(breaker.level);
  const stay = (reason: string): Judged => ({ level: breaker.level, sinceMs: breaker.sinceMs, reason });
  let worst = 0;
  let by: BreakerSignal | null = null;
  let unknown: BreakerSignal | null = null;
  for (const signal of BREAKER_SIGNALS) {
    const value = signals[signal];
    if (value === undefined) continue;
    if (value === null || Number.isNaN(value)) {
      unknown ??= signal;
      continue;
    }
    const demanded = demandOf({ signal, value }, parameters, current);
    if (demanded > worst) {
      worst = demanded;
      by = signal;
    }
  }
  if (worst > current) {
    return { level: BREAKER_LEVELS[worst]!, sinceMs: timeMs, reason: `${by} is ${signals[by!]}` };
  }
  if (current === 0) return stay('all signals are within their levels');
  if (worst === current)
    return stay(`${by} is ${signals[by!]}, not below the exit level of ${breaker.level}`);
  if (unknown !== null) return stay(`${unknown} is not known`);
  if (timeMs - breaker.sinceMs < dwellOf(parameters, breaker.level))
    return stay('its dwell time is not over');
  const level = BREAKER_LEVELS[current - 1]!;
  return { level, sinceMs: timeMs, reason: 'all signals are below their exit levels' };
}

/** Severity that one signal demands of a breaker at severity `current`: exit levels count up to there, enter levels beyond. */
function demandOf(
  of: { readonly signal: BreakerSignal; readonly value: number },
  parameters: BreakerParameters,
  current: number,
): number {
  let demanded = 0;
  for (let severity = 1; severity < BREAKER_LEVELS.length; severity++) {
    const threshold = thresholdOf(parameters, of.signal, severity);
    if (threshold === null) continue;
    if (of.value >= (severity <= current ? threshold.exit : threshold.enter)) demanded = severity;
  }
  return demanded;
}

function dwellOf(parameters: BreakerParameters, level: BreakerLevel): number {
  return level === 'normal' ? 0 : parameters.dwellMs[level];
}
