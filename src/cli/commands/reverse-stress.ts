import type { Command } from 'commander';
import { filterOf } from '../../margin/scenario-sets.ts';
import { stressSet } from '../../scenario/families/stress.ts';
import type { PnlMatrix, ScenarioSet } from '../../scenario/set.ts';
import { findReverseStress, fundExhausted, moveLawOf, shareInCall } from '../../study/stress/reverse.ts';
import { pnlOf, type Venue } from '../../study/venue.ts';
import { orRefuse } from '../failure-exit.ts';
import { percent, usd } from '../render/format.ts';
import { table } from '../render/table.ts';
import type { Terminal } from '../terminal.ts';
import { loadVenue, type VenueOptions, venueOptions } from '../venue-options.ts';
import { numberOf } from '../walk-options.ts';

type ReverseOptions = VenueOptions & { readonly fund: string; readonly share: string };

/** Adds `plimsoll reverse-stress`. */
export function addReverseStress(program: Command, terminal: Terminal): void {
  const command = program
    .command('reverse-stress')
    .description(
      'the least severe joint move that exhausts the fund, and the one that puts a share of accounts in call',
    );
  venueOptions(command)
    .option('--fund <usd>', 'insurance fund', '1000000')
    .option('--share <fraction>', 'share of accounts in call', '0.25')
    .action(async (book: string | undefined, options: ReverseOptions) => {
      const { venue, methodology, label } = await loadVenue(book, options);
      const fundUsd = numberOf('--fund', options.fund);
      const share = numberOf('--share', options.share);
      const law = orRefuse(moveLawOf(venue.model, filterOf(methodology)));
      const accountsIn = (matrix: PnlMatrix, resources: (a: Venue['accounts'][number]) => number) =>
        venue.accounts.map((a) => ({ pnl: pnlOf(a, matrix), resourcesUsd: resources(a) }));
      const starts = namedDays(orRefuse(stressSet(venue.model)));
      const search = (harm: (matrix: PnlMatrix) => Float64Array) =>
        orRefuse(
          findReverseStress({
            law,
            model: venue.model,
            market: venue.market,
            products: venue.products,
            harm,
            starts,
          }),
        );
      const found = [
        {
          harm: `exhausts a fund of ${usd(fundUsd)}`,
          found: search((matrix) =>
            fundExhausted(
              accountsIn(matrix, (a) => a.resourcesUsd),
              fundUsd,
            ),
          ),
        },
        {
          harm: `puts ${percent(share)} of accounts in call`,
          found: search((matrix) =>
            shareInCall(
              accountsIn(matrix, (a) => Math.max(0, a.resourcesUsd - a.maintenanceUsd)),
              share,
            ),
          ),
        },
      ];
      if (options.json === true) {
        terminal.print(
          JSON.stringify({ plimsoll: 'reverse-stress/1', label, answers: found.map(toJson) }, null, 2),
        );
        return;
      }
      terminal.print(terminal.paint.bold(label));
      for (const one of found) terminal.print(describe(one, terminal));
    });
}

function toJson({ harm, found }: Found): unknown {
  return {
    harm,
    distance: found?.distance ?? null,
    moves: found === null ? null : Object.fromEntries(found.moves),
  };
}

/** Moves of the named days of the stress block: where the search begins, beside the axes. */
function namedDays(set: ScenarioSet): Map<string, number>[] {
  return set.names.flatMap((name, s) => {
    if (!/^\d{4}-/.test(name)) return [];
    const spots = set.factors.flatMap(({ asset, kind }, f) =>
      kind === 'spot' ? [[asset, set.shocks[f * set.count + s]!] as const] : [],
    );
    return [new Map(spots)];
  });
}

type Found = {
  readonly harm: string;
  readonly found: { readonly distance: number; readonly moves: ReadonlyMap<string, number> } | null;
};

const MOVES_SHOWN = 12;

function describe({ harm, found }: Found, terminal: Terminal): string {
  if (found === null) return `no joint move within 30 standard deviations ${harm}`;
  const moves = [...found.moves].sort(([, a], [, b]) => Math.abs(b) - Math.abs(a)).slice(0, MOVES_SHOWN);
  const columns = [
    { title: 'asset', align: 'left' as const },
    { title: 'move', align: 'right' as const },
  ];
  const rows = moves.map(([asset, move]) => [asset, percent(move)]);
  return `\nthe least severe move that ${harm}: Mahalanobis distance ${found.distance.toFixed(2)}\n${table(columns, rows, terminal.paint)}`;
}
