import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Breaker, type BreakerInput, openBreaker, stepBreaker } from './breaker.ts';
import { BREAKER_LEVELS, type BreakerLevel, severityOf } from './level.ts';
import {
  BREAKER_SIGNALS,
  type BreakerParameters,
  type BreakerSignals,
  DEFAULT_BREAKERS,
  thresholdOf,
} from './parameters.ts';

const PARAMETERS: BreakerParameters = {
  thresholds: {
    velocityFrac: {
      cautious: { enter: 0.05, exit: 0.03 },
      'reduce-only': { enter: 0.15, exit: 0.1 },
    },
    lagMs: {
      cautious: { enter: 1_000, exit: 500 },
      'liquidations-paused': { enter: 10_000, exit: 2_000 },
      halted: { enter: 60_000, exit: 5_000 },
    },
  },
  dwellMs: { cautious: 100, 'reduce-only': 200, 'liquidations-paused': 300, halted: 400 },
};

function step(from: Breaker, signals: BreakerSignals, timeMs: number, more: Partial<BreakerInput> = {}) {
  return stepBreaker(from, { signals, timeMs, parameters: PARAMETERS, override: null, ...more });
}
const at = (level: BreakerLevel, sinceMs = 0): Breaker => ({ level, sinceMs, inForce: level });

const value = fc.oneof(
  fc.double({ min: 0, max: 0.3, noNaN: true }),
  fc.constantFrom(0.03, 0.05, 0.1, 0.15, 500, 1_000, 2_000, 5_000, 10_000, 60_000, Infinity),
  fc.double({ min: 0, max: 100_000, noNaN: true }),
);
const known = fc.record({ velocityFrac: value, lagMs: value });
const maybe = fc.option(value, { nil: null });
const signals = fc.record({ velocityFrac: maybe, lagMs: maybe });
const levels = fc.constantFrom(...BREAKER_LEVELS);
const course = fc.array(fc.tuple(signals, fc.integer({ min: 0, max: 250 })), { maxLength: 60 });

describe('a breaker', () => {
  it('worsens at once, as far as the worst signal demands (BREAKER-001, 002)', () => {
    expect(step(openBreaker(0), { velocityFrac: 0.05 }, 5)).toEqual({
      state: { level: 'cautious', sinceMs: 5, inForce: 'cautious' },
      changed: true,
      reason: 'velocityFrac is 0.05',
    });
    expect(step(openBreaker(0), { velocityFrac: 0.2, lagMs: 60_000 }, 5).state.level).toBe('halted');
    expect(step(openBreaker(0), { velocityFrac: 0.0499 }, 5).changed).toBe(false);
  });

  it('eases one state at a time, below the exit level and after the dwell time (BREAKER-003)', () => {
    const calm = { velocityFrac: 0, lagMs: 0 };
    expect(step(at('halted'), calm, 399).reason).toContain('dwell');
    expect(step(at('halted'), calm, 400).state).toEqual(at('liquidations-paused', 400));
    expect(step(at('cautious'), { velocityFrac: 0.03 }, 1e6).state.level).toBe('cautious');
    expect(step(at('cautious'), { velocityFrac: 0.0299 }, 1e6).state.level).toBe('normal');
    // Below the exit of reduce-only but not of cautious.
    const eased = step(at('reduce-only'), { velocityFrac: 0.09 }, 200);
    expect(eased.state.level).toBe('cautious');
    expect(step(eased.state, { velocityFrac: 0.09 }, 1e6).state.level).toBe('cautious');
  });

  it('holds while a signal is not known (BREAKER-004)', () => {
    for (const unknown of [null, NaN]) {
      expect(step(at('cautious'), { velocityFrac: unknown, lagMs: 0 }, 1e6).state.level).toBe('cautious');
      expect(step(at('normal'), { velocityFrac: unknown }, 1e6).state.level).toBe('normal');
      expect(step(at('cautious'), { velocityFrac: unknown, lagMs: 60_000 }, 1e6).state.level).toBe('halted');
    }
    expect(step(at('cautious'), {}, 1e6).state.level).toBe('normal');
  });

  it('is held by an override until it expires, and goes on judging underneath (BREAKER-007)', () => {
    const released = { id: 'o1', state: 'released', untilMs: 50 } as const;
    const open = step(at('cautious'), { velocityFrac: 0.2 }, 10, { override: released });
    expect(open).toMatchObject({ state: { level: 'reduce-only', inForce: 'normal' }, changed: true });
    expect(open.reason).toContain('override o1');
    const expired = step(open.state, { velocityFrac: 0.2 }, 50, { override: released });
    expect(expired).toMatchObject({ state: { inForce: 'reduce-only' }, changed: true });
    const halted = { id: 'o2', state: 'halted', untilMs: 50 } as const;
    expect(step(at('normal'), {}, 10, { override: halted }).state).toEqual({
      level: 'normal',
      sinceMs: 0,
      inForce: 'halted',
    });
  });
});

describe('any course of signals', () => {
  it('is monotone: larger signals never lead to a better state (BREAKER-002)', () => {
    const by = fc.double({ min: 0, max: 1e5, noNaN: true });
    fc.assert(
      fc.property(levels, known, by, by, fc.integer({ min: 0, max: 1_000 }), (level, low, a, b, timeMs) => {
        const high = { velocityFrac: low.velocityFrac + a, lagMs: low.lagMs + b };
        const [better, worse] = [low, high].map((s) => severityOf(step(at(level), s, timeMs).state.level));
        expect(worse).toBeGreaterThanOrEqual(better!);
      }),
      { seed: 81, numRuns: 5000 },
    );
  });

  it('never flickers inside the band between exit and enter (BREAKER-002, 003)', () => {
    const inside = fc.double({ min: 0.03, max: 0.05, noNaN: true, maxExcluded: true });
    fc.assert(
      fc.property(fc.constantFrom<BreakerLevel>('normal', 'cautious'), fc.array(inside), (level, values) => {
        let breaker = at(level);
        let timeMs = 0;
        for (const velocityFrac of values) {
          timeMs += 1_000;
          const next = step(breaker, { velocityFrac }, timeMs);
          expect(next.changed).toBe(false);
          breaker = next.state;
        }
        expect(breaker.level).toBe(level);
      }),
      { seed: 82, numRuns: 500 },
    );
  });

  it('stays in every state for its dwell time before it eases by one (BREAKER-003)', () => {
    fc.assert(
      fc.property(course, (list) => {
        let breaker = openBreaker(0);
        let timeMs = 0;
        for (const [signal, elapsedMs] of list) {
          timeMs += elapsedMs;
          const { state } = step(breaker, signal, timeMs);
          const fall = severityOf(breaker.level) - severityOf(state.level);
          if (fall > 0 && breaker.level !== 'normal') {
            expect(fall).toBe(1);
            expect(timeMs - breaker.sinceMs).toBeGreaterThanOrEqual(PARAMETERS.dwellMs[breaker.level]);
            for (const id of BREAKER_SIGNALS) {
              const threshold = thresholdOf(PARAMETERS, id, severityOf(breaker.level));
              if (threshold !== null && signal[id as 'lagMs'] !== undefined) {
                expect(signal[id as 'lagMs']).toBeLessThan(threshold.exit);
              }
            }
          }
          expect(state.sinceMs).toBe(state.level === breaker.level ? breaker.sinceMs : timeMs);
          breaker = state;
        }
      }),
      { seed: 83, numRuns: 3000 },
    );
  });

  it('comes back to normal once all is calm for long enough (BREAKER-003)', () => {
    fc.assert(
      fc.property(levels, (level) => {
        let breaker = at(level);
        for (let i = 1; i <= 4; i++) breaker = step(breaker, { velocityFrac: 0, lagMs: 0 }, i * 400).state;
        expect(breaker.level).toBe('normal');
      }),
      { seed: 84 },
    );
  });

  it('depends on nothing but what it is given (BREAKER-008)', () => {
    const run = (list: readonly (readonly [BreakerSignals, number])[]): unknown[] => {
      let breaker = openBreaker(0);
      let timeMs = 0;
      return list.map(([signal, elapsedMs]) => {
        timeMs += elapsedMs;
        const next = step(breaker, signal, timeMs, { parameters: DEFAULT_BREAKERS.underlying });
        breaker = next.state;
        return next;
      });
    };
    fc.assert(
      fc.property(course, (list) => {
        expect(run(list)).toEqual(run(structuredClone(list)));
      }),
      { seed: 85, numRuns: 500 },
    );
  });
});
