import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  NO_QUALITY,
  type QualityParameters,
  type QualityState,
  type SourceTick,
  judgePrice,
  judgeRedemption,
} from './quality.ts';

const parameters: QualityParameters = {
  sourcesMin: 2,
  ageMsMax: 10_000,
  unchangedMsMax: 60_000,
  spreadFracMax: 0.02,
  jumpFracMax: 0.05,
  jumpConfirmMs: 3_000,
  floor: 0.1,
  ceiling: 100,
};

const tick = (source: string, value: number, timeMs: number): SourceTick => ({ source, value, timeMs });
const judge = (state: QualityState, ticks: readonly SourceTick[], timeMs: number, own = parameters) =>
  judgePrice(state, ticks, { timeMs, parameters: own });
const reasonsOf = (verdict: ReturnType<typeof judge>): string[] => verdict.reasons.map((r) => r.reason);
const par = [tick('a', 1, 0), tick('b', 1.001, 0), tick('c', 0.999, 0)];

describe('the quality gate', () => {
  it('takes the median of sources that agree (QUALITY-002)', () => {
    const { price } = judge(NO_QUALITY, par, 0);
    expect(price).toEqual({ value: 1, ageMs: 0, confidence: 1, degraded: false });
  });

  it('is never moved by one thin source, whatever it says (QUALITY-002)', () => {
    const wild = fc.oneof(fc.constant(0.65), fc.double({ min: 0.001, max: 50, noNaN: true }));
    fc.assert(
      fc.property(fc.array(wild, { minLength: 1, maxLength: 30 }), (values) => {
        let state = judge(NO_QUALITY, par, 0).state;
        values.forEach((value, i) => {
          const timeMs = (i + 1) * 1000;
          const honest = ['a', 'b', 'd'].map((s, j) => tick(s, 1 + 0.0001 * (j + (i % 2)), timeMs));
          const verdict = judge(state, [...honest, tick('c', value, timeMs)], timeMs);
          state = verdict.state;
          expect(verdict.price!.degraded).toBe(false);
          expect(Math.abs(verdict.price!.value - 1)).toBeLessThan(0.02);
          if (Math.abs(value - 1) > 0.03) expect(Math.abs(verdict.price!.value - 1)).toBeLessThan(0.0004);
        });
      }),
      { seed: 65, numRuns: 300 },
    );
  });

  it('keeps the last good price, degraded, while two sources contradict each other (QUALITY-003)', () => {
    const { state } = judge(NO_QUALITY, par, 0);
    const verdict = judge(state, [tick('a', 1, 20_000), tick('b', 0.65, 20_000)], 20_000);
    expect(verdict.price).toEqual({ value: 1, ageMs: 20_000, confidence: 0, degraded: true });
    expect(reasonsOf(verdict)).toContain('far from the others');
  });

  it('does not believe a source that repeats itself or sits at its floor (QUALITY-001)', () => {
    const alone: QualityParameters = { ...parameters, sourcesMin: 1 };
    let { state } = judge(NO_QUALITY, [tick('a', 0.5, 0)], 0, alone);
    for (let timeMs = 5_000; timeMs <= 65_000; timeMs += 5_000) {
      const verdict = judge(state, [tick('a', 0.5, timeMs)], timeMs, alone);
      state = verdict.state;
      expect(verdict.price!.degraded).toBe(timeMs > 60_000);
    }
    const floored = judge(state, [tick('a', 0.1, 70_000)], 70_000, alone);
    expect(floored.price).toEqual({ value: 0.5, ageMs: 10_000, confidence: 0, degraded: true });
    expect(reasonsOf(floored)).toContain('at floor');
    expect(reasonsOf(judge(state, [tick('a', 100, 70_000)], 70_000, alone))).toContain('at ceiling');
  });

  it('drops what is stale, late, in the future, or no price (QUALITY-001)', () => {
    const { state } = judge(NO_QUALITY, par, 0);
    const ticks = [tick('a', 1, -5), tick('b', 1, 9_000), tick('c', NaN, 8_000), tick('d', -1, 8_000)];
    const verdict = judge(state, ticks, 8_000);
    expect(reasonsOf(verdict)).toEqual(['out of order', 'from the future', 'not a price', 'not a price']);
    const stale = judge(state, [tick('a', 1, 11_000)], 11_000);
    expect(reasonsOf(stale)).toEqual(['stale', 'stale', 'too few sources']);
    expect(stale.price!.degraded).toBe(true);
  });

  it('believes a jump that all sources agree on only once it has held (QUALITY-004)', () => {
    let { state } = judge(NO_QUALITY, par, 0);
    const crash = (timeMs: number): readonly SourceTick[] =>
      ['a', 'b', 'c'].map((s, i) => tick(s, 0.8 + 0.001 * i, timeMs));
    const seen: [number, boolean][] = [];
    for (let timeMs = 1_000; timeMs <= 5_000; timeMs += 1_000) {
      const verdict = judge(state, crash(timeMs), timeMs);
      state = verdict.state;
      seen.push([verdict.price!.value, verdict.price!.degraded]);
    }
    expect(seen).toEqual([
      [1, true],
      [1, true],
      [1, true],
      [0.801, false],
      [0.801, false],
    ]);
  });

  it('starts the wait again where the jump goes elsewhere', () => {
    let { state } = judge(NO_QUALITY, par, 0);
    for (let i = 1; i <= 20; i++) {
      const value = i % 2 === 0 ? 0.8 : 1.3;
      const verdict = judge(
        state,
        [tick('a', value, i * 1000), tick('b', value, i * 1000), tick('c', value, i * 1000)],
        i * 1000,
      );
      state = verdict.state;
      expect(verdict.price!.value).toBe(1);
    }
  });

  it('has no price before the first good one', () => {
    const verdict = judge(NO_QUALITY, [tick('a', 1, 0)], 0);
    expect(verdict.price).toBeNull();
    expect(reasonsOf(verdict)).toEqual(['too few sources']);
  });

  it('gives the same answer for any order of sources (QUALITY-005)', () => {
    const forwards = judge(NO_QUALITY, par, 0);
    expect(judge(NO_QUALITY, par.toReversed(), 0)).toEqual(forwards);
  });
});

describe('a redemption value', () => {
  const index = { value: 0.65, ageMs: 0, confidence: 1, degraded: false };
  const at = { timeMs: 10_000, index, ageMsMax: 60_000, gapFracMax: 0.6 };

  it('stands beside a thin book', () => {
    expect(judgeRedemption({ value: 1, timeMs: 9_000 }, at)).toBe(1);
  });

  it('is not relied on where it is stale, absurd, or too far above what the sources agree on (QUALITY-006)', () => {
    expect(judgeRedemption({ value: 1, timeMs: -60_000 }, at)).toBeNull();
    expect(judgeRedemption({ value: 1, timeMs: 11_000 }, at)).toBeNull();
    expect(judgeRedemption({ value: NaN, timeMs: 9_000 }, at)).toBeNull();
    expect(
      judgeRedemption({ value: 1, timeMs: 9_000 }, { ...at, index: { ...index, value: 0.2 } }),
    ).toBeNull();
  });
});
