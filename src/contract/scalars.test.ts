import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalToAtoms, decimalToNumber, parseEach, parseIsoTime, toIsoTime } from './scalars.ts';

describe('a time on the wire (INPUT-001)', () => {
  it('is read back from what is printed', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(9999, 11, 31) }), (timeMs) => {
        expect(parseIsoTime(toIsoTime(timeMs), 't')).toBe(timeMs);
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  it('is midnight for a date, UTC where no offset is given, and moved by one that is', () => {
    const noon = Date.UTC(2026, 0, 31, 12);
    expect(parseIsoTime('2026-01-31', 't')).toBe(Date.UTC(2026, 0, 31));
    for (const text of ['2026-01-31T12:00Z', '2026-01-31T12:00:00', '2026-01-31T14:00:00+02:00']) {
      expect(parseIsoTime(text, 't'), text).toBe(noon);
    }
  });

  it('is refused where the calendar or the clock has none', () => {
    const none = ['', 'today', '2026-02-29', '2026-13-01', '2026-01-31T24:00:00Z', '2026-01-31T08:60:00Z'];
    for (const text of [...none, '2026-01-31T08:00:99Z', '0050-01-01', '2026-01-31Z', '1e12']) {
      expect(parseIsoTime(text, 't'), text).toMatchObject({ failure: 'DATE_INVALID', field: 't' });
    }
  });
});

describe('a decimal on the wire', () => {
  it('AMOUNT-001 is the same atoms as text and as a JSON number', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 6 }), (n, places) => {
        const value = n / Number(`1e${places}`);
        const expected = (BigInt(n) * 100_000_000n) / 10n ** BigInt(places);
        expect(decimalToAtoms(value.toFixed(places), 8, 'x')).toBe(expected);
        if (!String(value).includes('e')) expect(decimalToAtoms(value, 8, 'x')).toBe(expected);
      }),
      { seed: 2, numRuns: 2_000 },
    );
  });

  it('is never rounded on the way in', () => {
    expect(decimalToAtoms('0.123456789', 8, 'x')).toMatchObject({ failure: 'DECIMAL_INVALID' });
    expect(decimalToAtoms(0.1 + 0.2, 8, 'x')).toMatchObject({ failure: 'DECIMAL_INVALID' });
  });

  it('as a price may have an exponent, and is nothing but a decimal', () => {
    expect(decimalToNumber('-12.5', 'x')).toBe(-12.5);
    expect(decimalToNumber('5e-05', 'x')).toBe(0.00005);
    for (const text of ['', ' 1', '0x10', 'Infinity', '1_000', '1,5', '.5', '5.', '+1']) {
      expect(decimalToNumber(text, 'x'), text).toMatchObject({ failure: 'DECIMAL_INVALID' });
    }
    expect(decimalToNumber('1e999', 'x')).toMatchObject({ failure: 'NUMBER_NOT_FINITE' });
    expect(decimalToNumber(NaN, 'x')).toMatchObject({ failure: 'NUMBER_NOT_FINITE' });
  });
});

describe('a list', () => {
  it('is what its items are, or the first refusal, after which nothing is looked at', () => {
    const seen: number[] = [];
    const parse = (x: number, i: number) => {
      seen.push(i);
      return x > 0
        ? x * 10
        : ({ failure: 'SHAPE_INVALID', field: `[${i}]`, value: `${x}`, expected: '> 0' } as const);
    };
    expect(parseEach([1, 2], parse)).toEqual([10, 20]);
    seen.length = 0;
    expect(parseEach([1, -2, -3, 4], parse)).toMatchObject({ field: '[1]' });
    expect(seen).toEqual([0, 1]);
  });
});
