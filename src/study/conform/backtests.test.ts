import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BACKTESTS_SUITE } from './backtests.ts';
import type { ConformCase } from './suite.ts';

const SHARED = process.env['PLIMSOLL_SHARED'] ?? join(import.meta.dirname, '../../../../shared');
const PATH = join(SHARED, 'vectors/quant/backtests.json');

function run(content: unknown): ConformCase[] {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return [...BACKTESTS_SUITE.run({ files: [{ name: 'backtests.json', text }], sibling: () => null })];
}

const failed = (cases: readonly ConformCase[]): string[] =>
  cases.filter((c) => c.status === 'failed').map((c) => `${c.name} ${c.field}`);

const pof = { T: 250, x: 3, p: 0.01, lr_pof: 0.09494012266443974, p_value: 0.7579883213732812 };

describe('the backtests suite', () => {
  it.skipIf(!existsSync(PATH))(
    'passes on the vectors (skipped where PLIMSOLL_SHARED has none)',
    { timeout: 300_000 },
    () => {
      const cases = run(readFileSync(PATH, 'utf8'));
      expect(cases.length).toBeGreaterThan(900);
      expect(cases.filter((c) => c.status !== 'passed')).toEqual([]);
    },
  );

  it('holds the closed forms without any file', () => {
    const cases = [...BACKTESTS_SUITE.run({ files: [], sibling: () => null })];
    expect(cases).toHaveLength(10);
    expect(failed(cases)).toEqual([]);
  });

  it('notices a statistic and a p-value that are off by a billionth and more', () => {
    expect(failed(run({ pof: [pof] }))).toEqual([]);
    expect(failed(run({ pof: [{ ...pof, lr_pof: pof.lr_pof + 2e-9 }] }))).toEqual([
      'pof[0] T=250 x=3 p=0.01 lr_pof',
    ]);
    expect(failed(run({ pof: [{ ...pof, p_value: pof.p_value * (1 + 1e-7) }] }))).toEqual([
      'pof[0] T=250 x=3 p=0.01 p_value',
    ]);
    expect(failed(run({ pof: [{ ...pof, lr_pof: null }] }))).toEqual(['pof[0] T=250 x=3 p=0.01 lr_pof']);
  });

  it('compares tiny p-values by their ratio', () => {
    const tiny = { T: 99, x: 99, p: 0.001, lr_pof: 1367.7355452384631, p_value: 2.1558673973627954e-299 };
    expect(failed(run({ pof: [tiny] }))).toEqual([]);
    expect(failed(run({ pof: [{ ...tiny, p_value: 2.2e-299 }] }))).toHaveLength(1);
  });

  it('ignores fields that it does not know and does not miss fields that are not there', () => {
    expect(failed(run({ pof: [{ ...pof, colour: 'red' }], note: 'more', counts: { pof: 1 } }))).toEqual([]);
    expect(failed(run({ pof: [{ T: 250, x: 3, p: 0.01, lr_pof: pof.lr_pof }] }))).toEqual([]);
  });

  it('answers a malformed file with failed cases, never by throwing', () => {
    expect(failed(run('{'))).toEqual(['backtests.json input']);
    expect(failed(run({}))).toEqual(['backtests.json input']);
    expect(failed(run({ pof: [null, 3, { T: 250 }, { ...pof, p: 2 }, { ...pof, T: 'many' }] }))).toHaveLength(
      5,
    );
    const rows = [
      {},
      { T: -1, v: 1e12, p: null },
      { T: 1e9, p: 0.5, window: 7, model: 'normal' },
      { exceedance_days_1_based: ['x'], T: 9 },
    ];
    const lists = [
      'kupiec_regions',
      'jorion',
      'independence',
      'tuff',
      'traffic_light_250',
      'traffic_light_other',
      'patterns',
      'real',
      'costanzino_curran',
    ];
    for (const list of lists) expect(failed(run({ [list]: rows }))).toHaveLength(4);
  });

  it('tests a shorter pattern with every limit in it', () => {
    const row = {
      name: 'none',
      exceedance_days_1_based: [],
      T: 250,
      p: 0.01,
      haas: null,
      duration_weibull: null,
      tuff: { first_failure: null, lr_tuff: 1.1885917856946087 },
    };
    expect(failed(run({ patterns: [row] }))).toEqual([]);
    expect(failed(run({ patterns: [{ ...row, exceedance_days_1_based: [3, 9] }] }))).toHaveLength(4);
  });

  it('skips a law and a model that it cannot simulate, saying so', () => {
    const cases = run({
      acerbi_szekely_critical_values: [{ T: 250, alpha: 0.025, distribution: 'skewed', 'z2_0.05': -0.7 }],
    });
    expect(cases.at(-1)).toMatchObject({
      status: 'skipped',
      reason: 'a law that the suite does not simulate',
    });
  });

  it('catches a critical value that is wrong by more than chance', () => {
    const row = {
      T: 250,
      alpha: 0.025,
      distribution: 'normal',
      nsim: 500_000,
      'z2_0.05': -0.7005815648804419,
      'z2_0.05_se': 0.0015,
    };
    expect(failed(run({ acerbi_szekely_critical_values: [row] }))).toEqual([]);
    expect(failed(run({ acerbi_szekely_critical_values: [{ ...row, 'z2_0.05': -0.72 }] }))).toHaveLength(2);
  });
});
