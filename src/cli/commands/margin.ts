import type { Command } from 'commander';
import { toReportJson } from '../../contract/report-json.ts';
import { type AssessInput, assess, methodOfMode } from '../../margin/assess.ts';
import { compareMethods, isolationCost } from '../../margin/compare.ts';
import { liquidationPrices } from '../../margin/liquidation-prices.ts';
import type { MethodId } from '../../margin/report.ts';
import { buildRiskModel, heldProducts } from '../../margin/risk-model.ts';
import { fitScenarios, type FittedScenarios } from '../../margin/scenario-sets.ts';
import type { Account } from '../../portfolio/account.ts';
import { orRefuse } from '../failure-exit.ts';
import { type InputOptions, type Inputs, isTable, linkedTo, loadInputs, pickAccount } from '../load.ts';
import { planCallDelivery } from '../delivery.ts';
import { collect, inputOptions, parseMethod } from '../options.ts';
import { heatOf } from '../render/heat.ts';
import { renderGroup, renderReport, type Shown } from '../render/margin-report.ts';
import type { Terminal } from '../terminal.ts';

type MarginOptions = InputOptions & {
  readonly method?: string;
  readonly json?: boolean;
  readonly deliverable?: readonly string[];
};

/** Adds `plimsoll margin BOOK`. */
export function addMargin(program: Command, terminal: Terminal): void {
  const command = program
    .command('margin')
    .description('the margin report of a book: requirement, where it comes from, every method side by side')
    .argument('<book>', 'book as JSON (plimsoll schema book), or positions as CSV');
  inputOptions(command)
    .option('--method <id>', 'margin method (plimsoll methods); by default the one of the account mode')
    .option(
      '--deliverable <asset=amount[@cost%]>',
      'what could be delivered to meet a call, repeatable',
      collect,
    )
    .action(async (path: string, options: MarginOptions) => {
      const inputs = await loadInputs(path, options);
      const method = options.method === undefined ? null : parseMethod(options.method);
      const fitted = orRefuse(fitScenarios(inputs.market, inputs.history, inputs.methodology));
      const named = options.account !== undefined && !isTable(path);
      const accounts = named ? [pickAccount(inputs.accounts, options.account)] : inputs.accounts;
      const shown: Shown[] = [];
      for (const account of accounts) {
        const one = showAccount(account, { inputs, fitted, method });
        const delivery = await planCallDelivery(one.report, options.deliverable ?? [], inputs);
        shown.push({ ...one, delivery });
      }
      if (options.json === true) {
        terminal.print(JSON.stringify({ plimsoll: 'margin/1', accounts: shown.map(toReportJson) }, null, 2));
        return;
      }
      for (const one of shown) terminal.print(renderReport(one, terminal.paint));
      if (shown.length > 1) terminal.print(`\n${renderGroup(shown, terminal.paint)}`);
    });
}

type Setting = {
  readonly inputs: Inputs;
  readonly fitted: FittedScenarios;
  readonly method: MethodId | null;
};

/** Everything a report on one account shows. */
export function showAccount(account: Account, { inputs, fitted, method }: Setting): Shown {
  const chosen = method ?? methodOfMode(account.mode);
  const input = toAssessInput(account, inputs, fitted);
  const report = orRefuse(assess(chosen, input));
  return {
    report,
    comparison: orRefuse(compareMethods(input)),
    history: inputs.historySource,
    isolationUsd: orRefuse(isolationCost(chosen, input)),
    liquidation: orRefuse(liquidationPrices(report, input)),
    heat: heatOf(report, input),
    delivery: null,
  };
}

/** The inputs of an assessment of one account, with the rows of what it holds. */
export function toAssessInput(account: Account, inputs: Inputs, fitted: FittedScenarios): AssessInput {
  const { market, methodology, accounts } = inputs;
  return {
    account,
    market,
    methodology,
    risk: orRefuse(buildRiskModel(fitted.sets, market, heldProducts([account], market))),
    dailyVol: fitted.dailyVol,
    linked: linkedTo(account, accounts),
    previousHealth: 'healthy',
  };
}
