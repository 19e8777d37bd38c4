import { describe, expect, it } from 'vitest';
import { describeFailure, isFailure, refuse } from './failure.ts';

describe('a refusal (INPUT-004)', () => {
  it('is data: code, field, value and what was expected', () => {
    const refusal = refuse('NUMBER_NOT_FINITE', { field: 'a.b', value: NaN, expected: 'a finite number' });
    expect(isFailure(refusal)).toBe(true);
    expect(describeFailure(refusal)).toBe('NUMBER_NOT_FINITE: a.b = NaN, expected a finite number');
  });

  it('neither floods nor steers what prints it', () => {
    const hostile = `\u001b[2J\u202e${'x'.repeat(10_000)}`;
    const { value, field } = refuse('SHAPE_INVALID', { field: hostile, value: hostile, expected: 'text' });
    for (const text of [value, field]) {
      expect(text.length).toBeLessThan(400);
      expect([...text].filter((c) => c < ' ' || c === '\u202e')).toEqual([]);
    }
  });
});
