import type { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import { repriceAll } from '../../scenario/reprice.ts';
import { stressSet } from '../../scenario/families/stress.ts';
import { sensitivityMethods } from '../../study/stress/sensitivity.ts';
import { assessVenueStress, type VenueStress } from '../../study/stress/venue-stress.ts';
import { pnlOf } from '../../study/venue.ts';
import { planWalk } from '../../study/walk/plan.ts';
import { makeWalker } from '../../study/walk/walker.ts';
import { orRefuse } from '../failure-exit.ts';
import { showReplay } from '../replay.ts';
import { percent, usd } from '../render/format.ts';
import type { Paint } from '../render/paint.ts';
import { table } from '../render/table.ts';
import { htmlTable, page } from '../report/page.ts';
import type { Terminal } from '../terminal.ts';
import { loadVenue, type VenueOptions, venueOptions } from '../venue-options.ts';
import { loadWalk, numberOf } from '../walk-options.ts';

type StressOptions = VenueOptions & {
  readonly fund: string;
  readonly rows: string;
  readonly report?: string;
  readonly sensitivity?: boolean;
  readonly replay?: string;
  readonly day?: readonly string[];
};

/** Adds `plimsoll stress`. */
export function addStress(program: Command, terminal: Terminal): void {
  const command = program
    .command('stress')
    .description(
      'who fails in which scenario, by how much, and what the fund pays: named days, moves, broken correlations',
    );
  venueOptions(command)
    .option('--fund <usd>', 'insurance fund', '1000000')
    .option('--rows <n>', 'scenarios to show', '15')
    .option('--sensitivity', 'what every parameter of the unified method does to the margin of the library')
    .option('--replay <file>', 'hourly prices: replays crash days on the margin of the evening before')
    .option('--day <date...>', 'days to replay; by default those of the stress table')
    .option('--report <file>', 'a self-contained page')
    .action(async (book: string | undefined, options: StressOptions) => {
      if (options.replay !== undefined) {
        await showReplay({ ...options, replay: options.replay }, terminal);
        return;
      }
      if (options.sensitivity === true) {
        await showSensitivity(options, terminal);
        return;
      }
      const { venue, label } = await loadVenue(book, options);
      const set = orRefuse(stressSet(venue.model));
      const matrix = orRefuse(repriceAll(venue.products, venue.market, set));
      const accounts = venue.accounts.map((account) => ({ ...account, pnl: pnlOf(account, matrix) }));
      const fundUsd = numberOf('--fund', options.fund);
      const stress = assessVenueStress({ names: set.names, accounts, fundUsd });
      const shown = { label, stress, rows: Math.round(numberOf('--rows', options.rows)) };
      if (options.report !== undefined) writeFileSync(options.report, stressPage(shown));
      if (options.json === true)
        terminal.print(JSON.stringify({ plimsoll: 'stress/1', label, ...stress }, null, 2));
      else terminal.print(render(shown, terminal.paint));
    });
}

type Shown = { readonly label: string; readonly stress: VenueStress; readonly rows: number };

const HEAD = ['scenario', 'fail', 'beyond', 'largest', 'two largest', 'uncovered'];

function rowsOf({ stress, rows }: Shown): string[][] {
  return stress.outcomes
    .slice(0, rows)
    .map((o) => [
      o.name,
      String(o.failing.length),
      usd(o.beyondUsd),
      usd(o.coverOneUsd),
      usd(o.coverTwoUsd),
      usd(o.uncoveredUsd),
    ]);
}

function sizing({ stress }: Shown): string {
  return (
    `fund that would do: cover 1 ${usd(stress.fundCoverOneUsd)}, cover 2 ${usd(stress.fundCoverTwoUsd)}, ` +
    `all ${usd(stress.fundCoverAllUsd)}; the fund has ${usd(stress.fundUsd)}`
  );
}

function render(shown: Shown, paint: Paint): string {
  const columns = HEAD.map((title, i) => ({
    title,
    align: i === 0 ? ('left' as const) : ('right' as const),
  }));
  const failing = shown.stress.outcomes[0]?.failing.slice(0, 5) ?? [];
  return [
    paint.bold(`${shown.label}: ${shown.stress.outcomes.length} scenarios, the worst`),
    table(columns, rowsOf(shown), paint),
    sizing(shown),
    ...failing.map(({ id, beyondUsd }) => `  in the worst one ${id} fails by ${usd(beyondUsd)}`),
  ].join('\n');
}

function stressPage(shown: Shown): string {
  const body = htmlTable(HEAD, rowsOf({ ...shown, rows: shown.stress.outcomes.length }));
  return page('Venue-wide stress', `${shown.label}; ${sizing(shown)}`, [
    { title: 'Every scenario, worst first', body },
  ]);
}

async function showSensitivity(options: StressOptions, terminal: Terminal): Promise<void> {
  const base = await loadWalk({
    horizon: '1',
    refit: '1',
    methods: 'unified',
    ...(options.history === undefined ? {} : { history: options.history }),
    ...(options.methodology === undefined ? {} : { methodology: options.methodology }),
    ...(options.to === undefined ? {} : { to: options.to }),
  });
  const request = { ...base, methods: sensitivityMethods(base.methods[0]!.methodology) };
  const plan = orRefuse(planWalk(request));
  const outcome = orRefuse(makeWalker(plan).assess(plan.rows.length - 1));
  const totals = outcome.margins.map((margin) => margin.reduce((sum, x) => sum + x, 0));
  const rows = request.methods.map(({ id }, m) => ({
    id,
    usd: totals[m]!,
    change: totals[m]! / totals[0]! - 1,
  }));
  if (options.json === true) {
    terminal.print(JSON.stringify({ plimsoll: 'sensitivity/1', rows }, null, 2));
    return;
  }
  const columns = [
    { title: 'parameter', align: 'left' as const },
    { title: 'margin of the library', align: 'right' as const },
    { title: 'change', align: 'right' as const },
  ];
  terminal.print(
    table(
      columns,
      rows.map((row) => [row.id, usd(row.usd), percent(row.change)]),
      terminal.paint,
    ),
  );
}
