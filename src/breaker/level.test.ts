import { describe, expect, it } from 'vitest';
import {
  allowsAct,
  BREAKER_EFFECTS,
  BREAKER_LEVELS,
  instrumentScope,
  severityOf,
  underlyingScope,
  VENUE_SCOPE,
  worstLevel,
} from './level.ts';
import { type BreakerParameters, DEFAULT_BREAKERS, judgeBreakerParameters } from './parameters.ts';

describe('the states of a breaker', () => {
  it('are ordered, and the worst of several counts (BREAKER-001, BREAKER-005)', () => {
    expect(BREAKER_LEVELS.map(severityOf)).toEqual([0, 1, 2, 3, 4]);
    expect(worstLevel(['cautious', 'liquidations-paused', 'normal'])).toBe('liquidations-paused');
    expect(worstLevel([])).toBe('normal');
    expect([VENUE_SCOPE, underlyingScope('BTC'), instrumentScope('BTC-P')]).toEqual([
      'venue',
      'underlying:BTC',
      'instrument:BTC-P',
    ]);
  });

  it('tighten from one to the next (BREAKER-006)', () => {
    for (let i = 1; i < BREAKER_LEVELS.length; i++) {
      const [better, worse] = [BREAKER_EFFECTS[BREAKER_LEVELS[i - 1]!], BREAKER_EFFECTS[BREAKER_LEVELS[i]!]];
      expect(worse.haircutFactor).toBeGreaterThanOrEqual(better.haircutFactor);
      expect(worse.paceFactor).toBeLessThanOrEqual(better.paceFactor);
      for (const act of worse.allows) expect(better.allows.has(act)).toBe(true);
    }
    for (const level of BREAKER_LEVELS) {
      for (const act of ['cancel', 'deposit', 'govern'] as const) expect(allowsAct(level, act)).toBe(true);
    }
    expect(allowsAct('reduce-only', 'increase-risk')).toBe(false);
    expect(allowsAct('reduce-only', 'liquidate')).toBe(true);
    expect(allowsAct('liquidations-paused', 'liquidate')).toBe(false);
    expect(allowsAct('halted', 'reduce-risk')).toBe(false);
  });
});

describe('parameters', () => {
  const withLag = (lagMs: BreakerParameters['thresholds']['lagMs'] & object): BreakerParameters => ({
    ...DEFAULT_BREAKERS.venue,
    thresholds: { lagMs },
  });

  it('are sound by default', () => {
    for (const parameters of Object.values(DEFAULT_BREAKERS)) {
      expect(judgeBreakerParameters(parameters)).toBe(null);
    }
  });

  it('are refused where levels cross or dwell times are none', () => {
    const refused = { failure: 'NUMBER_OUT_OF_RANGE' };
    expect(judgeBreakerParameters(withLag({ cautious: { enter: 5, exit: 5 } }))).toMatchObject(refused);
    expect(judgeBreakerParameters(withLag({ cautious: { enter: NaN, exit: 1 } }))).toMatchObject(refused);
    const crossing = { cautious: { enter: 9, exit: 8 }, halted: { enter: 7, exit: 6 } };
    expect(judgeBreakerParameters(withLag(crossing))).toMatchObject({ field: 'thresholds.lagMs.halted' });
    const dwellMs = { ...DEFAULT_BREAKERS.venue.dwellMs, halted: -1 };
    expect(judgeBreakerParameters({ ...DEFAULT_BREAKERS.venue, dwellMs })).toMatchObject({
      field: 'dwellMs.halted',
    });
  });
});
