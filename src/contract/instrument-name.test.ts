import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { type InstrumentName, parseInstrumentName, toInstrumentName } from './instrument-name.ts';

const MARCH = Date.UTC(2026, 2, 27, 8);

describe('instrument names (PRODUCT-010)', () => {
  it('say what is traded', () => {
    const coin = { underlying: 'BTC', settle: 'BTC', form: 'inverse' };
    const cash = { underlying: 'BTC', settle: 'USDC', form: 'linear' };
    const cases: [string, object][] = [
      ['BTC-PERPETUAL', { ...coin, kind: 'perpetual' }],
      ['BTC_USDC-PERPETUAL', { ...cash, kind: 'perpetual' }],
      ['BTC_USDC', { ...cash, kind: 'spot' }],
      ['BTC-27MAR26', { ...coin, kind: 'future', expiryMs: MARCH }],
      ['BTC-27MAR26-100000-C', { ...coin, kind: 'option', expiryMs: MARCH, strike: 100_000, right: 'call' }],
      [
        'BTC_USDC-27MAR26-100000-P',
        { ...cash, kind: 'option', expiryMs: MARCH, strike: 100_000, right: 'put' },
      ],
      ['BTC_USDC-7FEB26', { ...cash, kind: 'future', expiryMs: Date.UTC(2026, 1, 7, 8) }],
    ];
    for (const [text, name] of cases) {
      expect(parseInstrumentName(text)).toEqual(name);
      expect(toInstrumentName(name as InstrumentName)).toBe(text);
    }
  });

  it('write the decimal point of a strike as d', () => {
    expect(parseInstrumentName('XRP_USDC-27MAR26-0d55-C')).toMatchObject({ strike: 0.55 });
    expect(parseInstrumentName('XRP_USDC-27MAR26-12d5-C')).toMatchObject({ strike: 12.5 });
  });

  it('are refused where they say nothing', () => {
    const wrong = [
      '',
      'BTC',
      'BTC-27XXX26',
      'BTC-31FEB26',
      'BTC-0FEB26',
      'BTC-27MAR26-100000',
      'BTC-27MAR26-0-C',
    ];
    for (const text of [
      ...wrong,
      'btc-PERPETUAL',
      'BTC-PERPETUAL-100-C',
      'BTC-27MAR26-1.5-C',
      'BTC_USDC-100-C',
      'BTC-27MAR26-100-X',
    ]) {
      const name = parseInstrumentName(text);
      expect(isFailure(name) && name.failure, text).toBe('SHAPE_INVALID');
    }
  });

  it('return from text to name and back', () => {
    const name = fc.record({
      underlying: fc.constantFrom('BTC', 'ETH', 'SOL'),
      settle: fc.constantFrom('USDC', 'USDT'),
      form: fc.constant('linear' as const),
      kind: fc.constant('option' as const),
      expiryMs: fc
        .integer({ min: 9_000, max: 40_000 })
        .map((day) => (day + 2_000) * 86_400_000 + 8 * 3_600_000),
      strike: fc.integer({ min: 1, max: 9_999_999 }).map((n) => n / 1000),
      right: fc.constantFrom('call' as const, 'put' as const),
    });
    fc.assert(
      fc.property(name, (n) => {
        expect(parseInstrumentName(toInstrumentName(n))).toEqual(n);
      }),
      { seed: 27, numRuns: 500, endOnFailure: true },
    );
  });
});
