import { describe, expect, it } from 'vitest';
import { ERRORS } from '../base/catalogue.ts';
import { isFailure } from '../base/failure.ts';
import { expectSound } from './audit.fixture.ts';
import type { Command, OrderRequest } from './command.ts';
import type { Event } from './event.ts';
import { judgeOrder } from './judge-order.ts';
import { placeOf } from './levels.ts';
import { dirtyPages } from './pages.ts';
import { earliest } from './refusal.ts';
import { sampleFrame } from './sample.ts';
import { give, openRun, type SampleRun, trade } from './sample-run.ts';
import { accountAt, accountIndex, createState } from './state.ts';

const ORDER: OrderRequest = {
  id: 'o',
  instrument: 'BTC-PERP',
  quantityAtoms: 100_000_000n,
  price: 95_000,
  reduceOnly: false,
};

function submit(run: SampleRun, order: Partial<OrderRequest>, account = 'trader-0'): Event {
  return give(run, { kind: 'SubmitOrder', account, order: { ...ORDER, ...order } })[0]!;
}

function refusalOf(event: Event): string {
  return event.kind === 'CommandRefused' ? event.failure.failure : event.kind;
}

function held(run: SampleRun, account = 'trader-0'): readonly string[] {
  return accountAt(run.state, accountIndex(run.state, account)!).orders.map(({ id }) => id);
}

describe('an order', () => {
  it('is held while initial margin lasts, cancelled, and refused beyond it', () => {
    const run = openRun();
    expect(submit(run, {}).kind).toBe('OrderAccepted');
    expect(refusalOf(submit(run, { id: 'large', quantityAtoms: 3_000_000_000n }))).toBe(
      'INITIAL_MARGIN_SHORTFALL',
    );
    expect(held(run)).toEqual(['o']);
    give(run, { kind: 'CancelOrder', account: 'trader-0', orderId: 'o' });
    expect(held(run)).toEqual([]);
  });

  it('counts with all other open orders: the worst side of both, not of each alone', () => {
    const run = openRun();
    let accepted = 0;
    for (let n = 0; n < 40; n++) {
      if (submit(run, { id: `o${n}`, quantityAtoms: 100_000_000n }).kind === 'OrderAccepted') accepted += 1;
    }
    const alone = openRun();
    let most = 0;
    for (let lots = 1; lots <= 40; lots++) {
      const event = submit(alone, { id: 'one', quantityAtoms: BigInt(lots) * 100_000_000n });
      if (event.kind !== 'OrderAccepted') break;
      most = lots;
      give(alone, { kind: 'CancelOrder', account: 'trader-0', orderId: 'one' });
    }
    expect(most).toBeGreaterThan(3);
    expect(accepted).toBe(most);
  });

  it('of the other side costs nothing more than the larger side', () => {
    const run = openRun();
    expect(submit(run, { id: 'bid', quantityAtoms: 500_000_000n }).kind).toBe('OrderAccepted');
    expect(submit(run, { id: 'ask', quantityAtoms: -500_000_000n, price: 95_100 }).kind).toBe(
      'OrderAccepted',
    );
  });

  it('of an account that is short of margin is taken only if it makes it no riskier', () => {
    const run = openRun();
    const open = { id: 't', instrument: 'BTC-PERP', quantityAtoms: 900_000_000n, price: 95_000 };
    trade(run, { ...open, buyer: 'trader-0', seller: 'backstop' });
    expect(refusalOf(submit(run, { id: 'more' }))).toBe('INITIAL_MARGIN_SHORTFALL');
    expect(submit(run, { id: 'less', quantityAtoms: -100_000_000n }).kind).toBe('OrderAccepted');
    expect(
      submit(run, { id: 'hedge', instrument: 'BTC-27MAR26', quantityAtoms: -100_000_000n, price: 95_900 })
        .kind,
    ).toBe('OrderAccepted');
    expect(refusalOf(submit(run, { id: 'through', quantityAtoms: -2_000_000_000n }))).toBe(
      'INITIAL_MARGIN_SHORTFALL',
    );
  });

  it('is judged without touching anything', () => {
    const run = openRun();
    dirtyPages(run.state);
    const place = placeOf(run.state);
    if (isFailure(place)) throw new Error(place.field);
    const verdict = judgeOrder(run.state, accountIndex(run.state, 'trader-0')!, { order: ORDER, place });
    expect(isFailure(verdict)).toBe(false);
    expect(dirtyPages(run.state)).toEqual({ pages: [], ledgerRows: [], ledgerAssets: false });
  });

  it('that only reduces never adds up to more than the position', () => {
    const run = openRun();
    const open = { id: 't', instrument: 'BTC-PERP', quantityAtoms: 200_000_000n, price: 95_000 };
    trade(run, { ...open, buyer: 'trader-0', seller: 'backstop' });
    const reduce = { reduceOnly: true, quantityAtoms: -100_000_000n };
    expect(refusalOf(submit(run, { id: 'adds', reduceOnly: true }))).toBe('ORDER_NOT_REDUCING');
    expect(submit(run, { id: 'a', ...reduce }).kind).toBe('OrderAccepted');
    expect(submit(run, { id: 'b', ...reduce }).kind).toBe('OrderAccepted');
    expect(refusalOf(submit(run, { id: 'c', ...reduce }))).toBe('ORDER_NOT_REDUCING');
    const events = trade(run, { ...open, id: 'close', buyer: 'backstop', seller: 'trader-0' });
    expect(events.filter((e) => e.kind === 'OrderClosed').map((e) => e.why)).toEqual([
      'reduce-only',
      'reduce-only',
    ]);
    expectSound(run.state);
  });

  it('on a price that is kept alive may only reduce', () => {
    const run = openRun();
    const open = { id: 't', instrument: 'ETH-PERP', quantityAtoms: 200_000_000n, price: 3_300 };
    trade(run, { ...open, buyer: 'trader-0', seller: 'backstop' });
    for (let minute = 0; minute < 7; minute++) {
      run.timeMs += 60_000;
      give(run, sampleFrame(run.timeMs, { btc: 95_000, eth: 3_300 }, ['ETH']));
    }
    const eth = { instrument: 'ETH-PERP', price: 3_300 };
    expect(submit(run, { id: 'more', ...eth }, 'trader-1').kind).toBe('CommandRefused');
    expect(submit(run, { id: 'less', ...eth, quantityAtoms: -100_000_000n }).kind).toBe('OrderAccepted');
  });

  it('is refused with the first code of the catalogue that applies', () => {
    const run = openRun();
    const wrong = { id: '', instrument: 'NONE', quantityAtoms: 0n, price: Number.NaN };
    const fixes: readonly (readonly [string, Partial<OrderRequest>])[] = [
      ['SHAPE_INVALID', {}],
      ['NUMBER_NOT_FINITE', { id: 'x' }],
      ['UNKNOWN_ACCOUNT', { id: 'x', price: 1 }],
      ['NUMBER_OUT_OF_RANGE', { id: 'x', price: 1, instrument: 'BTC-PERP' }],
      ['UNKNOWN_ACCOUNT', { id: 'x', price: 1, instrument: 'BTC-PERP', quantityAtoms: 100_000n }],
    ];
    for (const [code, fix] of fixes)
      expect(refusalOf(submit(run, { ...wrong, ...fix }, 'nobody'))).toBe(code);
    expect(refusalOf(submit(run, { instrument: 'NONE' }))).toBe('UNKNOWN_INSTRUMENT');
    expect(refusalOf(submit(run, { id: '$liq/x' }))).toBe('SHAPE_INVALID');
    submit(run, {});
    expect(refusalOf(submit(run, {}))).toBe('DUPLICATE_ID');
  });
});

describe('refusals', () => {
  it('are chosen by their place in the catalogue', () => {
    const codes = Object.keys(ERRORS) as (keyof typeof ERRORS)[];
    const made = codes.map((failure) => ({ failure, field: '', value: '', expected: '' }));
    for (const [n, one] of made.entries()) expect(earliest(made.slice(n).toReversed())).toBe(one);
    expect(earliest([null, null])).toBeNull();
  });

  it('come before the venue is open, and for opening it twice', () => {
    const run = openRun();
    const again = run.log[0]!.command;
    expect(refusalOf(give(run, again)[0]!)).toBe('VENUE_ALREADY_OPEN');
    const fresh: Command = { kind: 'Tick' };
    expect(refusalOf(give({ ...openEmpty(), log: [], timeMs: 1 }, fresh)[0]!)).toBe('VENUE_NOT_OPEN');
  });
});

function openEmpty(): Pick<SampleRun, 'state'> {
  return { state: createState() };
}
