import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { parseJson } from './json-text.ts';

const codeOf = (text: string): string => {
  const parsed = parseJson(text, 'doc');
  return isFailure(parsed) ? parsed.failure : 'accepted';
};

describe('JSON text', () => {
  it('is read as the parser of the language reads it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        expect(parseJson(text, 'doc')).toEqual({ value: JSON.parse(text) as unknown });
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  it('cannot pass for a refusal', () => {
    const parsed = parseJson('{"failure":"DONE","field":"x","value":"y","expected":"z"}', 'doc');
    expect(isFailure(parsed)).toBe(false);
  });

  it('names the field that an object has twice, wherever it is, and no other', () => {
    const named = (text: string): unknown => parseJson(text, 'doc');
    expect(named('{"a":1,"b":{"a":2},"a":3}')).toMatchObject({ failure: 'DUPLICATE_ID', value: '"a"' });
    expect(named('[{"a":1},{"a":2}]')).toEqual({ value: [{ a: 1 }, { a: 2 }] });
    expect(named('{"x":[{"k" :1,"k"\n:2}]}')).toMatchObject({ failure: 'DUPLICATE_ID', value: '"k"' });
    expect(named('{"a":"a","b":"a"}')).toEqual({ value: { a: 'a', b: 'a' } });
    expect(named('{"a\\"b":1,"a\\\\":2}')).toEqual({ value: { 'a"b': 1, 'a\\': 2 } });
  });

  it('sees the same name through different escapes', () => {
    expect(codeOf('{"USDC":1,"\\u0055SDC":2}')).toBe('DUPLICATE_ID');
  });

  it('finds a repeated name in any object that has one', () => {
    const name = fc.string({ maxLength: 4 });
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.json({ maxDepth: 2 })), { maxLength: 6 }), (fields) => {
        const text = `{${fields.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(' , ')}}`;
        const twice = new Set(fields.map(([key]) => key)).size < fields.length;
        expect(codeOf(text)).toBe(twice ? 'DUPLICATE_ID' : 'accepted');
      }),
      { seed: 2, numRuns: 2_000 },
    );
  });

  it('may be 64 levels deep and no deeper, also where it is never closed', () => {
    expect(codeOf(`${'['.repeat(64)}${']'.repeat(64)}`)).toBe('accepted');
    expect(codeOf(`${'['.repeat(65)}${']'.repeat(65)}`)).toBe('SHAPE_INVALID');
    expect(codeOf('['.repeat(10_000_000))).toBe('SHAPE_INVALID');
    expect(codeOf(`["${'['.repeat(100)}"]`)).toBe('accepted');
  });

  it('is refused in the words of the parser where it is none', () => {
    for (const text of ['', '{', '[1,]', '{"a":}', 'NaN', '"open', '{"a":1}}', '\\', '"\\']) {
      expect(codeOf(text), text).toBe('MALFORMED_JSON');
    }
  });
});
