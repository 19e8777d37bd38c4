import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, parseInstant, toIsoDate } from './instant.ts';

describe('parseInstant (INPUT-001)', () => {
  it('reads dates and times with and without zones', () => {
    expect(parseInstant('2020-03-12')).toEqual({ timeMs: 1583971200000, bareDate: true });
    expect(parseInstant('2020-03-12T13:30:00Z')).toEqual({ timeMs: 1584019800000, bareDate: false });
    expect(parseInstant('2020-03-12 13:30')).toEqual({ timeMs: 1584019800000, bareDate: false });
    expect(parseInstant('2020-03-12T15:30:00+02:00')?.timeMs).toBe(1584019800000);
    expect(parseInstant('2020-03-12T08:00:00.25-0530')?.timeMs).toBe(1584019800250);
  });

  it('refuses what is no moment', () => {
    const bad = [
      '',
      '2021-02-29',
      '2020-13-01',
      '2020-00-10',
      '2020-03-12T24:00Z',
      '12.03.2020',
      '1583971200',
      '2020-3-1',
    ];
    for (const text of bad) expect(parseInstant(text), text).toBeNull();
  });

  it('gives back every day of the calendar', () => {
    fc.assert(
      fc.property(fc.integer({ min: -25_000, max: 40_000 }), (day) => {
        expect(parseInstant(toIsoDate(day * DAY_MS))?.timeMs).toBe(day * DAY_MS);
      }),
      { seed: 1 },
    );
  });
});
