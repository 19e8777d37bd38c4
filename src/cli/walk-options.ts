import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { refuse } from '../base/failure.ts';
import { DAY_MS, parseInstant } from '../base/instant.ts';
import { readHistory } from '../io/read-history.ts';
import { DEFAULT_METHODOLOGY } from '../margin/default-methodology.ts';
import { METHOD_IDS } from '../margin/report.ts';
import { generateHistory } from '../scenario/generated.ts';
import type { History } from '../scenario/history.ts';
import { BOOK_GROUPS, type HypotheticalBook, listBooks } from '../study/books.ts';
import { MAJORS } from '../study/books/words.ts';
import { DEFAULT_METHOD_IDS, studyMethod } from '../study/defaults.ts';
import type { WalkRequest } from '../study/walk/plan.ts';
import { orRefuse, Refused } from './failure-exit.ts';
import { loadMethodology } from './load.ts';

/** Options of the commands that walk through history. */
export type WalkOptions = {
  readonly history?: string;
  readonly methodology?: string;
  readonly methods?: string;
  readonly group?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly horizon: string;
  readonly refit: string;
  readonly threads?: string;
  readonly resume?: string;
  readonly json?: boolean;
  readonly report?: string;
};

export function walkOptions(command: Command): Command {
  return command
    .option('--history <file>', 'daily or hourly prices, CSV or Parquet; by default seven generated years')
    .option('--methodology <file>', 'dated parameters (plimsoll schema methodology)')
    .option('--methods <ids>', `comma-separated: ${DEFAULT_METHOD_IDS.join(',')} or any of plimsoll methods`)
    .option('--group <id...>', `only these groups of books: ${BOOK_GROUPS.join(', ')}`)
    .option('--from <date>', 'first day on which margin is called; by default a year after the first price')
    .option('--to <date>', 'last day; by default the last one that has an outcome')
    .option('--horizon <days>', 'liquidation period', '1')
    .option('--refit <n>', 'fit the scenario sets anew at every n-th moment', '1')
    .option('--threads <n>', 'threads; by default one per core')
    .option('--resume <file>', 'keep what is done in this file, and go on from it')
    .option('--report <file>', 'a self-contained page with charts')
    .option('--json', 'the whole answer for machines');
}

const GENERATED_YEARS_DAYS = 7 * 365;
const GENERATED_SEED = 20_260_101;
const GENERATED_END_MS = Date.UTC(2026, 0, 1);

/** Prices of the majors that the project makes up by itself. */
function generatedHistory(): History {
  return orRefuse(
    generateHistory({
      assets: MAJORS.map((id) => ({ id, places: 8, kind: 'coin', issuer: null, pegTo: null })),
      endMs: GENERATED_END_MS,
      days: GENERATED_YEARS_DAYS,
      seed: GENERATED_SEED,
      lastPrices: new Map(),
    }),
  );
}

/** Reads everything that a backtest depends on. Ends the command with a refusal where that fails. */
export async function loadWalk(options: WalkOptions): Promise<WalkRequest> {
  const history =
    options.history === undefined ? generatedHistory() : orRefuse(await readHistory(options.history));
  const methodology =
    options.methodology === undefined ? DEFAULT_METHODOLOGY : loadMethodology(options.methodology);
  const ids = options.methods?.split(',') ?? DEFAULT_METHOD_IDS;
  const assets = new Set(
    history.series.flatMap(({ factor }) => (factor.kind === 'spot' ? [factor.asset] : [])),
  );
  return {
    history,
    books: chooseBooks(listBooks(assets), options.group),
    methods: ids.map((id) => studyMethod(checkMethod(id.trim()), methodology)),
    fromMs: options.from === undefined ? history.timesMs[0]! : momentOf('--from', options.from),
    toMs: options.to === undefined ? history.timesMs.at(-1)! : momentOf('--to', options.to),
    horizonDays: numberOf('--horizon', options.horizon),
    refitEvery: numberOf('--refit', options.refit),
    seed: GENERATED_SEED,
  };
}

function checkMethod(id: string): string {
  const known: readonly string[] = [...METHOD_IDS, ...DEFAULT_METHOD_IDS];
  if (known.includes(id)) return id;
  const expected = `one of ${[...new Set(known)].join(', ')}`;
  throw new Refused(refuse('UNKNOWN_METHOD', { field: '--methods', value: id, expected }));
}

function chooseBooks(
  books: readonly HypotheticalBook[],
  groups: readonly string[] | undefined,
): HypotheticalBook[] {
  const wanted: readonly string[] = groups ?? BOOK_GROUPS;
  const chosen = books.filter(({ group }) => wanted.includes(group));
  if (chosen.length > 0) return chosen;
  const expected = `groups of ${BOOK_GROUPS.join(', ')}, and a history with their assets`;
  throw new Refused(refuse('SHAPE_INVALID', { field: '--group', value: wanted.join(' '), expected }));
}

/** The end of the named day, or the named moment. */
export function momentOf(option: string, text: string): number {
  const instant = parseInstant(text);
  if (instant !== null) return instant.timeMs + (instant.bareDate ? DAY_MS : 0);
  throw new Refused(refuse('DATE_INVALID', { field: option, value: text, expected: 'an ISO 8601 date' }));
}

/** A positive number from an option. */
export function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new Refused(
    refuse('NUMBER_OUT_OF_RANGE', { field: option, value: text, expected: 'a positive number' }),
  );
}

export function threadsOf(options: WalkOptions): number {
  return options.threads === undefined ? availableParallelism() : numberOf('--threads', options.threads);
}
