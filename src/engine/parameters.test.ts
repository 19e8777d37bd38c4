import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../base/instant.ts';
import type { Command } from './command.ts';
import type { Event } from './event.ts';
import { SAMPLE_METHODOLOGY, SAMPLE_RULES, SAMPLE_START_MS, sampleFrame } from './sample.ts';
import { give, openRun, type SampleRun, trade } from './sample-run.ts';
import { accountAt, accountIndex, clockOf, parametersOf } from './state.ts';

function codeOf(run: SampleRun, command: Command): string {
  const [first] = give(run, command);
  return first!.kind === 'CommandRefused' ? first.failure.failure : first!.kind;
}

const states = (events: readonly Event[]): string[] =>
  events.flatMap((e) => (e.kind === 'ParametersChanged' ? [e.state] : []));

describe('a change of parameters', () => {
  const propose = {
    kind: 'ProposeParameters',
    proposal: 'p',
    by: 'ann',
    why: 'more stress',
    methodology: {
      ...SAMPLE_METHODOLOGY,
      version: '2',
      effectiveMs: SAMPLE_START_MS + DAY_MS / 2,
      antiProcyclicality: { tool: 'stress-weight', stressFrac: 1 },
      maintenanceFrac: 1,
    },
  } as const;

  it('takes two people and its own time, and judges everyone again when it comes in force', () => {
    const run = openRun();
    const open = { id: 't', instrument: 'BTC-PERP', price: 95_000, quantityAtoms: 500_000_000n };
    trade(run, { ...open, buyer: 'trader-0', seller: 'backstop' });
    expect(codeOf(run, propose)).toBe('ParametersChanged');
    expect(codeOf(run, propose)).toBe('DUPLICATE_ID');
    expect(codeOf(run, { kind: 'ApproveParameters', proposal: 'q', by: 'bob' })).toBe('UNKNOWN_PROPOSAL');
    expect(codeOf(run, { kind: 'ApproveParameters', proposal: 'p', by: 'ann' })).toBe(
      'APPROVER_NOT_INDEPENDENT',
    );
    expect(states(give(run, { kind: 'ApproveParameters', proposal: 'p', by: 'bob' }))).toEqual(['approved']);
    expect(codeOf(run, { kind: 'ApproveParameters', proposal: 'p', by: 'cid' })).toBe('PROPOSAL_CLOSED');
    expect(parametersOf(run.state).methodology.version).not.toBe('2');
    run.timeMs = propose.methodology.effectiveMs - 1;
    give(run, sampleFrame(run.timeMs, { btc: 95_000, eth: 3_300 }));
    expect(states(give(run, { kind: 'Tick' }))).toEqual([]);
    run.timeMs += 1;
    const events = give(run, { kind: 'Tick' });
    expect(states(events)).toEqual(['in-force']);
    expect(events.map((e) => e.kind)).toContain('ScenariosRefitted');
    expect(parametersOf(run.state).methodology.version).toBe('2');
    expect(accountAt(run.state, accountIndex(run.state, 'trader-0')!).health).not.toBe('healthy');
  });

  it('that has passed its time is in force when it is approved; rules come with it', () => {
    const run = openRun();
    const rules = { ...SAMPLE_RULES, callMs: 1 };
    const methodology = { ...SAMPLE_METHODOLOGY, version: '3' };
    give(run, { ...propose, methodology, rules });
    const events = give(run, { kind: 'ApproveParameters', proposal: 'p', by: 'bob' });
    expect(states(events)).toEqual(['approved', 'in-force']);
    expect(parametersOf(run.state).rules.callMs).toBe(1);
  });

  it('is refused when nothing could be margined under it', () => {
    const run = openRun();
    const tail = { measure: 'es', level: '1.5' } as const;
    expect(codeOf(run, { ...propose, methodology: { ...SAMPLE_METHODOLOGY, tail } })).toBe(
      'NUMBER_OUT_OF_RANGE',
    );
    const filtered = { ...SAMPLE_METHODOLOGY.filtered, lookbackDays: 100_000 };
    const monteCarlo = { ...SAMPLE_METHODOLOGY.monteCarlo, count: 0 };
    const methodology = { ...SAMPLE_METHODOLOGY, filtered, monteCarlo };
    expect(codeOf(run, { ...propose, methodology })).not.toBe('ParametersChanged');
  });
});

describe('the day', () => {
  it('ends with closes in the history and a refit, once, even after days of silence', () => {
    const run = openRun();
    const days = run.state.tables.closes.items.length;
    run.timeMs = Date.UTC(2026, 0, 13) - 20_000;
    give(run, sampleFrame(run.timeMs, { btc: 96_000, eth: 3_400 }));
    run.timeMs += 8 * 3_600_000;
    const events = give(run, { kind: 'Tick' });
    expect(events.filter((e) => e.kind === 'ScenariosRefitted')).toHaveLength(1);
    expect(run.state.tables.closes.items).toHaveLength(days + 1);
    const { dayMs, closes } = run.state.tables.closes.items.at(-1)!;
    expect(dayMs).toBe(Date.UTC(2026, 0, 12));
    expect(closes.find((c) => c.asset === 'BTC')!.value).toBe(96_000);
    expect(give(run, { kind: 'Tick' }).map((e) => e.kind)).toEqual(['Ticked']);
    run.timeMs += 5 * DAY_MS;
    give(run, sampleFrame(run.timeMs, { btc: 97_000, eth: 3_400 }));
    expect(run.state.tables.closes.items).toHaveLength(days + 1);
    expect(clockOf(run.state).dayMs).toBe(Date.UTC(2026, 0, 18));
  });
});

describe('a listing', () => {
  it('adds an instrument to the market at once, and scenarios that move it', () => {
    const run = openRun();
    const product = {
      id: 'ETH-27MAR26-4000-C',
      kind: 'option',
      form: 'linear',
      underlying: 'ETH',
      settle: 'USDC',
      lotAtoms: 100_000n,
      contractSize: 1,
      expiryMs: Date.UTC(2026, 2, 27, 8),
      strike: 4_000,
      right: 'call',
    } as const;
    const events = give(run, { kind: 'ListInstrument', product });
    expect(events.map((e) => e.kind)).toEqual(['InstrumentListed', 'ScenariosRefitted', 'MarketRevised']);
    expect(run.state.market!.products.has(product.id)).toBe(true);
    expect(codeOf(run, { kind: 'ListInstrument', product })).toBe('DUPLICATE_ID');
    const id = 'x|y';
    expect(codeOf(run, { kind: 'ListInstrument', product: { ...product, id } })).toBe('SHAPE_INVALID');
    expect(codeOf(run, { kind: 'ListInstrument', product: { ...product, id: 'z', settle: 'NONE' } })).toBe(
      'UNKNOWN_ASSET',
    );
    const asset = { id: 'SOL', places: 8, kind: 'coin', issuer: null, pegTo: null } as const;
    expect(codeOf(run, { kind: 'ListAsset', asset })).toBe('AssetListed');
    expect(codeOf(run, { kind: 'ListAsset', asset })).toBe('DUPLICATE_ID');
    const account = { kind: 'OpenAccount', client: 'c', owner: 'o', mode: 'cross' } as const;
    expect(codeOf(run, { ...account, account: '$fee' })).toBe('SHAPE_INVALID');
    expect(codeOf(run, { ...account, account: 'a|b' })).toBe('SHAPE_INVALID');
    expect(codeOf(run, { ...account, account: 'trader-0' })).toBe('DUPLICATE_ID');
  });
});
