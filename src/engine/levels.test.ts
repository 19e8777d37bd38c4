import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { worstScenarios } from '../margin/tail.ts';
import { judgeHealth, marginRatio } from '../margin/health.ts';
import { creditUsd, isProvenBelow, type Levels, levelsAt, placeOf, stressOf } from './levels.ts';
import { reportOf } from './reports.ts';
import { SAMPLE_METHODOLOGY, sampleAccount, sampleFrame } from './sample.ts';
import { give, openRun, type SampleRun, trade } from './sample-run.ts';
import { accountIndex } from './state.ts';
import { selectWorst } from './tail-select.ts';
import { unitOf } from './unit.ts';

function levels(run: SampleRun, id: string): Levels {
  const found = levelsAt(run.state, accountIndex(run.state, id)!);
  if (isFailure(found)) throw new Error(`${found.field} ${found.value}`);
  return found;
}

const INSTRUMENTS = [
  ['BTC-PERP', 95_000, 1],
  ['ETH-PERP', 3_300, 20],
  ['BTC-INVERSE', 95_000, 3_000],
  ['BTC-27MAR26', 95_900, 1],
  ['BTC-27MAR26-80000-P', 2_400, 1],
  ['BTC-27MAR26-100000-C', 5_100, 1],
  ['BTC-27MAR26-120000-C-COIN', 0.012, 1],
] as const;

const book = fc.array(
  fc.tuple(fc.integer({ min: 0, max: INSTRUMENTS.length - 1 }), fc.integer({ min: -900, max: 900 })),
  { minLength: 1, maxLength: 12 },
);

function hold(run: SampleRun, books: readonly (readonly (readonly [number, number])[])[]): void {
  for (const [n, positions] of books.entries()) {
    for (const [k, [which, size]] of positions.entries()) {
      const [instrument, price, scale] = INSTRUMENTS[which]!;
      if (size === 0) continue;
      const milli = BigInt(Math.abs(size) * scale) * 100_000n;
      const quantityAtoms = instrument === 'BTC-INVERSE' ? milli - (milli % 100_000_000n) : milli;
      if (quantityAtoms === 0n) continue;
      const [buyer, seller] = size > 0 ? [sampleAccount(n), 'backstop'] : ['backstop', sampleAccount(n)];
      trade(run, { id: `b${n}-${k}`, instrument, quantityAtoms, price, buyer, seller });
    }
  }
}

describe('the fast levels of an account', () => {
  it('are those of the margin report to the bit, for random books under every mode and tool', () => {
    let assessed = 0;
    const tools = ['none', 'buffer', 'stress-weight'] as const;
    fc.assert(
      fc.property(
        fc.array(book, { minLength: 8, maxLength: 8 }),
        fc.double({ min: 0.8, max: 1.2, noNaN: true }),
        fc.constantFrom(...tools),
        (books, move, tool) => {
          const antiProcyclicality =
            tool === 'buffer'
              ? ({ tool, bufferFrac: 0.25 } as const)
              : tool === 'none'
                ? ({ tool } as const)
                : ({ tool, stressFrac: 0.25 } as const);
          const run = openRun({ accounts: 8, methodology: { ...SAMPLE_METHODOLOGY, antiProcyclicality } });
          hold(run, books);
          run.timeMs += 60_000;
          give(run, sampleFrame(run.timeMs, { btc: 95_000 * move, eth: 3_300 * move }));
          for (let n = 0; n < 8; n++) {
            const report = reportOf(run.state, sampleAccount(n));
            if (isFailure(report)) throw new Error(`${report.field} ${report.value}`);
            const { equityUsd, initialUsd, maintenanceUsd } = levels(run, sampleAccount(n));
            expect([equityUsd, initialUsd, maintenanceUsd]).toEqual([
              report.equityUsd,
              report.initialUsd,
              report.maintenanceUsd,
            ]);
            assessed += 1;
          }
        },
      ),
      { numRuns: 12, seed: 3 },
    );
    expect(assessed).toBe(96);
  });

  it('follow linked accounts of one owner as the report does', () => {
    const run = openRun();
    for (const account of ['one', 'two']) {
      give(run, { kind: 'OpenAccount', account, client: account, owner: 'the same', mode: 'portfolio' });
      give(run, { kind: 'Deposit', id: `d-${account}`, account, asset: 'USDC', atoms: 900_000_000_000n });
      const id = `t-${account}`;
      const of = {
        id,
        instrument: 'BTC-PERP',
        quantityAtoms: 500_000_000n,
        price: 95_000,
        seller: 'backstop',
      };
      trade(run, { ...of, buyer: account });
    }
    const report = reportOf(run.state, 'one');
    if (isFailure(report)) throw new Error(report.field);
    expect(report.requirement.components.map((c) => c.id)).toContain('linked-accounts');
    expect(levels(run, 'one').initialUsd).toBe(report.initialUsd);
  });

  it('are never below what the bound proves', () => {
    let proven = 0;
    fc.assert(
      fc.property(fc.array(book, { minLength: 8, maxLength: 8 }), (books) => {
        const run = openRun({ accounts: 8 });
        hold(run, books);
        const place = placeOf(run.state);
        if (isFailure(place)) throw new Error(place.field);
        for (let n = 0; n < 8; n++) {
          const index = accountIndex(run.state, sampleAccount(n))!;
          for (const ratioMax of [0.1, 0.3, 0.7]) {
            if (!isProvenBelow(run.state, index, { place, ratioMax })) continue;
            proven += 1;
            const { maintenanceUsd, equityUsd } = levels(run, sampleAccount(n));
            const backing = equityUsd + creditUsd(run.state, index, run.timeMs);
            expect(maintenanceUsd).toBeLessThanOrEqual(ratioMax * backing);
            const ratio = marginRatio(maintenanceUsd, backing);
            const { health } = place.methodology;
            if (ratioMax === 0.7) {
              expect(judgeHealth(ratio, { equityUsd: backing, previous: 'healthy', levels: health })).toBe(
                'healthy',
              );
            }
          }
        }
      }),
      { numRuns: 20, seed: 5 },
    );
    expect(proven).toBeGreaterThan(60);
  });

  it('ask a hedged withdrawal for the whole stress block, a lone depositor for nothing', () => {
    const run = openRun();
    hold(run, [[[0, 900]]]);
    const place = placeOf(run.state);
    if (isFailure(place)) throw new Error(place.field);
    const stressed = stressOf(unitOf(run.state, accountIndex(run.state, sampleAccount(0))!), place);
    const report = reportOf(run.state, sampleAccount(0));
    if (isFailure(report) || isFailure(stressed)) throw new Error('not valued');
    expect(stressed).toBe(report.requirement.scenarios.find((view) => view.family === 'stress')!.esUsd);
    expect(stressed).toBeGreaterThan(report.initialUsd);
    expect(stressOf(unitOf(run.state, accountIndex(run.state, sampleAccount(1))!), place)).toBe(0);
  });
});

describe('the heap of the worst', () => {
  it('finds what ranking everything finds, ties by index', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 300 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, share) => {
          const pnl = Float64Array.from(values);
          const count = Math.max(1, Math.floor(share * values.length));
          expect([...selectWorst(pnl, pnl.length, count)]).toEqual([...worstScenarios(pnl, count)]);
        },
      ),
      { numRuns: 500, seed: 11 },
    );
  });
});
