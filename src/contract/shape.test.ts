import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { parseShape } from './shape.ts';

const Variant = Type.Union([
  Type.Object(
    { kind: Type.Literal('future'), size: Type.Number({ exclusiveMinimum: 0 }) },
    { additionalProperties: false },
  ),
  Type.Object(
    { kind: Type.Literal('option'), size: Type.Number(), strike: Type.Number({ exclusiveMinimum: 0 }) },
    { additionalProperties: false },
  ),
]);
const Schema = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z]+$' }),
    items: Type.Optional(Type.Array(Variant, { maxItems: 3 })),
    rates: Type.Optional(
      Type.Record(Type.String({ pattern: '^[A-Z]{1,4}$' }), Type.Number({ minimum: 0, maximum: 1 }), {
        additionalProperties: false,
      }),
    ),
    cap: Type.Optional(Type.Union([Type.Number({ minimum: 0 }), Type.Null()])),
    mode: Type.Optional(Type.Union([Type.Literal('fast'), Type.Literal('slow')])),
  },
  { additionalProperties: false },
);

const parse = (value: unknown): unknown => parseShape(Schema, value, 'doc');
const option = { kind: 'option', size: 1, strike: 5 };

describe('a document of the right shape', () => {
  it('is itself, not a copy', () => {
    const value = { id: 'a', items: [option], rates: { BTC: 0.5 }, cap: null, mode: 'slow' };
    expect(parse(value)).toBe(value);
  });
});

describe('what does not fit is refused where it is', () => {
  const CASES: readonly (readonly [string, unknown, string, string, RegExp])[] = [
    ['another type', 5, 'SHAPE_INVALID', 'doc', /object/],
    ['a field that is missing', {}, 'SHAPE_INVALID', 'doc', /the fields id/],
    ['a field that nobody knows', { id: 'a', foo: 1 }, 'SHAPE_INVALID', 'doc.foo', /no such field/],
    ['text against its pattern', { id: 'A' }, 'SHAPE_INVALID', 'doc.id', /pattern/],
    [
      'a variant by its tag',
      { id: 'a', items: [{ ...option, strike: -1 }] },
      'NUMBER_OUT_OF_RANGE',
      'doc.items[0].strike',
      /> 0/,
    ],
    [
      'a field of another variant',
      { id: 'a', items: [{ kind: 'future', size: 1, strike: 5 }] },
      'SHAPE_INVALID',
      'doc.items[0].strike',
      /no such field/,
    ],
    [
      'a tag of no variant',
      { id: 'a', items: [{ kind: 'swap' }] },
      'SHAPE_INVALID',
      'doc.items[0].kind',
      /future or option/,
    ],
    ['a literal', { id: 'a', mode: 'zig' }, 'SHAPE_INVALID', 'doc.mode', /fast or slow/],
    ['the number of a number or null', { id: 'a', cap: -1 }, 'NUMBER_OUT_OF_RANGE', 'doc.cap', />= 0/],
    ['neither of two types', { id: 'a', cap: 'x' }, 'SHAPE_INVALID', 'doc.cap', /number or null/],
    [
      'a number that is none',
      { id: 'a', rates: { BTC: Infinity } },
      'NUMBER_NOT_FINITE',
      'doc.rates.BTC',
      /finite/,
    ],
    [
      'a number out of range',
      { id: 'a', rates: { BTC: 1.5 } },
      'NUMBER_OUT_OF_RANGE',
      'doc.rates.BTC',
      /<= 1/,
    ],
    [
      'a key against its pattern',
      { id: 'a', rates: { 'B C': 0.5 } },
      'SHAPE_INVALID',
      'doc.rates.B C',
      /no such field/,
    ],
    [
      'a list that is too long',
      { id: 'A', items: [1, 2, 3, 4] },
      'INPUT_TOO_LARGE',
      'doc.items',
      /at most 3/,
    ],
  ];
  it.each(CASES)('%s', (_, value, failure, field, expected) => {
    expect(parse(value)).toMatchObject({ failure, field, expected: expect.stringMatching(expected) });
  });

  it('also under the names of the prototype', () => {
    expect(parse(JSON.parse('{"id":"a","__proto__":{"x":1}}'))).toMatchObject({ field: 'doc.__proto__' });
    expect(parse({ id: 'a', constructor: 5 })).toMatchObject({ field: 'doc.constructor' });
  });
});
