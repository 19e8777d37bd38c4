import { describe, expect, it } from 'vitest';
import { isFailure } from '../../base/failure.ts';
import type { Account } from '../../portfolio/account.ts';
import { assess, type AssessInput } from '../assess.ts';
import type { AntiProcyclicality } from '../methodology.ts';
import type { MarginReport, MethodId } from '../report.ts';
import { type Holding, inputOf, makeAccount, MARKET, PLAIN } from '../universe.fixture.ts';
import { valueBook, type ValuedPosition } from '../valued-book.ts';
import { isolatedInitial, isolatedRate } from './isolated.ts';
import { toVenueBooks } from './venue-book.ts';

function reportOf(method: MethodId, account: Account, change: Partial<AssessInput> = {}): MarginReport {
  const report = assess(method, inputOf(account, change));
  if (isFailure(report)) throw new Error(JSON.stringify(report));
  return report;
}

function positionOf(holding: Holding): ValuedPosition {
  const book = valueBook(makeAccount([holding]), MARKET);
  if (isFailure(book)) throw new Error(book.expected);
  return book.pooled[0]!;
}

const component = (report: MarginReport, id: string): number =>
  report.requirement.components.find((c) => c.id === id)?.initialUsd ?? 0;

describe('isolated margin', () => {
  const { isolated } = PLAIN;

  it('has a rate that grows with the root of size, up to the whole notional (METHOD-010)', () => {
    const rate = (btc: number): number => isolatedRate(positionOf(['BTC-P', btc]), isolated);
    expect([rate(1), rate(-20), rate(80), rate(8_000)]).toEqual([0.1, 0.1, 0.2, 1]);
    expect(isolatedRate(positionOf(['LUNA-P', 20_000]), isolated)).toBe(0.5);
  });

  it('asks the value of a long option, and of a short one value and a charge by distance (METHOD-011)', () => {
    const long = positionOf(['BTC-C', 3]);
    expect(isolatedInitial(long, isolated)).toBeCloseTo(3 * long.contract.valueUsd, 9);
    const short = positionOf(['BTC-C', -3]);
    const out = 110_000 / (100_000 / 0.9998) - 1;
    expect(isolatedInitial(short, isolated)).toBeCloseTo(
      3 * short.contract.valueUsd + Math.max(0.1 - out, 0.05) * 300_000,
      6,
    );
    expect(isolatedInitial(positionOf(['BTC-P', -3]), isolated)).toBeCloseTo(30_000, 9);
  });
});

describe('the standard method', () => {
  it('charges a spread between expiries by its matched units (METHOD-021)', () => {
    const spread = reportOf(
      'standard',
      makeAccount([
        ['BTC-P', 5],
        ['BTC-F', -3],
      ]),
    );
    expect(component(spread, 'BTC spreads')).toBeCloseTo(0.02 * 3 * 100_000, 6);
    expect(component(reportOf('standard', makeAccount([['BTC-P', 5]])), 'BTC spreads')).toBe(0);
    expect(
      component(
        reportOf(
          'derive-srm',
          makeAccount([
            ['BTC-P', 5],
            ['BTC-F', -3],
          ]),
        ),
        'BTC spreads',
      ),
    ).toBeCloseTo(2 * 0.065 * 3 * 100_000, 6);
  });
});

describe('the books of the venue models (METHOD-070)', () => {
  it('count units of the underlying, whatever a contract is paid in', () => {
    const book = valueBook(
      makeAccount([
        ['BTC-INV', 20_000],
        ['BTC-INV-C', -4],
        ['BTC-P', 1],
      ]),
      MARKET,
    );
    if (isFailure(book)) throw new Error(book.expected);
    const venue = toVenueBooks(book).get('BTC')!;
    expect([venue.cash, venue.collaterals.length, venue.expiries.length]).toEqual([0, 0, 1]);
    expect(venue.perpetuals[0]!.quantity).toBeCloseTo((20_000 * 10) / 100_000, 12);
    expect(venue.perpetuals[1]!.quantity).toBe(1);
    expect(venue.expiries[0]!.legs[0]).toMatchObject({ strike: 105_000, right: 'call', amount: -4 });
    expect(venue.expiries[0]!.futureQuantity).toBe(0);
  });
});

describe('the unified method', () => {
  const book = makeAccount([
    ['BTC-C', -8],
    ['ETH-P', -60],
    ['BTC-P', 3],
  ]);
  const with_ = (antiProcyclicality: AntiProcyclicality, f = 0): Partial<AssessInput> => ({
    methodology: { ...PLAIN, antiProcyclicality, unified: { ...PLAIN.unified, diversificationFrac: f } },
  });
  const coreOf = (report: MarginReport): number =>
    ['scenario-risk', 'stress', 'diversification-cap', 'buffer'].reduce(
      (s, id) => s + component(report, id),
      0,
    );

  it('takes the larger base, and gives stress its weight where that is more (METHOD-050)', () => {
    const plain = reportOf('unified', book, with_({ tool: 'none' }));
    const [filtered, simulated, stress] = plain.requirement.scenarios.map((view) => view.esUsd);
    const base = Math.max(filtered!, simulated!);
    expect(coreOf(plain)).toBeCloseTo(base, 6);
    const weighed = reportOf('unified', book, with_({ tool: 'stress-weight', stressFrac: 0.25 }));
    expect(stress).toBeGreaterThan(base);
    expect(coreOf(weighed)).toBeCloseTo(0.75 * base + 0.25 * stress!, 6);
    expect(weighed.maintenanceUsd).toBeCloseTo(0.8 * weighed.initialUsd, 6);
  });

  it('keeps a share of what groups need apart (METHOD-051)', () => {
    const dollars = { USD: 1_000_000 };
    const legs: Holding[][] = [
      [
        ['BTC-C', -8],
        ['BTC-P', 3],
      ],
      [['ETH-P', -60]],
    ];
    const split = (f: number): Partial<AssessInput> => ({
      methodology: {
        ...PLAIN,
        antiProcyclicality: { tool: 'none' },
        unified: { diversificationFrac: f, groups: [['BTC'], ['ETH']] },
      },
    });
    const whole = makeAccount(legs.flat(), dollars);
    const free = coreOf(reportOf('unified', whole, split(0)));
    const [filtered, simulated] = reportOf('unified', whole).requirement.scenarios.map((view) => view.esUsd);
    const base = filtered! >= simulated! ? 'filtered' : 'monte-carlo';
    const apart = legs.map((leg) => reportOf(base, makeAccount(leg, dollars)).initialUsd);
    const cap = 0.2 * (apart[0]! + apart[1]! - free);
    expect(cap).toBeGreaterThan(0);
    const kept = reportOf('unified', whole, split(0.2));
    expect(component(kept, 'diversification-cap')).toBeCloseTo(cap, 1);
    expect(coreOf(kept)).toBeCloseTo(free + cap, 1);
  });

  it('lays a buffer on the core where that tool is chosen (METHOD-052)', () => {
    const plain = coreOf(reportOf('unified', book, with_({ tool: 'none' }, 0.2)));
    const buffered = reportOf('unified', book, with_({ tool: 'buffer', bufferFrac: 0.25 }, 0.2));
    expect(component(buffered, 'buffer')).toBeCloseTo(0.25 * plain, 6);
    expect(coreOf(buffered)).toBeCloseTo(1.25 * plain, 6);
  });

  it('has everything that carries risk or a charge contribute under its name (METHOD-053)', () => {
    const account = makeAccount(
      [
        ['LUNA-P', 2_000],
        ['BTC-C', -2],
      ],
      { UST: 200_000, BTC: 1 },
    );
    const { contributions } = reportOf('unified', account).requirement;
    expect(contributions.map((c) => [c.kind, c.id])).toEqual([
      ['position', 'LUNA-P'],
      ['position', 'BTC-C'],
      ['collateral', 'BTC'],
      ['collateral', 'USDC'],
      ['collateral', 'UST'],
    ]);
    expect(contributions.at(-1)!.initialUsd).toBeGreaterThan(0.6 * 100_000);
  });
});
