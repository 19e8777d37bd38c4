import type { Command } from 'commander';
import { assess, methodOfMode } from '../../margin/assess.ts';
import { buildRiskModel, heldProducts } from '../../margin/risk-model.ts';
import { fitScenarios } from '../../margin/scenario-sets.ts';
import type { Methodology } from '../../margin/methodology.ts';
import { EXIT, orRefuse } from '../failure-exit.ts';
import { type InputOptions, type Inputs, loadInputs, loadMethodology } from '../load.ts';
import { inputOptions } from '../options.ts';
import { percent, usd } from '../render/format.ts';
import { table } from '../render/table.ts';
import type { Terminal } from '../terminal.ts';

type ImpactOptions = InputOptions & { readonly json?: boolean; readonly proposed: string };

type Row = {
  readonly account: string;
  readonly beforeUsd: number;
  readonly afterUsd: number;
  readonly healthBefore: string;
  readonly healthAfter: string;
  readonly callUsd: number;
  readonly newlyCalled: boolean;
};

/** Adds `plimsoll impact BOOK`: the report that a change of parameters must carry. */
export function addImpact(program: Command, terminal: Terminal): void {
  const command = program
    .command('impact')
    .description('who would be called, and for how much, if other parameters came into force now')
    .argument('<book>', 'accounts as JSON');
  inputOptions(command)
    .requiredOption('--proposed <file>', 'the methodology that is proposed')
    .action(async (path: string, options: ImpactOptions) => {
      const inputs = await loadInputs(path, options);
      const proposed = loadMethodology(options.proposed);
      const before = reports(inputs, inputs.methodology);
      const after = reports(inputs, proposed);
      const rows = before.map((old, i): Row => {
        const next = after[i]!;
        return {
          account: old.account,
          beforeUsd: old.initialUsd,
          afterUsd: next.initialUsd,
          healthBefore: old.health,
          healthAfter: next.health,
          callUsd: next.callUsd,
          newlyCalled: old.callUsd === 0 && next.callUsd > 0,
        };
      });
      const names = { from: nameOf(inputs.methodology), to: nameOf(proposed) };
      if (options.json === true)
        terminal.print(JSON.stringify({ plimsoll: 'impact/1', ...names, rows }, null, 2));
      else terminal.print(render(rows, names, terminal));
      terminal.exitWith(EXIT.done);
    });
}

function nameOf({ id, version }: Methodology): string {
  return `${id} ${version}`;
}

function reports(inputs: Inputs, methodology: Methodology) {
  const { market, history, accounts } = inputs;
  const fitted = orRefuse(fitScenarios(market, history, methodology));
  const risk = orRefuse(buildRiskModel(fitted.sets, market, heldProducts(accounts, market)));
  return accounts.map((account) =>
    orRefuse(
      assess(methodOfMode(account.mode), {
        account,
        market,
        methodology,
        risk,
        dailyVol: fitted.dailyVol,
        linked: accounts.filter((other) => other.owner === account.owner && other.id !== account.id),
        previousHealth: 'healthy',
      }),
    ),
  );
}

function render(
  rows: readonly Row[],
  names: { readonly from: string; readonly to: string },
  terminal: Terminal,
): string {
  const total = (pick: (row: Row) => number): number => rows.reduce((sum, row) => sum + pick(row), 0);
  const [before, after] = [total((r) => r.beforeUsd), total((r) => r.afterUsd)];
  const called = rows.filter(({ newlyCalled }) => newlyCalled);
  const titles = ['account', 'before', 'after', 'change', 'health before', 'after', 'call'];
  const columns = titles.map((title, i) => ({
    title,
    align: i === 0 ? ('left' as const) : ('right' as const),
  }));
  const cells = rows.map((row) => [
    row.account,
    usd(row.beforeUsd),
    usd(row.afterUsd),
    percent(row.beforeUsd > 0 ? row.afterUsd / row.beforeUsd - 1 : null),
    row.healthBefore,
    row.newlyCalled ? terminal.paint.bad(row.healthAfter) : row.healthAfter,
    usd(row.callUsd),
  ]);
  return [
    terminal.paint.bold(`${names.from} → ${names.to}`),
    table(columns, cells, terminal.paint),
    `all accounts: ${usd(before)} → ${usd(after)}; ${called.length} of ${rows.length} newly called, for ${usd(called.reduce((sum, row) => sum + row.callUsd, 0))}`,
  ].join('\n');
}
