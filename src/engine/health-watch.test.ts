import { describe, expect, it } from 'vitest';
import { expectSound } from './audit.fixture.ts';
import type { Event } from './event.ts';
import { sampleFrame, SAMPLE_RULES } from './sample.ts';
import { drive, give, openRun, type SampleRun, trade } from './sample-run.ts';
import { accountAt, accountIndex } from './state.ts';

/** trader-0 long, against the backstop, at 95,000: equity 195,000 USD. */
function levered(contracts: bigint, options = {}): SampleRun {
  const run = openRun(options);
  const open = { id: 't', instrument: 'BTC-PERP', price: 95_000, buyer: 'trader-0', seller: 'backstop' };
  trade(run, { ...open, quantityAtoms: contracts * 100_000_000n });
  return run;
}

function fall(run: SampleRun, btc: number, minutes = 1): Event[] {
  run.timeMs += minutes * 60_000;
  return give(run, sampleFrame(run.timeMs, { btc, eth: 3_300 * (btc / 95_000) }));
}

const kinds = (events: readonly Event[]): string[] => events.map(({ kind }) => kind);
const of = <K extends Event['kind']>(events: readonly Event[], kind: K): Extract<Event, { kind: K }>[] =>
  events.filter((event): event is Extract<Event, { kind: K }> => event.kind === kind);

describe('a margin call', () => {
  it('comes on the way down with amount and deadline, and is met by a deposit', () => {
    const run = levered(5n);
    const path: Event[] = [];
    for (let btc = 95_000; of(path, 'MarginCallIssued').length === 0 && btc > 60_000; btc -= 1_000) {
      path.push(...fall(run, btc));
    }
    const [call] = of(path, 'MarginCallIssued');
    expect(call!.account).toBe('trader-0');
    expect(call!.amountUsd).toBeGreaterThan(0);
    expect(call!.deadlineMs).toBe(run.timeMs + SAMPLE_RULES.callMs);
    expect(of(path, 'HealthChanged').map((e) => e.to)).toEqual(['warning', 'margin-call']);
    const atoms = BigInt(Math.ceil(call!.amountUsd * 1e6));
    const events = give(run, { kind: 'Deposit', id: 'meets', account: 'trader-0', asset: 'USDC', atoms });
    expect(of(events, 'MarginCallClosed').map((e) => e.why)).toEqual(['met']);
  });

  it('is recovered when the market does it', () => {
    const run = levered(5n);
    const path: Event[] = [];
    for (let btc = 95_000; of(path, 'MarginCallIssued').length === 0; btc -= 1_000)
      path.push(...fall(run, btc));
    expect(of(fall(run, 95_000), 'MarginCallClosed').map((e) => e.why)).toEqual(['recovered']);
  });

  it('that is not met by its deadline ends in a liquidation, down to where no call would stand', () => {
    const run = levered(5n);
    const path: Event[] = [];
    let btc = 95_000;
    for (; of(path, 'MarginCallIssued').length === 0; btc -= 1_000) path.push(...fall(run, btc));
    const { deadlineMs } = of(path, 'MarginCallIssued')[0]!;
    run.timeMs = deadlineMs - 1;
    give(run, sampleFrame(run.timeMs, { btc: btc + 1_000, eth: 3_000 }));
    expect(kinds(give(run, { kind: 'Tick' }))).not.toContain('LiquidationOpened');
    run.timeMs = deadlineMs;
    expect(kinds(give(run, { kind: 'Tick' }))).toContain('LiquidationOpened');
    const events: Event[] = [];
    for (let n = 0; n < 30 && run.state.liquidating.size > 0; n++) {
      events.push(...drive(run, 'backstop'));
      run.timeMs += 10_000;
      give(run, sampleFrame(run.timeMs, { btc: btc + 1_000, eth: 3_000 }));
    }
    expect(of(events, 'LiquidationStepped').map((e) => e.step)).toContain('reduction');
    expect(of(events, 'MarginCallClosed').map((e) => e.why)).toEqual(['liquidated']);
    const { health, positions } = accountAt(run.state, accountIndex(run.state, 'trader-0')!);
    expect(['healthy', 'warning']).toContain(health);
    expect(positions[0]!.quantityAtoms).toBeLessThan(500_000_000n);
    expectSound(run.state);
  });

  it('is not made where a credit line covers the shortfall, until the line ends', () => {
    const run = levered(5n);
    const line = { account: 'trader-0', line: 'l', by: 'ann' } as const;
    give(run, { kind: 'GrantCredit', ...line, limitUsd: 1e6, expiryMs: run.timeMs + 30 * 60_000 });
    expect(of(fall(run, 80_000), 'MarginCallIssued')).toHaveLength(1);
    const approved = give(run, { kind: 'ApproveCredit', ...line, by: 'bob' });
    expect(kinds(approved)).toContain('MarginCallClosed');
    run.timeMs += 31 * 60_000;
    const frame = sampleFrame(run.timeMs, { btc: 80_000, eth: 2_779 });
    const ended = [...give(run, frame), ...give(run, { kind: 'Tick' })];
    expect(of(ended, 'CreditLineChanged').map((e) => e.state)).toEqual(['ended']);
    expect(of(ended, 'MarginCallIssued')).toHaveLength(1);
  });
});

describe('a new market', () => {
  it('assesses only accounts that a bound does not prove safe', () => {
    const run = openRun({ accounts: 20 });
    const open = { instrument: 'BTC-PERP', price: 95_000, seller: 'backstop' };
    for (let n = 0; n < 20; n++) {
      const quantityAtoms = n === 7 ? 500_000_000n : 50_000_000n;
      trade(run, { ...open, id: `t${n}`, buyer: `trader-${n}`, quantityAtoms });
    }
    const [revised] = of(fall(run, 94_000), 'MarketRevised');
    expect(revised!.reassessed + revised!.provenSafe).toBe(21);
    expect(revised!.provenSafe).toBeGreaterThan(10);
    expect(revised!.reassessed).toBeGreaterThan(0);
  });
});
