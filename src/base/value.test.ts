import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from './failure.ts';
import { toHex } from './bytes.ts';
import { compareUtf8, decode, encode, type Value } from './value.ts';

function bytesOf(value: Value): Uint8Array {
  const bytes = encode(value);
  if (isFailure(bytes)) throw new Error(JSON.stringify(bytes));
  return bytes;
}

const fromHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
const refused = { failure: 'ENCODING_INVALID' };

const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.bigInt({ min: -(2n ** 255n), max: 2n ** 255n - 1n }),
    fc.bigInt({ min: -300n, max: 300n }),
    fc.double({ noNaN: true }),
    fc.string({ unit: 'binary' }),
    fc.uint8Array(),
    fc.array(tie('value')),
    fc.dictionary(fc.string({ unit: 'binary' }), tie('value'), { noNullPrototype: false }),
  ),
})).value;

describe('the canonical encoding (JOURNAL-001)', () => {
  it.each<[Value, string]>([
    [null, '00'],
    [false, '01'],
    [true, '02'],
    [0n, '030100'],
    [127n, '03017f'],
    [128n, '03020080'],
    [-1n, '0301ff'],
    [-128n, '030180'],
    [-129n, '0302ff7f'],
    [2n ** 63n - 1n, '03087fffffffffffffff'],
    [-(2n ** 63n), '03088000000000000000'],
    [2n ** 63n, '0309008000000000000000'],
    [-(2n ** 255n), `0320${'80'.padEnd(64, '0')}`],
    [0, '040000000000000000'],
    [-0, '048000000000000000'],
    [0.1, '043fb999999999999a'],
    [-Infinity, '04fff0000000000000'],
    ['', '0500000000'],
    ['é😀', '0500000006c3a9f09f9880'],
    ['\ufeffx', '0500000004efbbbf78'],
    [new Uint8Array([1, 2]), '06000000020102'],
    [[], '0700000000'],
    [[1n, [true]], '0700000002030101070000000102'],
    [{ b: null, a: true }, '080000000200000001610200000001' + '6200'],
  ])('of %o is %s', (input, hex) => {
    expect(toHex(bytesOf(input))).toBe(hex);
    const decoded = decode(fromHex(hex));
    expect(isFailure(decoded) ? decoded : toHex(bytesOf(decoded.value))).toBe(hex);
  });

  it('does not depend on the order in which a map was made, not even of keys like array indexes', () => {
    expect(bytesOf({ b: 1n, '10': 2n, '9': 3n, a: 4n })).toEqual(
      bytesOf({ a: 4n, '9': 3n, b: 1n, '10': 2n }),
    );
  });

  it('keeps a key named __proto__ as any other', () => {
    const map: Value = JSON.parse('{"__proto__": "x", "constructor": "y"}') as { [key: string]: Value };
    const decoded = decode(bytesOf(map));
    expect(isFailure(decoded) ? [] : Object.keys(decoded.value as object)).toEqual([
      '__proto__',
      'constructor',
    ]);
  });

  it('gives a map that looks like a refusal back as a value', () => {
    const looks = { failure: 'SHAPE_INVALID', field: 'x', value: 'y', expected: 'z' };
    expect(decode(bytesOf(looks))).toEqual({ value: looks });
  });

  it.each<[string, unknown]>([
    ['NaN', Number.NaN],
    ['an unpaired surrogate', 'a\ud800'],
    ['an unpaired surrogate in a key', { 'a\udc00': 1n }],
    ['an integer above 256 bits', 2n ** 255n],
    ['an integer below 256 bits', -(2n ** 255n) - 1n],
    ['undefined', undefined],
    ['a hole in a list', [1n, undefined]],
    ['a field without value', { a: undefined }],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a Map', new Map([['a', 1n]])],
    ['a Date', new Date(0)],
    ['other binary views', new Float64Array(1)],
  ])('refuses %s', (_, input) => {
    expect(encode(input as Value)).toMatchObject(refused);
  });

  it('refuses nesting that has no end', () => {
    const loop: unknown[] = [];
    loop.push(loop);
    expect(encode(loop as Value)).toMatchObject(refused);
    let deep: Value = null;
    for (let depth = 0; depth < 32; depth += 1) deep = [deep];
    expect(isFailure(encode(deep))).toBe(false);
    expect(isFailure(decode(bytesOf(deep)))).toBe(false);
    expect(encode([deep])).toMatchObject(refused);
    const bomb = fromHex('0700000001'.repeat(100_000));
    expect(decode(bomb)).toMatchObject(refused);
  });

  it.each([
    ['nothing', ''],
    ['an unknown tag', '09'],
    ['bytes after the end', '0000'],
    ['an integer of no bytes', '0300'],
    ['an integer with a spare zero', '03020001'],
    ['an integer with a spare sign', '0302ffff'],
    ['an integer of 33 bytes', `0321${'7f'.repeat(33)}`],
    ['a cut integer', '030801'],
    ['NaN', '047ff8000000000000'],
    ['NaN with other bits', '04fff0000000000001'],
    ['overlong UTF-8', '0500000002c080'],
    ['a surrogate in UTF-8', '0500000003eda080'],
    ['a string longer than the bytes', '05ffffffff61'],
    ['a list longer than the bytes', '07ffffffff00'],
    ['a map longer than the bytes', '08ffffffff0000000000'],
    ['keys out of order', '0800000002000000016200000000016100'],
    ['the same key twice', '0800000002000000016100000000016100'],
  ])('has no value for %s', (_, hex) => {
    expect(decode(fromHex(hex))).toMatchObject(refused);
  });

  it('comes back from every value', () => {
    fc.assert(
      fc.property(value, (input) => {
        const bytes = bytesOf(input);
        const decoded = decode(bytes);
        expect(isFailure(decoded)).toBe(false);
        if (isFailure(decoded)) return;
        expect(decoded.value).toEqual(input);
        expect(bytesOf(decoded.value)).toEqual(bytes);
      }),
      { seed: 21, numRuns: 2000 },
    );
  });

  it('is the only one: any bytes are refused or come back as the same bytes', () => {
    let accepted = 0;
    let rejected = 0;
    const check = (bytes: Uint8Array): void => {
      const decoded = decode(bytes);
      if (isFailure(decoded)) {
        rejected += 1;
        expect(decoded.failure).toBe('ENCODING_INVALID');
      } else {
        accepted += 1;
        expect(toHex(bytesOf(decoded.value))).toBe(toHex(bytes));
      }
    };
    const lowBytes = fc.array(fc.oneof(fc.nat(9), fc.nat(255)), { maxLength: 40 });
    fc.assert(
      fc.property(lowBytes, (list) => check(Uint8Array.from(list))),
      { seed: 22, numRuns: 20_000 },
    );
    const changed = fc.tuple(value, fc.nat(), fc.nat(255), fc.constantFrom('set', 'cut', 'insert', 'drop'));
    fc.assert(
      fc.property(changed, ([input, at, byte, how]) => {
        const bytes = [...bytesOf(input)];
        const index = at % bytes.length;
        if (how === 'set') bytes[index] = byte;
        if (how === 'cut') bytes.length = index;
        if (how === 'insert') bytes.splice(index, 0, byte);
        if (how === 'drop') bytes.splice(index, 1);
        check(Uint8Array.from(bytes));
      }),
      { seed: 23, numRuns: 10_000 },
    );
    expect(accepted).toBeGreaterThan(1000);
    expect(rejected).toBeGreaterThan(10_000);
  });
});

describe('the order of keys', () => {
  it('is that of their UTF-8 bytes', () => {
    const text = fc.string({ unit: 'binary', maxLength: 4 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
      }),
      { seed: 24, numRuns: 5000 },
    );
    expect(compareUtf8('\uffff', '😀')).toBeLessThan(0);
  });
});
