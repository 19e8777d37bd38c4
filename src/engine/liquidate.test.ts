import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { expectSound } from './audit.fixture.ts';
import type { Event } from './event.ts';
import { fingerprint } from './fingerprint.fixture.ts';
import { levelsAt } from './levels.ts';
import { nextLiquidation } from './liquidate.ts';
import { atomsOf } from './posting.ts';
import type { DeleveragingPolicy } from '../liquidation/policies.ts';
import { DEFAULT_RULES, type VenueRules } from './rules.ts';
import { SAMPLE_RULES, sampleFrame } from './sample.ts';
import { drive, give, openRun, type SampleRun, trade } from './sample-run.ts';
import { accountAt, accountIndex } from './state.ts';

const of = <K extends Event['kind']>(events: readonly Event[], kind: K): Extract<Event, { kind: K }>[] =>
  events.filter((event): event is Extract<Event, { kind: K }> => event.kind === kind);

function market(run: SampleRun, btc: number): Event[] {
  return give(run, sampleFrame(run.timeMs, { btc, eth: 3_300 * (btc / 95_000) }));
}

/** Walks BTC to a price in moves that the gate believes. */
function walk(run: SampleRun, from: number, to: number): Event[] {
  const events: Event[] = [];
  const steps = Math.ceil(Math.abs(Math.log(to / from)) / 0.12);
  for (let n = 1; n <= steps; n++) {
    run.timeMs += 15_000;
    events.push(...market(run, from + ((to - from) * n) / steps));
  }
  return events;
}

/** Drives until no liquidation is open, with fresh prices every ten seconds. */
function unwind(run: SampleRun, btc: number, maker: string | null): Event[] {
  const events: Event[] = [];
  for (let n = 0; n < 200 && run.state.liquidating.size > 0; n++) {
    events.push(...drive(run, maker));
    expectSound(run.state);
    run.timeMs += 10_000;
    events.push(...market(run, btc));
  }
  return events;
}

const stepsOf = (events: readonly Event[], account = 'trader-0'): string[] =>
  of(events, 'LiquidationStepped')
    .filter((e) => e.account === account)
    .map((e) => e.step);

function health(run: SampleRun, account: string): string {
  return accountAt(run.state, accountIndex(run.state, account)!).health;
}

/** trader-0 long ten against trader-1, who has no other risk. */
function levered(rules: VenueRules, contracts = 10n): SampleRun {
  const run = openRun({ rules, accounts: 8 });
  const open = { id: 't', instrument: 'BTC-PERP', price: 95_000, buyer: 'trader-0', seller: 'trader-1' };
  trade(run, { ...open, quantityAtoms: contracts * 100_000_000n });
  give(run, { kind: 'Deposit', id: 'deep', account: 'trader-1', asset: 'USDC', atoms: 9_000_000_000_000n });
  return run;
}

const NO_BACKSTOP: VenueRules = {
  ...DEFAULT_RULES,
  breakers: { ...DEFAULT_RULES.breakers, countMin: 1_000 },
};

describe('partial reduction', () => {
  it('cancels orders, then trades in the market until the target holds, and ends', () => {
    const run = levered(NO_BACKSTOP, 6n);
    const order = {
      id: 'o',
      instrument: 'BTC-PERP',
      quantityAtoms: -100_000_000n,
      price: 99_000,
      reduceOnly: true,
    };
    give(run, { kind: 'SubmitOrder', account: 'trader-0', order });
    const path: Event[] = [];
    let btc = 95_000;
    while (of(path, 'LiquidationOpened').length === 0) {
      path.push(...walk(run, btc, btc - 1_000));
      btc -= 1_000;
    }
    const events = unwind(run, btc, 'backstop');
    const steps = stepsOf(events);
    expect(steps.slice(0, 2)).toEqual(['orders-cancelled', 'reduction']);
    expect(steps.at(-1)).toBe('ended');
    expect(steps).not.toContain('auction-opened');
    const { positions } = accountAt(run.state, accountIndex(run.state, 'trader-0')!);
    expect(positions[0]!.quantityAtoms).toBeGreaterThan(0n);
    const levels = levelsAt(run.state, accountIndex(run.state, 'trader-0')!);
    if (isFailure(levels)) throw new Error(levels.field);
    expect(levels.maintenanceUsd / levels.equityUsd).toBeLessThanOrEqual(0.9);
    const receipt = of(events, 'LiquidationStepped').find((e) => e.step === 'reduction')!.receipt;
    expect(receipt.trades.map((t) => t.instrument)).toEqual(['BTC-PERP']);
    expect(receipt.trades[0]!.price).toBeLessThan(btc);
  });

  it('takes no more of the depth in one interval than the pace allows', () => {
    const rules: VenueRules = {
      ...NO_BACKSTOP,
      liquidation: { ...NO_BACKSTOP.liquidation, notionalUsdMax: 100_000 },
    };
    const run = levered(rules, 9n);
    const path = walk(run, 95_000, 85_000);
    expect(of(path, 'LiquidationOpened')).toHaveLength(1);
    const events = drive(run, 'backstop');
    const sold = of(events, 'LiquidationStepped').flatMap((e) => e.receipt.trades);
    expect(sold).toHaveLength(1);
    expect((Number(-sold[0]!.quantityAtoms) / 1e8) * 85_017).toBeLessThanOrEqual(100_000);
  });
});

describe('an account that the market does not take', () => {
  it('is auctioned: bidders take shares at a falling price, and keep their own margin', () => {
    const run = levered({ ...NO_BACKSTOP, liquidation: { ...NO_BACKSTOP.liquidation, roundsMax: 1 } }, 9n);
    walk(run, 95_000, 85_000);
    const events: Event[] = [...drive(run, null)];
    for (let n = 0; n < 40 && !stepsOf(events).includes('auction-opened'); n++) {
      run.timeMs += 10_000;
      market(run, 85_000);
      events.push(...drive(run, null));
    }
    expect(stepsOf(events)).toContain('auction-opened');
    run.timeMs += 50_000;
    market(run, 85_000);
    const bid = { kind: 'BidAuction', auction: 'trader-0', shareFrac: 0.3 } as const;
    expect(give(run, { ...bid, bidder: 'trader-0' })[0]!.kind).toBe('CommandRefused');
    give(run, { kind: 'OpenAccount', account: 'poor', client: 'poor', owner: 'poor', mode: 'portfolio' });
    const poor = give(run, { ...bid, bidder: 'poor' })[0]!;
    expect(poor.kind === 'CommandRefused' && poor.failure.failure).toBe('INITIAL_MARGIN_SHORTFALL');
    const [taken] = of(give(run, { ...bid, bidder: 'backstop' }), 'LiquidationStepped');
    expect(taken!.step).toBe('auction-bid');
    expect(taken!.receipt.trades[0]!.counterparty).toBe('backstop');
    const backstop = levelsAt(run.state, accountIndex(run.state, 'backstop')!);
    if (isFailure(backstop)) throw new Error(backstop.field);
    expect(backstop.equityUsd).toBeGreaterThan(20_000_000);
    expectSound(run.state);
    const rest = unwind(run, 85_000, null);
    expect(stepsOf(rest).at(-1)).toBe('ended');
  });

  it('and that nobody bids for goes to the backstop at its bankruptcy prices', () => {
    const run = levered(SAMPLE_RULES, 9n);
    walk(run, 95_000, 85_500);
    const events = unwind(run, 85_500, null);
    const steps = stepsOf(events);
    expect(steps).toContain('auction-opened');
    expect(steps.filter((step) => step !== 'insurance-fund').slice(-2)).toEqual(['backstop', 'ended']);
    const fundUsd = of(events, 'LiquidationStepped').reduce((sum, e) => sum + e.receipt.fundUsd, 0);
    expect(fundUsd, 'an atom of rounding at most').toBeLessThan(0.001);
    const left = levelsAt(run.state, accountIndex(run.state, 'trader-0')!);
    if (isFailure(left)) throw new Error(left.field);
    expect(Math.abs(left.equityUsd)).toBeLessThan(100);
    const backstop = levelsAt(run.state, accountIndex(run.state, 'backstop')!);
    if (isFailure(backstop)) throw new Error(backstop.field);
    expect(backstop.equityUsd).toBeGreaterThan(20_000_000);
  });
});

describe('a bankrupt account', () => {
  it('is covered by the fund as far as it goes, then counterparties are deleveraged at its bankruptcy prices', () => {
    const run = levered(NO_BACKSTOP, 14n);
    walk(run, 95_000, 70_000);
    expect(health(run, 'trader-0')).toBe('bankrupt');
    const fundUsd = (): number =>
      Number(atomsOf(run.state, '$insurance', 'USDC')) / 1e6 +
      (Number(atomsOf(run.state, '$insurance', 'BTC')) / 1e8) * 70_000;
    const before = fundUsd();
    const events = unwind(run, 70_000, null);
    const steps = stepsOf(events);
    expect(steps).toContain('insurance-fund');
    expect(steps).toContain('auto-deleveraging');
    expect(steps.at(-1)).toBe('ended');
    const paid = of(events, 'LiquidationStepped').reduce((sum, e) => sum + e.receipt.fundUsd, 0);
    expect(paid).toBeGreaterThan(10_000);
    expect(Math.abs(before - fundUsd() - paid)).toBeLessThan(1);
    for (const account of ['trader-0', 'trader-1']) {
      expect(accountAt(run.state, accountIndex(run.state, account)!).positions).toEqual([]);
    }
    expect(health(run, 'trader-0')).toBe('healthy');
  });

  it('costs everyone a share where the fund is empty and prices cannot take it', () => {
    const rules: VenueRules = {
      ...NO_BACKSTOP,
      liquidation: { ...NO_BACKSTOP.liquidation, distanceFracMax: 0.001 },
    };
    const run = openRun({ rules, accounts: 8 });
    const open = { id: 't', instrument: 'BTC-PERP', price: 95_000, buyer: 'trader-0', seller: 'trader-1' };
    trade(run, { ...open, quantityAtoms: 6_000_000_000n });
    give(run, { kind: 'Deposit', id: 'deep', account: 'trader-1', asset: 'USDC', atoms: 9_000_000_000_000n });
    walk(run, 95_000, 62_000);
    const before = atomsOf(run.state, 'trader-4', 'USDC');
    const events = unwind(run, 62_000, null);
    const steps = stepsOf(events);
    expect(steps).toContain('loss-sharing');
    const shared = of(events, 'LiquidationStepped').reduce((sum, e) => sum + e.receipt.sharedLossUsd, 0);
    expect(shared).toBeGreaterThan(100_000);
    expect(atomsOf(run.state, 'trader-4', 'USDC')).toBeLessThan(before);
    expect(atomsOf(run.state, 'trader-0', 'USDC')).toBe(0n);
    expectSound(run.state);
  });

  it('is deleveraged with at most one lot too much, under each policy, and the result does not depend on who comes first', () => {
    const policies: readonly DeleveragingPolicy[] = ['queue', 'pro-rata', 'minimum-overshoot', 'hedge-aware'];
    for (const deleveraging of policies) {
      const ends = [false, true].map((isReversed) => {
        const liquidation = { ...NO_BACKSTOP.liquidation, deleveraging };
        const run = openRun({ rules: { ...NO_BACKSTOP, liquidation }, accounts: 14 });
        for (let n = 0; n < 5; n++) {
          const open = { id: `t${n}`, instrument: 'BTC-PERP', price: 95_000, buyer: `trader-${n}` };
          trade(run, {
            ...open,
            seller: `trader-${n + 6}`,
            quantityAtoms: 1_400_000_000n + BigInt(n) * 100_000n,
          });
          const more = { account: `trader-${n + 6}`, asset: 'USDC', atoms: 900_000_000_000n };
          give(run, { kind: 'Deposit', id: `more${n}`, ...more });
        }
        walk(run, 95_000, 72_000);
        const overshoot: number[] = [];
        for (let round = 0; round < 400 && run.state.liquidating.size > 0; round++) {
          if (nextLiquidation(run.state, run.timeMs) === null) {
            run.timeMs += 10_000;
            market(run, 72_000);
          }
          const order = [0, 1, 2, 3, 4].map((n) => `trader-${n}`);
          for (const account of isReversed ? order.toReversed() : order) {
            const events = give(run, { kind: 'LiquidationStep', account });
            overshoot.push(...of(events, 'LiquidationStepped').map((e) => e.receipt.overshootLots));
          }
          expectSound(run.state);
        }
        const most = deleveraging === 'pro-rata' ? 5 : 1;
        expect(Math.max(...overshoot)).toBeLessThanOrEqual(most);
        return fingerprint(run.state);
      });
      expect(ends[1]).toBe(ends[0]);
    }
  });
});

describe('a breaker', () => {
  it('that pauses liquidations stops every step until it is released', () => {
    const run = levered(NO_BACKSTOP, 9n);
    const override = {
      override: 'p',
      scope: 'venue',
      by: 'ann',
      why: 'doubt',
      untilMs: run.timeMs + 600_000,
    };
    give(run, { kind: 'OverrideBreaker', ...override, state: 'liquidations-paused' });
    expect(give(run, { kind: 'ApproveOverride', override: 'p', by: 'ann' })[0]!.kind).toBe('CommandRefused');
    const approved = give(run, { kind: 'ApproveOverride', override: 'p', by: 'bob' });
    expect(of(approved, 'BreakerChanged').map((e) => `${e.scope} ${e.to}`)).toEqual([
      'venue liquidations-paused',
    ]);
    walk(run, 95_000, 85_000);
    expect(new Set(stepsOf(drive(run, 'backstop')))).toEqual(new Set(['waiting']));
    expect(
      give(run, { kind: 'Withdraw', id: 'w', account: 'trader-5', asset: 'BTC', atoms: 1n })[0]!.kind,
    ).toBe('CommandRefused');
    run.timeMs += 700_000;
    market(run, 85_000);
    const ended = give(run, { kind: 'Tick' });
    expect(of(ended, 'OverrideRecorded').map((e) => e.state)).toEqual(['ended']);
    expect(stepsOf(drive(run, 'backstop'))).toContain('auction-opened');
  });
});

describe('a sleeve', () => {
  it('is liquidated alone, and its owner loses no more than what was set aside', () => {
    const run = openRun({ rules: NO_BACKSTOP });
    const open = { id: 't', instrument: 'BTC-PERP', price: 95_000, buyer: 'trader-0', seller: 'backstop' };
    trade(run, { ...open, quantityAtoms: 100_000_000n });
    give(run, {
      kind: 'IsolatePosition',
      account: 'trader-0',
      instrument: 'BTC-PERP',
      atoms: 12_000_000_000n,
    });
    const path = walk(run, 95_000, 82_000);
    expect(of(path, 'LiquidationOpened').map((e) => e.account)).toEqual(['trader-0|BTC-PERP']);
    unwind(run, 82_000, null);
    expect(health(run, 'trader-0')).toBe('healthy');
    expect(atomsOf(run.state, 'trader-0', 'USDC')).toBe(88_000_000_000n);
    expect(accountAt(run.state, accountIndex(run.state, 'trader-0')!).sleeves).toEqual([]);
    expect(atomsOf(run.state, 'trader-0|BTC-PERP', 'USDC')).toBe(0n);
    expectSound(run.state);
  });
});
