import { describe, expect, it } from 'vitest';
import { fundExhausted, shareInCall } from './reverse.ts';
import { assessVenueStress } from './venue-stress.ts';

const ACCOUNTS = [
  { id: 'a', pnl: Float64Array.of(-100, -10, 50), resourcesUsd: 40 },
  { id: 'b', pnl: Float64Array.of(-50, 5, -300), resourcesUsd: 45 },
  { id: 'c', pnl: Float64Array.of(-20, 0, -90), resourcesUsd: 10 },
];

describe('venue-wide stress', () => {
  it('lists who fails by how much, worst scenario first, and sizes the fund', () => {
    const stress = assessVenueStress({ names: ['x', 'y', 'z'], accounts: ACCOUNTS, fundUsd: 100 });
    expect(stress.outcomes.map(({ name, beyondUsd }) => [name, beyondUsd])).toEqual([
      ['z', 255 + 80],
      ['x', 60 + 5 + 10],
      ['y', 0],
    ]);
    expect(stress.outcomes[0]).toMatchObject({
      failing: [
        { id: 'b', beyondUsd: 255 },
        { id: 'c', beyondUsd: 80 },
      ],
      coverOneUsd: 255,
      coverTwoUsd: 335,
      fundLeftUsd: 0,
      uncoveredUsd: 235,
    });
    expect(stress).toMatchObject({ fundCoverOneUsd: 255, fundCoverTwoUsd: 335, fundCoverAllUsd: 335 });
  });

  it('measures harm to the fund and to the accounts so that 0 is where it begins', () => {
    expect([...fundExhausted(ACCOUNTS, 75)]).toEqual([0, -1, (335 - 75) / 75]);
    const third = shareInCall(ACCOUNTS, 1 / 3);
    expect(third[1]!).toBeLessThan(0);
    expect(third[0]!).toBeCloseTo(60 / 40, 12);
    expect(shareInCall(ACCOUNTS, 1)[0]!).toBeCloseTo(5 / 45, 12);
  });
});
