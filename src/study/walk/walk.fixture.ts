import { isFailure } from '../../base/failure.ts';
import type { Failure } from '../../base/failure.ts';
import { DEFAULT_METHODOLOGY } from '../../margin/default-methodology.ts';
import { generateHistory } from '../../scenario/generated.ts';
import type { History } from '../../scenario/history.ts';
import { listBooks } from '../books.ts';
import { studyMethod } from '../defaults.ts';
import type { WalkRequest } from './plan.ts';

export function given<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(`${value.failure} ${value.field} ${value.value}`);
  return value;
}

const ASSETS = ['BTC', 'ETH', 'SOL', 'XRP', 'BNB'];

/** Two made-up years of five majors. */
export const HISTORY: History = given(
  generateHistory({
    assets: ASSETS.map((id) => ({ id, places: 8, kind: 'coin', issuer: null, pegTo: null })),
    endMs: Date.UTC(2024, 0, 1),
    days: 800,
    seed: 5,
    lastPrices: new Map(),
  }),
);

const METHODOLOGY = {
  ...DEFAULT_METHODOLOGY,
  monteCarlo: { ...DEFAULT_METHODOLOGY.monteCarlo, count: 300 },
};

/** One book of every group, every default method, a few days from the end of the history. */
export function requestOf(over: Partial<WalkRequest>): WalkRequest {
  const books = listBooks(new Set(ASSETS));
  const first = [...Map.groupBy(books, ({ group }) => group).values()].map((group) => group[0]!);
  return {
    history: HISTORY,
    books: first,
    methods: [
      'isolated',
      'standard',
      'grid',
      'historical',
      'filtered',
      'monte-carlo',
      'unified',
      'normal',
    ].map((id) => studyMethod(id, METHODOLOGY)),
    fromMs: HISTORY.timesMs.at(-9)!,
    toMs: HISTORY.timesMs.at(-1)!,
    horizonDays: 1,
    refitEvery: 3,
    seed: 3,
    ...over,
  };
}
