import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import type { MarketFrame } from './command.ts';
import type { Event } from './event.ts';
import { levelsAt } from './levels.ts';
import { reportOf } from './reports.ts';
import { SAMPLE_RULES, sampleFrame } from './sample.ts';
import { give, openRun, type SampleRun, trade } from './sample-run.ts';
import { accountAt, accountIndex } from './state.ts';

const PEG = SAMPLE_RULES.quality.assets;
const RULES = {
  ...SAMPLE_RULES,
  quality: {
    ...SAMPLE_RULES.quality,
    exceptions: [{ id: 'USDE', parameters: { ...PEG, sourcesMin: 1, floor: 0.65 } }],
  },
};

/** trader-0 backs a long position with 400,000 of the synthetic dollar. */
function backed(): SampleRun {
  const run = openRun({ rules: RULES });
  give(run, { kind: 'Deposit', id: 'e', account: 'trader-0', asset: 'USDE', atoms: 400_000_000_000n });
  give(run, { kind: 'Withdraw', id: 'u', account: 'trader-0', asset: 'USDC', atoms: 100_000_000_000n });
  give(run, { kind: 'Withdraw', id: 'b', account: 'trader-0', asset: 'BTC', atoms: 100_000_000n });
  const open = { id: 't', instrument: 'BTC-PERP', price: 95_000, buyer: 'trader-0', seller: 'backstop' };
  trade(run, { ...open, quantityAtoms: 500_000_000n });
  return run;
}

function withUsde(run: SampleRun, prices: readonly (readonly [string, number])[]): MarketFrame {
  const frame = sampleFrame(run.timeMs, { btc: 95_000, eth: 3_300 }, ['USDE']);
  const ticks = prices.map(([source, value]) => ({ source, value, timeMs: run.timeMs }));
  return { ...frame, assets: [...frame.assets, { asset: 'USDE', ticks }] };
}

function equity(run: SampleRun): number {
  const levels = levelsAt(run.state, accountIndex(run.state, 'trader-0')!);
  if (isFailure(levels)) throw new Error(levels.field);
  return levels.equityUsd;
}

const isLiquidation = ({ kind }: Event): boolean =>
  kind === 'LiquidationOpened' || kind === 'LiquidationStepped';

describe('a collateral that trades at 0.65 on one thin book and at 1.00 elsewhere', () => {
  it('liquidates nobody, and is worth what the others say', () => {
    const run = backed();
    const before = equity(run);
    const events: Event[] = [];
    for (let second = 0; second < 600; second += 10) {
      run.timeMs += 10_000;
      const thin = 1 - 0.35 * Math.min(1, second / 100);
      events.push(
        ...give(
          run,
          withUsde(run, [
            ['alpha', 1],
            ['beta', 1.0005],
            ['thin', thin],
          ]),
        ),
      );
    }
    expect(events.filter(isLiquidation)).toEqual([]);
    expect(events.some(({ kind }) => kind === 'MarginCallIssued')).toBe(false);
    expect(Math.abs(equity(run) - before)).toBeLessThan(500);
  });
});

describe('a source that is frozen at its floor', () => {
  it('takes the weight of the collateral to zero; the account is called and barred, and not liquidated for it', () => {
    const run = backed();
    const events: Event[] = [];
    for (let n = 0; n < 12; n++) {
      run.timeMs += 10_000;
      events.push(
        ...give(
          run,
          withUsde(run, [
            ['alpha', 0.65],
            ['beta', 0.65],
          ]),
        ),
      );
    }
    const report = reportOf(run.state, 'trader-0');
    if (isFailure(report)) throw new Error(report.field);
    const line = report.pool.lines.find(({ asset }) => asset === 'USDE')!;
    expect([line.amount, line.countedUsd]).toEqual([400_000, 0]);
    expect(accountAt(run.state, accountIndex(run.state, 'trader-0')!).health).toBe('reduce-only');
    expect(events.some(({ kind }) => kind === 'MarginCallIssued')).toBe(true);
    expect(events.filter(isLiquidation)).toEqual([]);
    const [first] = give(run, { kind: 'Withdraw', id: 'w', account: 'trader-0', asset: 'USDE', atoms: 1n });
    expect(first!.kind).toBe('CommandRefused');
  });
});

describe('a feed that goes dark', () => {
  it('keeps the last price in force, marks it degraded, and liquidates nobody on it', () => {
    const run = openRun();
    const open = { id: 't', instrument: 'BTC-PERP', price: 95_000, buyer: 'trader-0', seller: 'backstop' };
    trade(run, { ...open, quantityAtoms: 900_000_000n });
    run.timeMs += 1_000;
    const events = give(run, sampleFrame(run.timeMs, { btc: 85_000, eth: 3_300 }));
    expect(events.some(({ kind }) => kind === 'HealthChanged')).toBe(true);
    const quiet = ['BTC', 'ETH', 'USDC', 'USDE', 'USD'];
    const later: Event[] = [];
    for (let minute = 0; minute < 30; minute++) {
      run.timeMs += 60_000;
      later.push(...give(run, sampleFrame(run.timeMs, { btc: 10_000, eth: 300 }, quiet)));
      later.push(...give(run, { kind: 'Tick' }));
    }
    expect(run.state.market!.assets.get('BTC')!.index).toMatchObject({
      value: 85_000,
      degraded: true,
      confidence: 0,
    });
    expect(later.filter(isLiquidation)).toEqual([]);
    const breakers = later.flatMap((e) => (e.kind === 'BreakerChanged' ? [`${e.scope} ${e.to}`] : []));
    expect(breakers).toContain('underlying:BTC liquidations-paused');
  });

  it('does not shield an account that is short without it: a crumb of something unpriced hides nobody', () => {
    const run = openRun();
    const open = { instrument: 'BTC-PERP', price: 95_000, buyer: 'trader-0', seller: 'backstop' };
    trade(run, { ...open, id: 't', quantityAtoms: 900_000_000n });
    trade(run, { ...open, id: 'crumb', instrument: 'ETH-PERP', price: 3_300, quantityAtoms: 100_000n });
    for (let minute = 0; minute < 7; minute++) {
      run.timeMs += 60_000;
      give(run, sampleFrame(run.timeMs, { btc: 95_000, eth: 3_300 }, ['ETH']));
    }
    expect(run.state.market!.assets.get('ETH')!.index.degraded).toBe(true);
    run.timeMs += 60_000;
    const events = give(run, sampleFrame(run.timeMs, { btc: 80_000, eth: 3_300 }, ['ETH']));
    expect(events.some(({ kind }) => kind === 'LiquidationOpened')).toBe(true);
  });
});

describe('an underlying whose surface does not hold', () => {
  it('keeps the surface it had, and the frame says so', () => {
    const run = openRun();
    run.timeMs += 1_000;
    const frame = sampleFrame(run.timeMs, { btc: 95_000, eth: 3_300 });
    const broken = frame.underlyings.map((one) =>
      one.id === 'BTC'
        ? { ...one, smiles: one.smiles.map((s) => ({ ...s, vols: [-1, Number.NaN, 2] }) as typeof s) }
        : one,
    );
    const before = run.state.market!.underlyings.get('BTC')!.surface;
    const events = give(run, { ...frame, underlyings: broken });
    const revised = events.find((e) => e.kind === 'MarketRevised');
    expect(revised?.kind === 'MarketRevised' && revised.degraded).toEqual(['underlying BTC']);
    expect(run.state.market!.underlyings.get('BTC')!.surface).toBe(before);
  });

  it('and names that were never listed refuse the frame', () => {
    const run = openRun();
    const frame = sampleFrame(run.timeMs, { btc: 95_000, eth: 3_300 });
    const [first] = give(run, { ...frame, assets: [{ asset: 'DOGE', ticks: [] }] });
    expect(first!.kind === 'CommandRefused' && first!.failure.failure).toBe('UNKNOWN_ASSET');
  });
});
