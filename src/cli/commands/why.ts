import type { Command } from 'commander';
import { isFailure } from '../../base/failure.ts';
import { toMarginJson } from '../../contract/report-json.ts';
import { assess, methodOfMode } from '../../margin/assess.ts';
import { buildRiskModel, heldProducts } from '../../margin/risk-model.ts';
import { fitScenarios, type FittedScenarios } from '../../margin/scenario-sets.ts';
import { explainChange, type Moment, type Why } from '../../margin/why.ts';
import { orRefuse } from '../failure-exit.ts';
import { type InputOptions, type Inputs, linkedTo, loadInputs, pickAccount } from '../load.ts';
import { inputOptions, parseMethod } from '../options.ts';
import { renderWhy } from '../render/difference.ts';
import type { Terminal } from '../terminal.ts';

type WhyOptions = InputOptions & {
  readonly method?: string;
  readonly json?: boolean;
  readonly marketAfter?: string;
  readonly atAfter?: string;
  readonly methodologyAfter?: string;
};

/** Adds `plimsoll why BEFORE AFTER`. */
export function addWhy(program: Command, terminal: Terminal): void {
  const command = program
    .command('why')
    .description(
      'why a requirement changed between two books: price, volatility, position, collateral, parameter, time',
    )
    .argument('<before>', 'the earlier book')
    .argument('<after>', 'the later book');
  inputOptions(command)
    .option('--method <id>', 'margin method')
    .option('--market-after <file>', 'market of the later book, where it is not the same file')
    .option('--at-after <time>', 'moment of the later book in a chain with several snapshots')
    .option('--methodology-after <file>', 'parameters of the later book')
    .action(async (beforePath: string, afterPath: string, options: WhyOptions) => {
      const earlier = await loadInputs(beforePath, options);
      const later = await loadInputs(afterPath, laterOptions(options));
      const method = options.method === undefined ? null : parseMethod(options.method);
      const why = explain(earlier, later, { account: options.account, method });
      if (options.json === true) terminal.print(JSON.stringify(toJson(why), null, 2));
      else terminal.print(renderWhy(why, terminal.paint));
    });
}

function laterOptions(options: WhyOptions): InputOptions {
  const {
    marketAfter = options.market,
    atAfter = options.at,
    methodologyAfter = options.methodology,
  } = options;
  return {
    ...options,
    ...(marketAfter === undefined ? {} : { market: marketAfter }),
    ...(atAfter === undefined ? {} : { at: atAfter }),
    ...(methodologyAfter === undefined ? {} : { methodology: methodologyAfter }),
  };
}

type Asked = { readonly account: string | undefined; readonly method: ReturnType<typeof parseMethod> | null };

function explain(earlier: Inputs, later: Inputs, asked: Asked): Why {
  const fits = [earlier, later].map((i) => orRefuse(fitScenarios(i.market, i.history, i.methodology)));
  const moments = [earlier, later].map(({ accounts, market, methodology }, k): Moment => {
    const account = pickAccount(accounts, asked.account);
    return { account, linked: linkedTo(account, accounts), market, methodology, sets: fits[k]!.sets };
  });
  const method = asked.method ?? methodOfMode(moments[1]!.account.mode);
  const dailyVolOf = (moment: Moment): FittedScenarios['dailyVol'] =>
    fits.find((fit) => fit.sets === moment.sets)!.dailyVol;
  return orRefuse(
    explainChange(moments[0]!, moments[1]!, (moment) => {
      const { account, linked, market, methodology } = moment;
      const risk = buildRiskModel(moment.sets, market, heldProducts([account], market));
      if (isFailure(risk)) return risk;
      const dailyVol = dailyVolOf(moment);
      return assess(method, {
        account,
        market,
        methodology,
        risk,
        dailyVol,
        linked,
        previousHealth: 'healthy',
      });
    }),
  );
}

function toJson({ before, after, lines }: Why): unknown {
  return { plimsoll: 'why/1', before: toMarginJson(before), after: toMarginJson(after), lines };
}
