import type { Command } from 'commander';
import { refuse } from '../../base/failure.ts';
import { type ContractMark, markContract } from '../../pricer/mark.ts';
import { orRefuse, Refused } from '../failure-exit.ts';
import { loadMarket } from '../load.ts';
import { price as priceText, usd } from '../render/format.ts';
import { table } from '../render/table.ts';
import type { Terminal } from '../terminal.ts';

type PriceOptions = { readonly market: string; readonly at?: string; readonly json?: boolean };

/** Adds `plimsoll price INSTRUMENT…`. */
export function addPrice(program: Command, terminal: Terminal): void {
  program
    .command('price')
    .description('mark, value and Greeks of one contract each, in one market')
    .argument('<instrument...>', 'instrument ids')
    .requiredOption('--market <file>', 'market as JSON, or an option-chain CSV')
    .option('--at <time>', 'moment of a chain with several snapshots')
    .option('--json', 'for machines')
    .action((ids: readonly string[], options: PriceOptions) => {
      const market = loadMarket(options.market, options.at);
      const marks = ids.map((id) => {
        const product = market.products.get(id);
        if (product === undefined) {
          const expected = 'an instrument listed in the market';
          throw new Refused(refuse('UNKNOWN_INSTRUMENT', { field: 'INSTRUMENT', value: id, expected }));
        }
        return { id, ...orRefuse(markContract(product, market)) };
      });
      terminal.print(options.json === true ? JSON.stringify(marks, null, 2) : render(marks, terminal));
    });
}

function render(marks: readonly (ContractMark & { id: string })[], terminal: Terminal): string {
  const titles = [
    'instrument',
    'mark',
    'value USD',
    'vol',
    'delta',
    'gamma/1%',
    'vega/pt',
    'theta/d',
    'from',
  ];
  return table(
    titles.map((title, i) => ({ title, align: i === 0 || i === 8 ? 'left' : 'right' })),
    marks.map((m) => [
      m.id,
      priceText(m.mark),
      usd(m.valueUsd),
      m.view.vol === 0 ? '–' : `${(m.view.vol * 100).toFixed(1)} %`,
      usd(m.deltaUsd),
      usd(m.gammaUsd / 100),
      usd(m.vegaUsd / 100),
      usd(m.thetaUsd),
      m.source,
    ]),
    terminal.paint,
  );
}
