import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { type Change, applyChanges, type Situation } from './what-if.ts';
import { FAR_MS, makeAccount, MARKET, NEAR_MS, PLAIN } from './universe.fixture.ts';

const SITUATION: Situation = {
  account: makeAccount(
    [
      ['BTC-P', 2],
      ['BTC-C', -4],
    ],
    { USDC: 10_000 },
  ),
  market: MARKET,
  methodology: PLAIN,
};

function changed(...changes: Change[]): Situation {
  const after = applyChanges(SITUATION, changes);
  if (isFailure(after)) throw new Error(JSON.stringify(after));
  return after;
}

function refusal(change: Change): string {
  const after = applyChanges(SITUATION, [change]);
  return isFailure(after) ? after.failure : 'accepted';
}

const trade = (instrument: string, quantity: string, price: number | null = null): Change => ({
  kind: 'trade',
  instrument,
  quantity,
  price,
});

describe('a what-if (WHATIF-001)', () => {
  it('leaves the situation that it starts from as it was', () => {
    const before = structuredClone(SITUATION);
    changed(trade('BTC-P', '1'), { kind: 'remove', instrument: 'BTC-C' }, { kind: 'pass-time', days: 3 });
    expect(SITUATION).toEqual(before);
  });

  it('applies changes in the order given', () => {
    const remove: Change = { kind: 'remove', instrument: 'BTC-P' };
    expect(changed(remove, trade('BTC-P', '1')).account.positions).toHaveLength(2);
    expect(changed(trade('BTC-P', '1'), remove).account.positions).toHaveLength(1);
  });
});

describe('a change of the book (WHATIF-002)', () => {
  it('adds quantity and cost, or opens a position', () => {
    const [perpetual] = changed(trade('BTC-P', '-0.5', 90_000)).account.positions;
    expect(perpetual!.quantityAtoms).toBe(150_000_000n);
    const before = SITUATION.account.positions[0]!.costAtoms;
    expect(perpetual!.costAtoms).toBe(before - 45_000_000_000n);
    expect(changed(trade('ETH-P', '3')).account.positions.at(-1)!.instrument).toBe('ETH-P');
  });

  it('deposits and withdraws exact amounts', () => {
    const { balances } = changed(
      { kind: 'deposit', asset: 'USDC', amount: '-10000.5' },
      { kind: 'deposit', asset: 'BTC', amount: '1' },
    ).account;
    expect([...balances]).toEqual([
      ['BTC', 100_000_000n],
      ['USDC', -500_000n],
    ]);
  });

  it('is refused for what is not there, and for amounts that are none', () => {
    expect(refusal(trade('DOGE-P', '1'))).toBe('UNKNOWN_INSTRUMENT');
    expect(refusal({ kind: 'remove', instrument: 'ETH-P' })).toBe('UNKNOWN_INSTRUMENT');
    expect(refusal({ kind: 'deposit', asset: 'DOGE', amount: '1' })).toBe('UNKNOWN_ASSET');
    expect(refusal({ kind: 'deposit', asset: 'USDC', amount: '0.0000001' })).toBe('DECIMAL_INVALID');
    expect(refusal(trade('BTC-P', '1', 0))).toBe('NUMBER_OUT_OF_RANGE');
  });

  it('costs price times quantity, rounded against the account (AMOUNT-004)', () => {
    const cost = (quantity: string, price: number): bigint =>
      changed(trade('BTC-F', quantity, price)).account.positions.at(-1)!.costAtoms;
    expect(cost('0.00000001', 33.333333)).toBe(1n);
    expect(cost('-0.00000001', 33.333333)).toBe(0n);
    expect(cost('3', 0.0000005)).toBe(2n);
  });
});

describe('a change of the market (WHATIF-003, PRICE-011)', () => {
  it('moves a price with its forwards and marks', () => {
    const { market } = changed({ kind: 'move-spot', asset: 'BTC', frac: -0.1 });
    expect(market.assets.get('BTC')!.index.value).toBeCloseTo(90_000, 6);
    expect(market.assets.get('BTC')!.averageValue).toBeCloseTo(90_000, 6);
    expect(market.assets.get('ETH')).toEqual(MARKET.assets.get('ETH'));
    expect(market.underlyings.get('BTC')!.forwards[0]!.forward).toBeCloseTo(0.9 * 100_400, 6);
    expect(market.quotes.get('BTC-P')!.mark.value).toBeCloseTo(0.9 * 100_050, 6);
  });

  it('scales vols, and passes time so that what expires loses its mark', () => {
    const smile = changed({ kind: 'move-vol', underlying: 'BTC', frac: 0.2 }).market.underlyings.get('BTC')!
      .surface!.smiles[0]!;
    expect(smile.kind === 'grid' && smile.vols[2]).toBeCloseTo(0.6, 12);
    const days = (NEAR_MS - MARKET.timeMs) / 86_400_000 + 1;
    const later = changed({ kind: 'pass-time', days }).market;
    expect(later.timeMs).toBeGreaterThan(NEAR_MS);
    expect(later.timeMs).toBeLessThan(FAR_MS);
    expect(later.quotes.has('BTC-P')).toBe(true);
  });

  it('is refused where no market can go', () => {
    expect(refusal({ kind: 'move-spot', asset: 'BTC', frac: -1 })).toBe('NUMBER_OUT_OF_RANGE');
    expect(refusal({ kind: 'move-spot', asset: 'BTC', frac: NaN })).toBe('NUMBER_OUT_OF_RANGE');
    expect(refusal({ kind: 'move-vol', underlying: 'DOGE', frac: 0.1 })).toBe('UNKNOWN_ASSET');
    expect(refusal({ kind: 'pass-time', days: -1 })).toBe('NUMBER_OUT_OF_RANGE');
  });
});

describe('a change of parameters (WHATIF-004)', () => {
  it('sets one that exists, and says so in the version', () => {
    const { methodology } = changed({ kind: 'set', path: 'unified.diversificationFrac', value: 0.5 });
    expect(methodology.unified.diversificationFrac).toBe(0.5);
    expect(methodology.version).toBe(`${PLAIN.version}+what-if`);
    expect(PLAIN.unified.diversificationFrac).toBe(0.2);
  });

  it('is refused for another path or type', () => {
    for (const [path, value] of [
      ['unified.nothing', 1],
      ['unified', 1],
      ['unified.diversificationFrac', '0.5'],
      ['__proto__.x', 1],
    ] as const)
      expect(refusal({ kind: 'set', path, value }), path).toBe('SHAPE_INVALID');
  });
});
