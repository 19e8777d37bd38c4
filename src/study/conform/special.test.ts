import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SPECIAL_SUITE } from './special.ts';
import type { ConformCase } from './suite.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const FILE = join(
  process.env['PLIMSOLL_SHARED'] ?? join(ROOT, '..', 'shared'),
  'vectors',
  'quant',
  'special.json',
);

function runOn(text: string): ConformCase[] {
  return [...SPECIAL_SUITE.run({ files: [{ name: 'special.json', text }], sibling: () => null })];
}

/** A file of the expected shape, with the header's tolerances. */
function fileOf(lists: Readonly<Record<string, unknown>>): string {
  const suggested_tolerance = 'relative 1e-12 (1e-10 for quantiles of t with df<3 and p<1e-6)';
  return JSON.stringify({ header: { title: 'Special functions', suggested_tolerance }, ...lists });
}

const statuses = (cases: readonly ConformCase[]): string[] => cases.map((c) => c.status);

describe('the special suite', () => {
  it.skipIf(!existsSync(FILE))(`passes every value of ${FILE} (skipped where that is absent)`, () => {
    const cases = runOn(readFileSync(FILE, 'utf8'));
    expect(cases.filter((c) => c.status !== 'passed')).toEqual([]);
    expect(cases.length).toBeGreaterThan(200);
  });

  it('passes what is right and fails what is wrong by more than the tolerance', () => {
    const right = {
      x: -4,
      cdf: 3.1671241833119924e-5,
      pdf: 0.00013383022576488534,
      log_cdf: -10.360101486527292,
    };
    expect(statuses(runOn(fileOf({ normal: [right] })))).toEqual(['passed', 'passed', 'passed']);
    const wrong = { ...right, cdf: right.cdf * (1 + 3e-12), extra: 'ignored' };
    expect(statuses(runOn(fileOf({ normal: [wrong] })))).toEqual(['failed', 'passed', 'passed']);
    const partial = { x: -4, cdf: null, pdf: right.pdf };
    expect(statuses(runOn(fileOf({ normal: [partial] })))).toEqual(['passed']);
  });

  it('takes both tolerances from the header', () => {
    // The upper tail is symmetric: 1 − p < 1e-6 earns the looser tolerance too.
    const cauchy = (p: number, x: number): unknown => ({ df: 1, p, x });
    const file = fileOf({
      student_t_quantile: [cauchy(1e-8, -31830988.618379056 * (1 + 5e-11)), cauchy(0.25, -1 * (1 + 5e-11))],
    });
    expect(runOn(file).map((c) => [c.status, c.tolerance])).toEqual([
      ['passed', 1e-10],
      ['failed', 1e-12],
    ]);
  });

  it('grants no more than its resolution where the reference lost a value to 0', () => {
    expect(statuses(runOn(fileOf({ chi2: [{ df: 26, x: 1e-6, sf: 1, cdf: 0 }] })))).toEqual([
      'passed',
      'passed',
    ]);
    expect(statuses(runOn(fileOf({ chi2: [{ df: 26, x: 1, sf: 1, cdf: 0 }] })))).toEqual([
      'passed',
      'failed',
    ]);
    expect(statuses(runOn(fileOf({ normal: [{ x: -10, cdf: 0 }] })))).toEqual(['failed']);
  });

  it('knows Sobol points by their order, thinned lists included', () => {
    const points = [
      [0, 0],
      [0.5, 0.5],
      [0.75, 0.25],
      [0.25, 0.75],
    ];
    const run = (rows: readonly unknown[]): string[] => statuses(runOn(fileOf({ sobol_2d_first_4: rows })));
    expect(run(points)).toEqual(Array(4).fill('passed'));
    expect(run([points[0], points[2]])).toEqual(['passed', 'passed']);
    expect(run([points[2], points[0]])).toEqual(['passed', 'failed']);
    expect(run([points[0], points[2], points[1], points[3]])).toEqual([
      'passed',
      'failed',
      'failed',
      'passed',
    ]);
    expect(run([[0.5, 0.5000000001]])).toEqual(['failed']);
    expect(run([[0.5], 'x'])).toEqual(['failed', 'failed']);
    expect(statuses(runOn(fileOf({ sobol_99d_first_4: points })))).toEqual(['failed']);
  });

  it('fails, and does not crash, on input that makes no sense', () => {
    expect(statuses(runOn('not JSON'))).toEqual(['failed']);
    expect(statuses(runOn('{}'))).toEqual(['failed']);
    const senseless = fileOf({
      normal: [{}, 7],
      student_t: [{ x: 1, df: -1, cdf: 0.5 }],
      student_t_quantile: [{ p: 2, df: 3, x: 0 }],
      lgamma: [{ x: -1, lgamma: 0 }],
      beta_regularised: [{ a: 0, b: 1, x: 0.5, betainc: 0.5 }],
      binomial: [{ n: 1.5, p: 0.5, k: 1, cdf: 1 }],
      chi2_quantile: 'none',
    });
    expect(statuses(runOn(senseless))).toEqual(Array(6).fill('failed'));
  });

  it('ignores other files', () => {
    const files = [
      { name: 'other.json', text: JSON.stringify({ normal: [{ x: 1, cdf: 0 }] }) },
      { name: 'special.json', text: fileOf({ kolmogorov: [{ x: 1.22, sf: 0.10189777916606356 }] }) },
    ];
    expect(statuses([...SPECIAL_SUITE.run({ files, sibling: () => null })])).toEqual(['passed']);
  });
});
