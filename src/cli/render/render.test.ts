import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compact, percent, price, quantity, usd } from './format.ts';
import { COLOURED, COLUMNS_MAX, PLAIN } from './paint.ts';
import { heatMap, histogram } from './pictures.ts';
import { table } from './table.ts';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 });
const read = (text: string): number => Number(text.replaceAll(',', ''));

describe('numbers for people', () => {
  it('are dollars with cents below a thousand, and never a negative zero', () => {
    expect([1_234_567.6, -1_000, 999.994, -12.345, 0.004, -0.004, 0].map(usd)).toEqual([
      '1,234,568',
      '-1,000',
      '999.99',
      '-12.35',
      '0',
      '0',
      '0',
    ]);
  });

  it('say what they are to the last digit shown', () => {
    fc.assert(
      fc.property(finite, (x) => {
        const size = Math.abs(x);
        expect(Math.abs(read(usd(x)) - x)).toBeLessThanOrEqual(size >= 1_000 ? 0.5 : 0.0051);
        expect(Math.abs(read(quantity(x)) - x)).toBeLessThanOrEqual(
          size >= 1_000 ? 0.0051 : size >= 1 ? 5.1e-5 : 5.1e-9,
        );
        for (const text of [usd(x), quantity(x), compact(x)]) expect(text).not.toMatch(/^-0(\.0*)?$/);
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  it('have a word for what is absent and what is infinite', () => {
    expect([percent(null), percent(Infinity), percent(0.1234), price(null)]).toEqual([
      '–',
      '∞',
      '12.3 %',
      '–',
    ]);
  });

  it('fit narrow cells', () => {
    expect([0, 4.25, 95.4, 999.4, 1_250, 35_000, -1_234_567, 2e9].map(compact)).toEqual([
      '0',
      '4.3',
      '95',
      '999',
      '1.3k',
      '35k',
      '-1.2M',
      '2B',
    ]);
  });
});

describe('a table', () => {
  const columns = [
    { title: 'name', align: 'left' },
    { title: 'usd', align: 'right' },
    { title: 'about', align: 'left' },
  ] as const;

  it('lines up, fills what is missing, and leaves no blanks at the ends', () => {
    const text = table(columns, [['a', '1', 'x'], ['bcd', '-10'], []], PLAIN);
    expect(text.split('\n')).toEqual(['name  usd  about', 'a       1  x', 'bcd   -10', '']);
  });

  it(`is never wider than ${COLUMNS_MAX} columns where its numbers are not`, () => {
    const row = fc.tuple(
      fc.string({ maxLength: 200, unit: 'grapheme-ascii' }),
      finite.map(usd),
      fc.string({ maxLength: 300, unit: 'grapheme-ascii' }),
    );
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
        for (const line of table(columns, rows, PLAIN).split('\n'))
          expect(line.length).toBeLessThanOrEqual(COLUMNS_MAX);
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it('measures what is seen, not the colours', () => {
    const plain = table(columns, [['a', '1', 'x']], PLAIN).split('\n')[1];
    const coloured = table(columns, [['a', COLOURED.bad('1'), 'x']], COLOURED).split('\n')[1]!;
    // oxlint-disable-next-line no-control-regex
    expect(coloured.replace(/\u001b\[[0-9;]*m/g, '')).toBe(plain);
  });
});

describe('a histogram', () => {
  it('counts every scenario once', () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 2, maxLength: 300 }), (values) => {
        fc.pre(new Set(values).size > 1);
        const text = histogram(Float64Array.from(values), [], PLAIN);
        const counts = text.split('\n').map((line) => Number(/█ (\d+)/.exec(line)?.[1] ?? 0));
        expect(counts.reduce((sum, n) => sum + n, 0)).toBe(values.length);
        expect(counts).toHaveLength(17);
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it('names a mark once, in the bin that holds it', () => {
    const pnl = Float64Array.from({ length: 18 }, (_, i) => -i);
    const lines = histogram(pnl, [{ label: 'VaR 17', at: -17 }], PLAIN).split('\n');
    expect(lines.filter((line) => line.includes('◄ VaR 17'))).toEqual([lines[0]]);
  });

  it('says so where all scenarios agree', () => {
    expect(histogram(Float64Array.of(5, 5, 5), [], PLAIN)).toBe('all 3 scenarios give 5');
  });
});

describe('a heat map', () => {
  it('fits, with a row a line', () => {
    const spots = [-40, -30, -20, -10, -5, 0, 5, 10, 20, 30, 40].map((p) => `${p}%`);
    const cells = [1, 2].map(() => spots.map((_, i) => (i - 5) * 123_456));
    const map = { rowTitle: 'vol \\ spot', rows: ['-30%', '+60%'], columns: spots, cells };
    const lines = heatMap(map, PLAIN).split('\n');
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(COLUMNS_MAX);
    expect(lines[1]).toMatch(/-30%.*-617k.* 0 .*617k$/);
  });
});
