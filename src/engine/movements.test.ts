import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { HOUSE } from '../ledger/ledger.ts';
import { expectSound } from './audit.fixture.ts';
import type { Command } from './command.ts';
import { levelsAt, placeOf, stressOf } from './levels.ts';
import { atomsOf } from './posting.ts';
import { reportOf } from './reports.ts';
import { give, openRun, type SampleRun, trade } from './sample-run.ts';
import { accountAt, accountIndex } from './state.ts';
import { unitOf } from './unit.ts';

function codeOf(run: SampleRun, command: Command): string {
  const [first] = give(run, command);
  return first!.kind === 'CommandRefused' ? first.failure.failure : first!.kind;
}

const take = (atoms: bigint, id = `w${atoms}`): Command => ({
  kind: 'Withdraw',
  id,
  account: 'trader-0',
  asset: 'USDC',
  atoms,
});

describe('a withdrawal', () => {
  it('of an account that owes nothing may take everything, and no atom more', () => {
    const run = openRun();
    expect(codeOf(run, take(100_000_000_001n))).toBe('BALANCE_INSUFFICIENT');
    expect(codeOf(run, take(100_000_000_000n))).toBe('Posted');
    expect(atomsOf(run.state, 'trader-0', 'USDC')).toBe(0n);
    expectSound(run.state);
  });

  it('leaves the larger of initial margin and the whole stress block, to the dollar', () => {
    const run = openRun();
    trade(run, {
      id: 't',
      instrument: 'BTC-PERP',
      quantityAtoms: 100_000_000n,
      price: 95_000,
      buyer: 'trader-0',
      seller: 'backstop',
    });
    let low = 0n;
    let high = 100_000_000_000n;
    while (high - low > 1_000_000n) {
      const middle = (low + high) / 2n;
      const probe = openRun();
      trade(probe, {
        id: 't',
        instrument: 'BTC-PERP',
        quantityAtoms: 100_000_000n,
        price: 95_000,
        buyer: 'trader-0',
        seller: 'backstop',
      });
      if (codeOf(probe, take(middle)) === 'Posted') low = middle;
      else high = middle;
    }
    expect(codeOf(run, take(high))).toBe('WITHDRAWAL_EXCEEDS_MARGIN');
    expect(codeOf(run, take(low))).toBe('Posted');
    const index = accountIndex(run.state, 'trader-0')!;
    const levels = levelsAt(run.state, index);
    const place = placeOf(run.state);
    if (isFailure(levels) || isFailure(place)) throw new Error('not valued');
    const stress = stressOf(unitOf(run.state, index), place);
    if (isFailure(stress)) throw new Error('not valued');
    const left = levels.equityUsd - Math.max(levels.initialUsd, stress);
    expect(left).toBeGreaterThanOrEqual(0);
    expect(left).toBeLessThan(2);
  });

  it('does not count credit, and not what open orders hold', () => {
    const run = openRun();
    const line = { account: 'trader-0', line: 'l', by: 'ann' } as const;
    give(run, { kind: 'GrantCredit', ...line, limitUsd: 1e9, expiryMs: run.timeMs + 1e9 });
    give(run, { kind: 'ApproveCredit', ...line, by: 'bob' });
    trade(run, {
      id: 't',
      instrument: 'BTC-PERP',
      quantityAtoms: 300_000_000n,
      price: 95_000,
      buyer: 'trader-0',
      seller: 'backstop',
    });
    expect(codeOf(run, take(90_000_000_000n))).toBe('WITHDRAWAL_EXCEEDS_MARGIN');
    const ordered = openRun();
    const order = {
      id: 'o',
      instrument: 'BTC-PERP',
      quantityAtoms: 400_000_000n,
      price: 95_000,
      reduceOnly: false,
    };
    give(ordered, { kind: 'SubmitOrder', account: 'trader-0', order });
    expect(codeOf(ordered, take(95_000_000_000n))).toBe('WITHDRAWAL_EXCEEDS_MARGIN');
    give(ordered, { kind: 'CancelOrder', account: 'trader-0', orderId: 'o' });
    expect(codeOf(ordered, take(95_000_000_000n, 'again'))).toBe('Posted');
  });

  it('of one id happens once', () => {
    const run = openRun();
    expect(codeOf(run, take(1n, 'w'))).toBe('Posted');
    expect(codeOf(run, take(1n, 'w'))).toBe('DUPLICATE_ID');
  });

  it('cannot name a house account, and only the fund takes deposits', () => {
    const run = openRun();
    const house = { id: 'h', account: HOUSE.fee, asset: 'USDC', atoms: 1n };
    expect(codeOf(run, { kind: 'Deposit', ...house })).toBe('UNKNOWN_ACCOUNT');
    expect(codeOf(run, { kind: 'Withdraw', ...house, account: HOUSE.insurance })).toBe('UNKNOWN_ACCOUNT');
    expect(codeOf(run, { kind: 'Deposit', ...house, account: HOUSE.insurance })).toBe('Posted');
  });
});

describe('a transfer', () => {
  it('is a withdrawal for one and a deposit for the other', () => {
    const run = openRun();
    const move = {
      kind: 'Transfer',
      id: 't',
      from: 'trader-0',
      to: 'trader-1',
      asset: 'BTC',
      atoms: 100_000_000n,
    } as const;
    expect(codeOf(run, { ...move, to: 'trader-0' })).toBe('SHAPE_INVALID');
    expect(codeOf(run, { ...move, to: 'nobody' })).toBe('UNKNOWN_ACCOUNT');
    expect(codeOf(run, move)).toBe('Posted');
    expect(atomsOf(run.state, 'trader-1', 'BTC')).toBe(200_000_000n);
    expect(codeOf(run, { ...move, id: 'u' })).toBe('BALANCE_INSUFFICIENT');
    expectSound(run.state);
  });
});

describe('an isolated position', () => {
  const open = { id: 't', instrument: 'BTC-PERP', quantityAtoms: 100_000_000n, price: 95_000 } as const;

  it('has collateral of its own, loses no more than that, and returns what is left', () => {
    const run = openRun();
    const isolate = { kind: 'IsolatePosition', account: 'trader-0', instrument: 'BTC-PERP' } as const;
    expect(codeOf(run, { ...isolate, atoms: 1n })).toBe('UNKNOWN_INSTRUMENT');
    trade(run, { ...open, buyer: 'trader-0', seller: 'backstop' });
    expect(codeOf(run, { ...isolate, atoms: 1_000_000n })).toBe('INITIAL_MARGIN_SHORTFALL');
    expect(codeOf(run, { ...isolate, atoms: 20_000_000_000n })).toBe('Posted');
    const report = reportOf(run.state, 'trader-0');
    if (isFailure(report)) throw new Error(report.field);
    expect(report.positions).toEqual([]);
    expect(report.sleeves.map((s) => [s.instrument, s.collateralUsd])).toEqual([['BTC-PERP', 20_000]]);
    const sleeve = levelsAt(run.state, accountIndex(run.state, 'trader-0|BTC-PERP')!);
    if (isFailure(sleeve)) throw new Error(sleeve.field);
    expect([sleeve.equityUsd, sleeve.initialUsd]).toEqual([
      report.sleeves[0]!.equityUsd,
      report.sleeves[0]!.initialUsd,
    ]);
    expect(codeOf(run, { ...isolate, atoms: -19_000_000_000n })).toBe('INITIAL_MARGIN_SHORTFALL');
    expect(codeOf(run, { ...isolate, atoms: -1_000_000_000n })).toBe('Posted');
    trade(run, { ...open, id: 'c', price: 96_000, buyer: 'backstop', seller: 'trader-0' });
    expect(accountAt(run.state, accountIndex(run.state, 'trader-0')!).sleeves).toEqual([]);
    expect(atomsOf(run.state, 'trader-0', 'USDC')).toBe(101_000_000_000n);
    expectSound(run.state);
  });

  it('can be isolated again after it was closed', () => {
    const run = openRun();
    for (const n of [1, 2]) {
      trade(run, { ...open, id: `o${n}`, buyer: 'trader-0', seller: 'backstop' });
      give(run, {
        kind: 'IsolatePosition',
        account: 'trader-0',
        instrument: 'BTC-PERP',
        atoms: 20_000_000_000n,
      });
      expect(accountAt(run.state, accountIndex(run.state, 'trader-0')!).sleeves).toEqual([
        'trader-0|BTC-PERP',
      ]);
      trade(run, { ...open, id: `c${n}`, buyer: 'backstop', seller: 'trader-0' });
      expectSound(run.state);
    }
    expect(atomsOf(run.state, 'trader-0', 'USDC')).toBe(100_000_000_000n);
  });
});
