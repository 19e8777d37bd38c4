import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { log } from '../../base/elementary.ts';
import { ALLOCATION_SUITE } from './allocation.ts';
import { COPULA_SUITE } from './copula.ts';
import { EVT_SUITE } from './evt.ts';
import { GARCH_SUITE } from './garch.ts';
import type { ConformCase, ConformInput, ConformSuite } from './suite.ts';
import { SUITES } from './suites.ts';
import { VAR_ES_SUITE } from './var-es.ts';

const folder = `${process.env['PLIMSOLL_SHARED'] ?? '../shared'}/vectors/quant`;
const read = (name: string): string | null =>
  existsSync(`${folder}/${name}`) ? readFileSync(`${folder}/${name}`, 'utf8') : null;

/** Suites, their files, and how many comparisons the file gives at least. */
const TABLE: readonly (readonly [ConformSuite, string, number])[] = [
  [VAR_ES_SUITE, 'var_es.json', 1000],
  [GARCH_SUITE, 'garch.json', 1000],
  [COPULA_SUITE, 'copula.json', 400],
  [EVT_SUITE, 'evt.json', 50],
  [ALLOCATION_SUITE, 'allocation.json', 250],
];

function runOn(
  suite: ConformSuite,
  text: string,
  sibling: ConformInput['sibling'] = () => null,
): ConformCase[] {
  return [...suite.run({ files: [{ name: 'vectors.json', text }], sibling })];
}

describe('conformance to outside numbers', () => {
  for (const [suite, file, least] of TABLE) {
    it.skipIf(!existsSync(folder))(`${suite.id} passes every case of ${file} (needs PLIMSOLL_SHARED)`, () => {
      const cases = runOn(suite, read(file)!, read);
      expect(cases.filter((c) => c.status === 'failed')).toEqual([]);
      expect(cases.filter((c) => c.status === 'passed').length).toBeGreaterThanOrEqual(least);
      expect(cases.filter((c) => c.status === 'skipped').every((c) => c.reason !== undefined)).toBe(true);
    });
  }

  it('fails, and does not crash, on a file of another shape', () => {
    for (const [suite] of TABLE) {
      for (const text of ['', '[]', '{"header": {}}'])
        expect(runOn(suite, text).map((c) => c.status)).toEqual(['failed']);
    }
  });

  it('is listed once by id', () => {
    const ids = SUITES.map((suite) => suite.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [suite] of TABLE) expect(SUITES).toContain(suite);
  });
});

describe('a wrong number in a file', () => {
  it('is a failed case: value at risk', () => {
    const row = {
      vector: 'v',
      confidence: 0.9,
      var_other: { kth_worst_ceil: 10, unheard_of: 3 },
      es: { acerbi: 9 },
    };
    const json = {
      header: {},
      vectors: { v: [-10, 1, 2, 3, 4, 5, 6, 7, 8, 9] },
      cases: [row, { vector: 'v' }],
    };
    const cases = runOn(VAR_ES_SUITE, JSON.stringify(json));
    const status = (field: string): string | undefined => cases.find((c) => c.field === field)?.status;
    expect(status('var_other.kth_worst_ceil')).toBe('passed');
    expect(status('var_other.unheard_of')).toBe('skipped');
    expect(status('es.acerbi')).toBe('failed');
    expect(status('confidence')).toBe('failed');
  });

  it('is a failed case: allocation', () => {
    const json = {
      header: { suggested_tolerance: '1e-9 relative' },
      sets: {
        s: {
          names: ['A', 'B'],
          pnl: [
            [-4, 1],
            [1, 1],
            [0, 0],
            [1, -1],
          ],
        },
      },
      cases: [
        { set: 's', confidence: 0.75, es: 3, es_components_ties_averaged: [4, -2], tail_weights: { 0: 1 } },
      ],
    };
    const cases = runOn(ALLOCATION_SUITE, JSON.stringify(json));
    const status = (field: string): string | undefined => cases.find((c) => c.field === field)?.status;
    expect(status('es')).toBe('passed');
    expect(status('es_components_ties_averaged[0]')).toBe('passed');
    expect(status('es_components_ties_averaged[1]')).toBe('failed');
    expect(status('tail_weights.0')).toBe('passed');
  });

  it('is a failed case: a volatility filter over closes beside the file', () => {
    const closes = [100, 110, 99];
    const r = 100 * log(1.1);
    const row = { series: 'x', lambda: 0.5, init: 'first_square', init_variance: r * r, next_variance: 1 };
    const json = { fits: [], likelihood_at_fixed_parameters: [], ewma: [row, { ...row, series: 'y' }] };
    const series = JSON.stringify({ series: { x_close: closes } });
    const cases = runOn(GARCH_SUITE, JSON.stringify(json), () => series);
    const found = (field: string): readonly string[] =>
      cases.filter((c) => c.field === field).map((c) => c.status);
    expect(found('init_variance')).toEqual(['passed']);
    expect(found('next_variance')).toEqual(['failed']);
    expect(found('series')).toEqual(['skipped']);
  });
});
