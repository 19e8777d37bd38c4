import { beforeAll, describe, expect, it } from 'vitest';
import { listBooks } from '../books.ts';
import { type Venue, venueOfLibrary } from '../venue.ts';
import { given, requestOf } from '../walk/walk.fixture.ts';
import { type CascadeOutcome, type CascadeRules, DEFAULT_CASCADE, runCascade } from './cascade.ts';

let venue: Venue;

beforeAll(() => {
  const request = requestOf({});
  const unified = request.methods.filter(({ id }) => id === 'unified');
  const books = listBooks(new Set(['BTC', 'ETH', 'SOL', 'XRP', 'BNB']));
  venue = given(venueOfLibrary({ ...request, books, methods: unified }));
});

const SHOCK = new Map([
  ['BTC', -0.12],
  ['ETH', -0.14],
  ['SOL', -0.16],
  ['XRP', -0.12],
  ['BNB', -0.11],
]);
const SIGMAS = new Map([...SHOCK.keys()].map((asset) => [asset, 0.04]));

function cascade(rules: Partial<CascadeRules>, shock: ReadonlyMap<string, number> = SHOCK): CascadeOutcome {
  return given(runCascade(venue, shock, { rules: { ...DEFAULT_CASCADE, ...rules }, sigmas: SIGMAS }));
}

const depthOf = (volume: number): CascadeRules['depth'] => ({
  ...DEFAULT_CASCADE.depth,
  dailyVolumeUsd: { other: volume },
});

describe('a cascade', () => {
  it('does not start without a shock', () => {
    const calm = cascade({}, new Map([['BTC', 0]]));
    expect(calm).toMatchObject({ cut: [], bankrupt: [], soldUsd: 0, amplification: 1, rested: true });
  });

  it('moves no price beyond the shock where depth is endless, and cuts who is below maintenance', () => {
    const deep = cascade({ depth: depthOf(1e18) });
    expect(deep.cut.length).toBeGreaterThan(0);
    expect(deep.amplification).toBeCloseTo(1, 5);
    expect(deep.rested).toBe(true);
  });

  it('amplifies more the thinner the depth, and rests', () => {
    const factors = [1e11, 1e9, 1e8].map((volume) => cascade({ depth: depthOf(volume) }));
    expect(factors.every(({ rested }) => rested)).toBe(true);
    expect(factors[1]!.amplification).toBeGreaterThan(factors[0]!.amplification);
    expect(factors[2]!.amplification).toBeGreaterThan(factors[1]!.amplification);
    expect(factors[2]!.deficitUsd).toBeGreaterThanOrEqual(factors[0]!.deficitUsd);
  });

  it('falls less far where sales are paced and the market is given time', () => {
    const rush = cascade({ depth: depthOf(1e8) });
    const paced = cascade({ depth: depthOf(1e8), paceFrac: 0.002 });
    expect(paced.amplification).toBeLessThan(rush.amplification);
    expect(paced.rounds.length).toBeGreaterThan(rush.rounds.length);
  });

  it('pauses where the breaker trips', () => {
    const stopped = cascade({ depth: depthOf(1e8), breakerFrac: 0.005 });
    expect(stopped.rounds.some(({ paused }) => paused)).toBe(true);
    expect(stopped.rounds.filter(({ paused }) => paused).every(({ soldUsd }) => soldUsd === 0)).toBe(true);
  });
});
