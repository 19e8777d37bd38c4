import { describe, expect, it } from 'vitest';
import { settlementAccount } from '../ledger/ledger.ts';
import { expectSound } from './audit.fixture.ts';
import type { Command } from './command.ts';
import { atomsOf } from './posting.ts';
import { SAMPLE_EXPIRY_MS, sampleFrame } from './sample.ts';
import { give, openRun, type SampleRun, trade } from './sample-run.ts';
import { accountAt, accountIndex } from './state.ts';

function codeOf(run: SampleRun, command: Command): string {
  const [first] = give(run, command);
  return first!.kind === 'CommandRefused' ? first.failure.failure : first!.kind;
}

function usdc(run: SampleRun, account: string): number {
  return Number(atomsOf(run.state, account, 'USDC')) / 1e6;
}

describe('funding', () => {
  it('is paid by longs to shorts for the time that passed, and no atom is lost', () => {
    const run = openRun();
    const open = { instrument: 'BTC-PERP', price: 95_000, quantityAtoms: 100_000_000n };
    trade(run, { ...open, id: 'a', buyer: 'trader-0', seller: 'backstop' });
    trade(run, { ...open, id: 'b', quantityAtoms: 33_300_000n, buyer: 'trader-1', seller: 'backstop' });
    const before = ['trader-0', 'trader-1', 'backstop'].map((account) => usdc(run, account));
    run.timeMs += 8 * 3_600_000;
    give(run, sampleFrame(run.timeMs, { btc: 95_000, eth: 3_300 }));
    expect(codeOf(run, { kind: 'SettleFunding', instrument: 'BTC-PERP' })).toBe('FundingSettled');
    const [long, small, short] = ['trader-0', 'trader-1', 'backstop'].map(
      (a, i) => usdc(run, a) - before[i]!,
    );
    const due = 95_019 * 0.0001;
    expect(long).toBeCloseTo(-due, 5);
    expect(small).toBeCloseTo(-0.333 * due, 5);
    expect(short).toBeCloseTo(1.333 * due, 5);
    expect(atomsOf(run.state, settlementAccount('BTC-PERP'), 'USDC')).toBeLessThan(4n);
    expectSound(run.state);
    give(run, { kind: 'SettleFunding', instrument: 'BTC-PERP' });
    expect(usdc(run, 'trader-0') - before[0]!).toBeCloseTo(-due, 5);
  });

  it('of an inverse perpetual is coin; of what has none, a refusal', () => {
    const run = openRun();
    const open = { id: 'a', instrument: 'BTC-INVERSE', price: 95_000, quantityAtoms: 950_000_000_000n };
    trade(run, { ...open, buyer: 'trader-0', seller: 'backstop' });
    run.timeMs += 8 * 3_600_000;
    give(run, sampleFrame(run.timeMs, { btc: 95_000, eth: 3_300 }));
    give(run, { kind: 'SettleFunding', instrument: 'BTC-INVERSE' });
    const paid = 100_000_000n - atomsOf(run.state, 'trader-0', 'BTC');
    expect(Number(paid) / 1e8).toBeCloseTo((95_000 / 95_009.5) * 0.0001, 7);
    expect(codeOf(run, { kind: 'SettleFunding', instrument: 'BTC-27MAR26' })).toBe('UNKNOWN_INSTRUMENT');
    run.timeMs += 3_600_000;
    give(run, sampleFrame(run.timeMs, { btc: 95_000, eth: 3_300 }, ['BTC']));
    expect(codeOf(run, { kind: 'SettleFunding', instrument: 'BTC-INVERSE' })).toBe('PRICE_DEGRADED');
  });
});

describe('expiry', () => {
  it('pays options and futures at the settlement price, closes orders, and ends the instrument', () => {
    const run = openRun();
    const call = 'BTC-27MAR26-100000-C';
    const pairs = [
      ['BTC-27MAR26', 95_900],
      [call, 5_100],
      ['BTC-27MAR26-80000-P', 2_400],
    ] as const;
    for (const [instrument, price] of pairs) {
      const of = { id: `t-${instrument}`, instrument, price, quantityAtoms: 50_000_000n };
      trade(run, { ...of, buyer: 'trader-0', seller: 'trader-1' });
    }
    const order = { id: 'o', instrument: call, quantityAtoms: -10_000_000n, price: 6_000, reduceOnly: true };
    give(run, { kind: 'SubmitOrder', account: 'trader-0', order });
    expect(codeOf(run, { kind: 'SettleExpiry', instrument: call, settlementPrice: 110_000 })).toBe(
      'INSTRUMENT_NOT_EXPIRED',
    );
    run.timeMs = SAMPLE_EXPIRY_MS - 60_000;
    for (let minute = 0; minute < 3; minute++) {
      give(run, sampleFrame(run.timeMs, { btc: 110_000, eth: 3_300 }));
      run.timeMs += 60_000;
    }
    expect(run.state.market!.products.has(call)).toBe(true);
    expect(accountAt(run.state, accountIndex(run.state, 'trader-0')!).health).toBe('healthy');
    const before = [usdc(run, 'trader-0'), usdc(run, 'trader-1')];
    for (const [instrument] of pairs) {
      const events = give(run, { kind: 'SettleExpiry', instrument, settlementPrice: 110_000 });
      expect(events[0]!.kind).toBe('InstrumentSettled');
      expectSound(run.state);
    }
    expect(usdc(run, 'trader-0') - before[0]!).toBeCloseTo(0.5 * (110_000 - 95_900) + 0.5 * 10_000, 5);
    expect(usdc(run, 'trader-1') - before[1]!).toBeCloseTo(-0.5 * (110_000 - 95_900) - 0.5 * 10_000, 5);
    const doc = accountAt(run.state, accountIndex(run.state, 'trader-0')!);
    expect([doc.positions, doc.orders]).toEqual([[], []]);
    expect(run.state.market!.products.has(call)).toBe(false);
    expect(codeOf(run, { kind: 'SettleExpiry', instrument: call, settlementPrice: 1 })).toBe(
      'INSTRUMENT_EXPIRED',
    );
    expect(codeOf(run, { kind: 'SubmitOrder', account: 'trader-0', order })).toBe('INSTRUMENT_EXPIRED');
    const late = { id: 'late', instrument: call, price: 1, quantityAtoms: 100_000n };
    expect(trade(run, { ...late, buyer: 'trader-0', seller: 'trader-1' })[0]!.kind).toBe('CommandRefused');
  });

  it('of a coin option pays coin', () => {
    const run = openRun();
    const of = { id: 't', instrument: 'BTC-27MAR26-120000-C-COIN', price: 0.012, quantityAtoms: 10_000_000n };
    trade(run, { ...of, buyer: 'trader-0', seller: 'trader-1' });
    run.timeMs = SAMPLE_EXPIRY_MS;
    give(run, sampleFrame(run.timeMs, { btc: 150_000, eth: 3_300 }));
    const before = atomsOf(run.state, 'trader-0', 'BTC');
    give(run, { kind: 'SettleExpiry', instrument: of.instrument, settlementPrice: 150_000 });
    expect(atomsOf(run.state, 'trader-0', 'BTC') - before).toBe(2_000_000n);
    expectSound(run.state);
  });
});

describe('a fill', () => {
  it('is booked once, however often it comes, and lowers the order it filled', () => {
    const run = openRun();
    const order = {
      id: 'o',
      instrument: 'BTC-PERP',
      quantityAtoms: 200_000_000n,
      price: 95_000,
      reduceOnly: false,
    };
    give(run, { kind: 'SubmitOrder', account: 'trader-0', order });
    const fill: Command = {
      kind: 'Fill',
      executionId: 'x',
      instrument: 'BTC-PERP',
      quantityAtoms: 150_000_000n,
      price: 94_990,
      buyer: { account: 'trader-0', orderId: 'o', feeAtoms: 2_000_000n },
      seller: { account: 'backstop', orderId: null, feeAtoms: -500_000n },
    };
    expect(give(run, fill).map((e) => e.kind)).toEqual([
      'Posted',
      'PositionChanged',
      'PositionChanged',
      'FillApplied',
    ]);
    expect(give(run, fill).map((e) => e.kind)).toEqual(['FillRepeated']);
    const doc = accountAt(run.state, accountIndex(run.state, 'trader-0')!);
    expect(doc.orders.map((o) => o.quantityAtoms)).toEqual([50_000_000n]);
    expect(doc.positions.map((p) => p.quantityAtoms)).toEqual([150_000_000n]);
    expect(usdc(run, '$fee')).toBe(1.5);
    const rest = give(run, { ...fill, executionId: 'y', quantityAtoms: 50_000_000n });
    expect(rest.flatMap((e) => (e.kind === 'OrderClosed' ? [e.why] : []))).toEqual(['filled']);
    expectSound(run.state);
  });

  it('of a spot pair changes balances, and of an unknown order is booked all the same', () => {
    const run = openRun();
    const side = { orderId: 'gone', feeAtoms: 0n };
    const fill: Command = {
      kind: 'Fill',
      executionId: 's',
      instrument: 'BTC-USDC',
      quantityAtoms: 10_000_000n,
      price: 95_000.5,
      buyer: { account: 'trader-0', ...side },
      seller: { account: 'trader-1', ...side },
    };
    expect(codeOf(run, fill)).toBe('Posted');
    expect(atomsOf(run.state, 'trader-0', 'BTC')).toBe(110_000_000n);
    expect(usdc(run, 'trader-0')).toBe(100_000 - 9_500.05);
    expect(usdc(run, 'trader-1')).toBe(100_000 + 9_500.05);
    expectSound(run.state);
  });

  it('is refused by precedence for what is malformed, unknown or the same account twice', () => {
    const run = openRun();
    const side = { account: 'trader-0', orderId: null, feeAtoms: 0n };
    const fill = {
      kind: 'Fill',
      executionId: 'x',
      instrument: 'BTC-PERP',
      quantityAtoms: 100_000n,
      price: 1,
      buyer: side,
      seller: { ...side, account: 'trader-1' },
    } as const;
    expect(codeOf(run, { ...fill, seller: side, price: 0 })).toBe('SHAPE_INVALID');
    expect(codeOf(run, { ...fill, price: Infinity, quantityAtoms: 1n })).toBe('NUMBER_NOT_FINITE');
    expect(codeOf(run, { ...fill, quantityAtoms: 1n, instrument: 'BTC-PERP' })).toBe('NUMBER_OUT_OF_RANGE');
    expect(codeOf(run, { ...fill, instrument: 'NONE', buyer: { ...side, account: 'x' } })).toBe(
      'UNKNOWN_ACCOUNT',
    );
    expect(codeOf(run, { ...fill, instrument: 'NONE' })).toBe('UNKNOWN_INSTRUMENT');
    const rebate = { ...side, feeAtoms: -1n };
    expect(codeOf(run, { ...fill, buyer: rebate })).toBe('BALANCE_INSUFFICIENT');
  });
});
