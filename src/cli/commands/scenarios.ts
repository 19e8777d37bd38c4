import type { Command } from 'commander';
import { refuse } from '../../base/failure.ts';
import { DEFAULT_METHODOLOGY } from '../../margin/default-methodology.ts';
import { fitScenarios } from '../../margin/scenario-sets.ts';
import { historyForMarket } from '../../margin/default-history.ts';
import type { Market } from '../../market/market.ts';
import { factorsOfMarket } from '../../scenario/factors.ts';
import { NUMERAIRE } from '../../scenario/groups.ts';
import { DEFAULT_GRID, gridSet } from '../../scenario/families/grid.ts';
import type { ScenarioSet } from '../../scenario/set.ts';
import { readHistory } from '../../io/read-history.ts';
import { orRefuse, Refused } from '../failure-exit.ts';
import { loadMarket, loadMethodology } from '../load.ts';
import { table } from '../render/table.ts';
import type { Terminal } from '../terminal.ts';

type ScenarioOptions = {
  readonly market: string;
  readonly at?: string;
  readonly methodology?: string;
  readonly history?: string;
  readonly set: string;
  readonly asset?: readonly string[];
  readonly rows: string;
  readonly json?: boolean;
};

/** Adds `plimsoll scenarios`. */
export function addScenarios(program: Command, terminal: Terminal): void {
  program
    .command('scenarios')
    .description('the moves of a scenario set: historical, filtered, monte-carlo, stress or grid')
    .requiredOption('--market <file>', 'market whose factors are simulated')
    .option('--at <time>', 'moment of a chain with several snapshots')
    .option('--methodology <file>', 'dated parameters')
    .option('--history <file>', 'price history, CSV or Parquet; by default a generated one')
    .option('--set <id>', 'historical, filtered, monte-carlo, stress or grid', 'stress')
    .option('--asset <id...>', 'assets to show; by default the first six')
    .option('--rows <n>', 'how many scenarios to show', '40')
    .option('--json', 'every scenario and factor, for machines')
    .action(async (options: ScenarioOptions) => {
      const market = loadMarket(options.market, options.at);
      const methodology =
        options.methodology === undefined ? DEFAULT_METHODOLOGY : loadMethodology(options.methodology);
      const history =
        options.history === undefined
          ? orRefuse(historyForMarket(market))
          : orRefuse(await readHistory(options.history));
      const fitted = orRefuse(fitScenarios(market, history, methodology)).sets;
      const sets = new Map<string, ScenarioSet>([...fitted, ['grid', gridOf(market)]]);
      const set = sets.get(options.set);
      if (set === undefined) {
        const expected = [...sets.keys()].join(', ');
        throw new Refused(refuse('SHAPE_INVALID', { field: '--set', value: options.set, expected }));
      }
      terminal.print(options.json === true ? JSON.stringify(toJson(set)) : render(set, options, terminal));
    });
}

/** The generic grid over every factor of a market; what is pegged moves with what it is pegged to. */
function gridOf(market: Market): ScenarioSet {
  const pegs = new Map<string, string | null>();
  for (const [id, { asset }] of market.assets) {
    if (asset.pegTo !== null) pegs.set(id, asset.pegTo === NUMERAIRE ? null : asset.pegTo);
  }
  return orRefuse(gridSet(factorsOfMarket(market), DEFAULT_GRID, pegs));
}

function toJson(set: ScenarioSet): unknown {
  return { ...set, shocks: [...set.shocks] };
}

function parseRows(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Refused(
    refuse('SHAPE_INVALID', { field: '--rows', value: text, expected: 'a whole number above 0' }),
  );
}

function render(set: ScenarioSet, options: ScenarioOptions, terminal: Terminal): string {
  const spots = set.factors.flatMap((f, i) => (f.kind === 'spot' ? [{ asset: f.asset, i }] : []));
  const wanted = options.asset ?? spots.slice(0, 6).map((s) => s.asset);
  const shown = wanted.map((asset) => {
    const found = spots.find((s) => s.asset === asset);
    if (found !== undefined) return found;
    const expected = `one of ${spots.map((s) => s.asset).join(', ')}`;
    throw new Refused(refuse('UNKNOWN_ASSET', { field: '--asset', value: asset, expected }));
  });
  const percent = (x: number): string => `${x > 0 ? '+' : ''}${(x * 100).toFixed(1)} %`;
  const count = Math.min(set.count, parseRows(options.rows));
  const rows = Array.from({ length: count }, (_, s) => [
    set.names[s]!,
    ...shown.map(({ i }) => percent(set.shocks[i * set.count + s]!)),
  ]);
  const head = `${set.id}: ${set.count} scenarios of ${set.factors.length} factors, horizon ${set.horizonDays} d`;
  const columns = [
    { title: 'scenario', align: 'left' as const },
    ...shown.map(({ asset }) => ({ title: asset, align: 'right' as const })),
  ];
  return `${terminal.paint.bold(head)}\n${table(columns, rows, terminal.paint)}`;
}
