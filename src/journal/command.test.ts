import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { encode, type Value } from '../base/value.ts';
import type { Command } from '../engine/command.ts';
import { anyCommand } from './command.fixture.ts';
import { decodeCommand, encodeCommand, recordKindOf } from './command.ts';

const bytesOf = (command: unknown): Uint8Array => {
  const bytes = encodeCommand(command as Command);
  if (isFailure(bytes)) throw new Error(JSON.stringify(bytes));
  return bytes;
};

describe('a command as bytes', () => {
  it('comes back the same, every kind of it', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(anyCommand, (command) => {
        kinds.add(command.kind);
        const back = decodeCommand(bytesOf(command));
        expect(back).toEqual(command);
        expect(bytesOf(back)).toEqual(bytesOf(command));
      }),
      { seed: 61, numRuns: 2_000 },
    );
    expect(kinds.size).toBe(24);
  });

  it('comes back as plain objects with fields in one order, whatever order they came in', () => {
    const command = { atoms: 5n, asset: 'USD', account: 'a', id: 'm', kind: 'Deposit' };
    const back = decodeCommand(bytesOf(command));
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
    expect(Object.keys(back)).toEqual(['kind', 'id', 'account', 'asset', 'atoms']);
  });

  it('is refused with a field less, a field more, or one of another type', () => {
    fc.assert(
      fc.property(anyCommand, fc.nat(), fc.constantFrom('less', 'more', 'other'), (command, at, how) => {
        const keys = Object.keys(command).filter((key) => key !== 'rules' && key !== 'lagMs');
        const key = keys[at % keys.length]!;
        const changed: Record<string, unknown> = { ...command };
        if (how === 'less') delete changed[key];
        if (how === 'more') changed['extra'] = 1;
        if (how === 'other') changed[key] = new Uint8Array(2);
        expect(encodeCommand(changed as Command)).toMatchObject({ failure: 'ENCODING_INVALID' });
        const bytes = encode(changed as Value) as Uint8Array;
        expect(decodeCommand(bytes)).toMatchObject({ failure: 'ENCODING_INVALID' });
      }),
      { seed: 62, numRuns: 1_000 },
    );
  });

  it.each<[string, unknown]>([
    ['a number without end', { kind: 'BidAuction', auction: 'a', bidder: 'b', shareFrac: Infinity }],
    ['no number', { kind: 'BidAuction', auction: 'a', bidder: 'b', shareFrac: NaN }],
    ['half a surrogate', { kind: 'LiquidationStep', account: '\ud800' }],
    ['an unknown kind', { kind: 'toString' }],
    ['no kind', {}],
    ['nothing', null],
    ['a list', []],
    ['a field without value', { kind: 'Tick', rules: undefined }],
    ['an amount as a number', { kind: 'Deposit', id: 'x', account: 'a', asset: 'USD', atoms: 5 }],
  ])('is refused when it is %s', (_, command) => {
    expect(encodeCommand(command as Command)).toMatchObject({ failure: 'ENCODING_INVALID' });
  });

  it('is refused with any one bit changed that makes it something else, and never misread', () => {
    const command: Command = { kind: 'Deposit', id: 'm', account: 'a', asset: 'USD', atoms: 5n };
    const bytes = bytesOf(command);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Uint8Array.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      const back = decodeCommand(changed);
      if (isFailure(back)) continue;
      expect(bytesOf(back)).toEqual(changed);
      expect(back).not.toEqual(command);
    }
    for (let cut = 0; cut < bytes.length; cut += 1)
      expect(decodeCommand(bytes.subarray(0, cut))).toMatchObject({ failure: 'ENCODING_INVALID' });
  });

  it('says where it does not fit', () => {
    const order = { id: 'o', instrument: 'X', quantityAtoms: 1n, price: 'high', reduceOnly: false };
    const refused = encodeCommand({ kind: 'SubmitOrder', account: 'a', order } as unknown as Command);
    expect(refused).toMatchObject({ expected: 'a finite number at order.price' });
  });

  it('that opens the venue is the genesis of its journal', () => {
    expect(recordKindOf({ kind: 'Tick' })).toBe('command');
    expect(recordKindOf({ kind: 'OpenVenue' } as Command)).toBe('genesis');
  });
});
