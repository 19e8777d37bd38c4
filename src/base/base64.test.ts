import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBase64, toBase64 } from './base64.ts';
import { isFailure } from './failure.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('base 64', () => {
  it('writes the vectors of RFC 4648, section 10', () => {
    const vectors = ['', 'Zg==', 'Zm8=', 'Zm9v', 'Zm9vYg==', 'Zm9vYmE=', 'Zm9vYmFy'];
    expect(vectors.map((_, length) => toBase64(utf8('foobar'.slice(0, length))))).toEqual(vectors);
  });

  it('reads back what it wrote, and agrees with the platform', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = toBase64(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64'));
        expect(parseBase64(text, 'x')).toEqual(new Uint8Array(bytes));
      }),
      { seed: 1 },
    );
  });

  it('has one text for every sequence of bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'AZaz09+/=-_ \n'), maxLength: 12 }), (text) => {
        const bytes = parseBase64(text, 'x');
        if (!isFailure(bytes)) expect(toBase64(bytes)).toBe(text);
      }),
      { seed: 2, numRuns: 2_000 },
    );
    for (const text of ['Zg', 'Zh==', 'Zm9=', 'Zm8-', 'Z===', '=', 'Zg==Zg==', 'Zg=\n', 'Zm9ü']) {
      expect(isFailure(parseBase64(text, 'x')), text).toBe(true);
    }
  });
});
