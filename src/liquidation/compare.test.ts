import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { makeRandom } from '../base/random.ts';
import { compareDeleveraging, type ComparisonInput, type DeleveragingComparison } from './compare.ts';
import type { Counterparty, DeleveragingPolicy } from './policies.ts';

const LOT = 100_000n;

/**
 * A crash: longs of 40,000 lots are bankrupt at 3 % above the mark. The shorts on the other side won 1 to 40 %; a third of them hold the
 * short as a hedge of something else, and those have the leverage.
 */
function makeEvent(count: number, seed: number): ComparisonInput {
  const { draw } = makeRandom({ seed, stream: 0, position: 0 });
  const candidates: Counterparty[] = [];
  for (let i = 0; i < count; i++) {
    const u = draw();
    const lots = Math.floor(20 / (u + 0.001)) + 1;
    const profitFrac = 0.01 + 0.39 * draw();
    const isHedge = draw() < 1 / 3;
    const other = isHedge ? lots : 0;
    candidates.push({
      account: `w${String(i).padStart(5, '0')}`,
      quantityAtoms: BigInt(lots) * LOT,
      unrealisedUsd: lots * 100 * profitFrac,
      entryUsd: lots * 100,
      leverage: isHedge ? 5 + 20 * draw() : 1 + 4 * draw(),
      marginChange: (closed) => 5 * (Math.abs(other - lots + Number(closed)) - Math.abs(other - lots)),
    });
  }
  const closing = [
    { account: 'z1', quantityAtoms: 25_000n * LOT, valueAtoms: 25_000n * 103_000_000n },
    { account: 'z2', quantityAtoms: 15_000n * LOT, valueAtoms: 15_000n * 103_000_000n },
  ];
  return {
    instrument: 'P',
    side: 'long',
    lotAtoms: LOT,
    closing,
    candidates,
    markLotAtoms: 1e8,
    atomUsd: 1e-6,
  };
}

function rowsOf(input: ComparisonInput): Record<DeleveragingPolicy, DeleveragingComparison> {
  const rows = compareDeleveraging(input);
  if (isFailure(rows)) throw new Error(JSON.stringify(rows));
  return Object.fromEntries(rows.map((row) => [row.policy, row])) as Record<
    DeleveragingPolicy,
    DeleveragingComparison
  >;
}

describe('the four policies in one crash', () => {
  const rows = rowsOf(makeEvent(2_000, 3));
  const all = Object.values(rows);

  it('take the same from the other side together: the deficit that the bankruptcy prices hold', () => {
    for (const row of all) {
      expect(row.missingAtoms).toBe(0n);
      expect(row.closedLots).toBe(40_000);
      expect(row.overshootLots).toBe(0);
      expect(row.takenUsd).toBeCloseTo(40_000 * 3, 6);
    }
  });

  it('differ in whom they take it from', () => {
    const { queue } = rows;
    const exact = rows['minimum-overshoot'];
    const plain = rows['pro-rata'];
    const aware = rows['hedge-aware'];
    expect(queue.positionFracMax).toBe(1);
    expect(exact.positionFracMax).toBeLessThan(queue.positionFracMax);
    expect(queue.called).toBeLessThan(exact.called);
    expect(queue.profitClosedUsd).toBeGreaterThan(exact.profitClosedUsd);
    expect(exact.overShareLots).toBeLessThan(plain.overShareLots);
    expect(exact.overShareLots).toBeLessThanOrEqual(exact.called / 2);
    expect(queue.overShareLots).toBeGreaterThan(20_000);
    expect(aware.riskier).toBe(0);
    expect(queue.riskier).toBeGreaterThan(0);
    expect(exact.marginRaisedUsd).toBeGreaterThan(0);
  });

  it('refuse what deleveraging refuses', () => {
    expect(compareDeleveraging({ ...makeEvent(3, 1), lotAtoms: 0n })).toMatchObject({
      failure: 'NUMBER_OUT_OF_RANGE',
    });
  });
});
