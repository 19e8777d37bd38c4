import { describe, expect, it } from 'vitest';
import { refuse } from '../../base/failure.ts';
import { compare, compareEach, fail, skip } from './compare.ts';
import { objectsWith, toleranceAfter } from './json.ts';

const common = { name: 'case', field: 'x', tolerance: 1e-6 };
const refused = refuse('HISTORY_TOO_SHORT', { field: 'pnl', value: 0, expected: 'one' });

describe('a comparison', () => {
  it('measures relative to the expected number, or to a scale of its own', () => {
    expect(compare({ ...common, actual: 101, expected: 100 })).toMatchObject({
      status: 'failed',
      deviation: 0.01,
    });
    expect(compare({ ...common, actual: 100.00001, expected: 100 }).status).toBe('passed');
    expect(compare({ ...common, actual: 1e-7, expected: 0 }).status).toBe('passed');
    expect(compare({ ...common, actual: 3, expected: 1, scale: 1e7 })).toMatchObject({
      status: 'passed',
      deviation: 2e-7,
    });
  });

  it('passes no NaN, and infinity for infinity only', () => {
    expect(compare({ ...common, actual: Number.NaN, expected: 1 }).status).toBe('failed');
    expect(compare({ ...common, actual: 1, expected: Number.NaN }).status).toBe('failed');
    expect(compare({ ...common, actual: Infinity, expected: 'Infinity' }).status).toBe('passed');
    expect(compare({ ...common, actual: 1e300, expected: 'Infinity' }).status).toBe('failed');
  });

  it('lets a refusal agree with an absent number, never with a number', () => {
    expect(compare({ ...common, actual: refused, expected: null }).status).toBe('passed');
    expect(compare({ ...common, actual: refused, expected: 1 })).toMatchObject({
      status: 'failed',
      actual: null,
    });
    expect(compare({ ...common, actual: 1, expected: null }).status).toBe('failed');
    expect(compare({ ...common, actual: 1, expected: undefined }).status).toBe('skipped');
  });

  it('of lists names the entry and fails on a missing one', () => {
    const cases = [...compareEach(common, Float64Array.of(1, 2), [1, 2, 3])];
    expect(cases.map((c) => [c.field, c.status])).toEqual([
      ['x[0]', 'passed'],
      ['x[1]', 'passed'],
      ['x[2]', 'failed'],
    ]);
    expect([...compareEach(common, refused, [1])]).toHaveLength(1);
    expect(fail('a', 'b', 'c').status).toBe('failed');
    expect(skip('a', 'b', 'c').reason).toBe('c');
  });
});

describe('a header', () => {
  it('yields the number behind a phrase', () => {
    const text = 'MLE: loglik within 1e-6 of ours, xi absolute 5e-4; nearest 0.01';
    expect(toleranceAfter(text, 'loglik within', 1)).toBe(1e-6);
    expect(toleranceAfter(text, 'nearest', 1)).toBe(0.01);
    expect(toleranceAfter(text, 'absent', 7)).toBe(7);
    expect(toleranceAfter(undefined, '', 7)).toBe(7);
  });

  it('is found by its own lists in every file, and by shared ones in a file named alone', () => {
    const files = ['not json', '[1]', '{"hill": [1]}', '{"fits": []}', '{"fits": [], "hill": [2]}'].map(
      (text, i) => ({ name: `${i}.json`, text }),
    );
    const lists = { own: ['hill'], shared: ['fits'] };
    expect(objectsWith(files, lists).map((json) => json['hill'])).toEqual([[1], [2]]);
    expect(objectsWith(files.slice(3, 4), lists)).toHaveLength(1);
    expect(objectsWith(files.slice(0, 2), lists)).toEqual([]);
  });
});
