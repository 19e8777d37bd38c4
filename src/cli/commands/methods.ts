import type { Command } from 'commander';
import { BookFileSchema } from '../../contract/book-file.ts';
import { MarketFileSchema } from '../../contract/market-file.ts';
import { MethodologyFileSchema } from '../../contract/methodology-file.ts';
import { refuse } from '../../base/failure.ts';
import { METHOD_IDS, type MethodId } from '../../margin/report.ts';
import { Refused } from '../failure-exit.ts';
import { table } from '../render/table.ts';
import type { Terminal } from '../terminal.ts';

const ABOUT: Readonly<Record<MethodId, string>> = {
  isolated: 'every position alone, rate growing with the root of its size; nothing nets',
  standard:
    'rules per underlying and expiry: fractions of spot, options at the larger of rule and maximum loss',
  grid: 'worst scenario of a spot × vol grid per group of underlyings, and contingencies',
  historical: 'VaR or ES of the P&L under the joint moves of the look-back',
  filtered: 'the same with every move scaled to the volatility of today',
  'monte-carlo': 'VaR or ES under simulated moves: Student-t copula, filtered margins',
  unified:
    'the flagship: larger of filtered and simulated ES, weight on stress, add-ons, diversification cap',
  'derive-pmrm2': "Derive's current portfolio margin",
  'derive-pmrm1': "Derive's first portfolio margin",
  'derive-srm': "Derive's standard manager",
  deribit: "the shape of Deribit's portfolio margin",
  paradex: "the shape of Paradex's portfolio margin",
  'okx-major': "the shape of OKX's portfolio margin, BTC and ETH ranges",
  'okx-mid': 'the same with the ranges of mid caps',
  'okx-other': 'the same with the ranges of everything else',
};

const SCHEMAS = {
  book: BookFileSchema,
  market: MarketFileSchema,
  methodology: MethodologyFileSchema,
} as const;

/** Adds `plimsoll methods` and `plimsoll schema`. */
export function addMethods(program: Command, terminal: Terminal): void {
  program
    .command('methods')
    .description('every margin method, and what it asks')
    .option('--json', 'for machines')
    .action((options: { json?: boolean }) => {
      if (options.json === true) {
        terminal.print(
          JSON.stringify(
            METHOD_IDS.map((id) => ({ id, about: ABOUT[id] })),
            null,
            2,
          ),
        );
        return;
      }
      const columns = [
        { title: 'method', align: 'left' },
        { title: 'what it asks', align: 'left' },
      ] as const;
      terminal.print(
        table(
          columns,
          METHOD_IDS.map((id) => [id, ABOUT[id]]),
          terminal.paint,
        ),
      );
    });
  program
    .command('schema')
    .description('JSON Schema of an input: book, market or methodology')
    .argument('<name>', 'book, market or methodology')
    .action((name: string) => {
      const schema = Object.entries(SCHEMAS).find(([id]) => id === name)?.[1];
      if (schema === undefined) {
        const expected = Object.keys(SCHEMAS).join(', ');
        throw new Refused(refuse('SHAPE_INVALID', { field: 'NAME', value: name, expected }));
      }
      terminal.print(JSON.stringify(schema, null, 2));
    });
}
