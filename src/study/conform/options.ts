import { fail } from './compare.ts';
import { type Json, objectOf, parseObject, rowsOf, textOf } from './json.ts';
import { runExchangeQuote, runFuture, runPayoff } from './options-cash.ts';
import { runImplied, runRefused } from './options-implied.ts';
import { type OptionTolerances, readTolerances } from './options-read.ts';
import { runBlack76, runBsm, runDegenerate, runInverse } from './options-values.ts';
import type { ConformCase, ConformInput, ConformSuite } from './suite.ts';

type Run = (row: Json, name: string, tolerances: OptionTolerances) => Iterable<ConformCase>;

const LISTS: Readonly<Record<string, Run>> = {
  black76: runBlack76,
  bsm: runBsm,
  engine_by_dates: runBsm,
  degenerate: runDegenerate,
  implied_vol: runImplied,
  implied_vol_invalid: runRefused,
  inverse_options: runInverse,
  inverse_payoffs: runPayoff,
  futures_pnl: runFuture,
  exchange_quotes_okx: runExchangeQuote,
};

function* run(input: ConformInput): Iterable<ConformCase> {
  let found = false;
  for (const file of input.files) {
    const json = parseObject(file.text);
    if (json === null || !Object.keys(LISTS).some((list) => list in json)) continue;
    found = true;
    const tolerances = readTolerances(objectOf(json['header']));
    for (const [list, runRow] of Object.entries(LISTS)) {
      let i = 0;
      for (const row of rowsOf(json[list])) {
        const id = textOf(row['id']);
        yield* runRow(row, id === '' ? `${list}[${i}]` : id, tolerances);
        i++;
      }
    }
  }
  if (!found) yield fail('options', 'file', 'no JSON file with a list of option values');
}

/** Option prices, Greeks, implied volatilities, coin options and futures P&L. */
export const OPTIONS_SUITE: ConformSuite = {
  id: 'options',
  about:
    'European option values, Greeks and implied volatilities, coin-settled options and futures P&L against 60-digit closed forms and QuantLib.',
  run,
};
