import type { Command } from 'commander';
import { refuse } from '../../base/failure.ts';
import { judgeMethodology } from '../../contract/methodology-file.ts';
import { toMarginJson, toReportJson } from '../../contract/report-json.ts';
import { assess, methodOfMode } from '../../margin/assess.ts';
import { fitsAlike, fitScenarios } from '../../margin/scenario-sets.ts';
import { applyChanges, type Change } from '../../margin/what-if.ts';
import { orRefuse, Refused } from '../failure-exit.ts';
import { type InputOptions, isTable, loadInputs, pickAccount } from '../load.ts';
import { inputOptions, parseMethod, parseMove, parseNumber, splitAt } from '../options.ts';
import { renderDifference } from '../render/difference.ts';
import type { Terminal } from '../terminal.ts';
import { showAccount, toAssessInput } from './margin.ts';

type WhatIfOptions = InputOptions & {
  readonly method?: string;
  readonly json?: boolean;
  readonly changes?: readonly Change[];
};

/** Adds `plimsoll whatif BOOK`. */
export function addWhatIf(program: Command, terminal: Terminal): void {
  const command = program
    .command('whatif')
    .description(
      'the report after changes, beside the one before; nothing is kept. Changes apply in the order given',
    )
    .argument('<book>', 'book as JSON, or positions as CSV');
  changeOptions(inputOptions(command).option('--method <id>', 'margin method')).action(
    async (path: string, options: WhatIfOptions) => {
      const changes = changesOf(command);
      if (changes.length === 0) {
        const expected = 'at least one of --trade, --remove, --deposit, --move, --vol, --days, --set';
        throw new Refused(refuse('SHAPE_INVALID', { field: 'changes', value: 'none', expected }));
      }
      const inputs = await loadInputs(path, options);
      const account = pickAccount(inputs.accounts, isTable(path) ? undefined : options.account);
      const method = options.method === undefined ? methodOfMode(account.mode) : parseMethod(options.method);
      const fitted = orRefuse(fitScenarios(inputs.market, inputs.history, inputs.methodology));
      const before = orRefuse(assess(method, toAssessInput(account, inputs, fitted)));
      const changed = orRefuse(applyChanges({ ...inputs, account }, changes));
      const refused = judgeMethodology(changed.methodology);
      if (refused !== null) throw new Refused(refused);
      const inputsAfter = { ...inputs, market: changed.market, methodology: changed.methodology };
      const refitted = fitsAlike(inputs.methodology, changed.methodology)
        ? fitted
        : orRefuse(fitScenarios(inputs.market, inputs.history, changed.methodology));
      const after = showAccount(changed.account, { inputs: inputsAfter, fitted: refitted, method });
      if (options.json === true) {
        terminal.print(
          JSON.stringify(
            { plimsoll: 'whatif/1', before: toMarginJson(before), after: toReportJson(after) },
            null,
            2,
          ),
        );
        return;
      }
      terminal.print(renderDifference(before, after.report, terminal.paint));
    },
  );
}

/** Scenario sets are refitted only when a parameter that they depend on changed. */
const CHANGES = 'changes';

function changesOf(command: Command): readonly Change[] {
  return (command.opts() as { changes?: readonly Change[] })[CHANGES] ?? [];
}

/** Options that each append one change, so that their order on the command line is kept. */
function changeOptions(command: Command): Command {
  const add = (flags: string, about: string, parse: (text: string) => Change): void => {
    command.option(flags, about, (text: string) => {
      command.setOptionValue(CHANGES, [...changesOf(command), parse(text)]);
      return text;
    });
  };
  add(
    '--trade <instrument=quantity[@price]>',
    'buy (+) or sell (−) contracts, at the mark unless priced',
    parseTrade,
  );
  add('--remove <instrument>', 'close a position without a trade', (instrument) => ({
    kind: 'remove',
    instrument,
  }));
  add('--deposit <asset=amount>', 'deposit, or withdraw with a minus', parseDeposit);
  add('--move <asset=percent>', 'move a price and everything on it, e.g. BTC=-10%', (text) => {
    const [asset, frac] = parseMove(text, '--move');
    return { kind: 'move-spot', asset, frac };
  });
  add('--vol <underlying=percent>', 'move every volatility of an underlying, e.g. BTC=+30%', (text) => {
    const [underlying, frac] = parseMove(text, '--vol');
    return { kind: 'move-vol', underlying, frac };
  });
  add('--days <days>', 'let time pass', (text) => ({ kind: 'pass-time', days: parseNumber(text, '--days') }));
  add('--set <path=json>', 'change a parameter, e.g. unified.diversificationFrac=0.5', parseParameter);
  return command;
}

function parseTrade(text: string): Change {
  const [instrument, rest] = splitAt(text, '--trade', 'INSTRUMENT=QUANTITY[@PRICE]');
  const [quantity, price, ...more] = rest.split('@');
  if (more.length > 0) {
    const expected = 'INSTRUMENT=QUANTITY[@PRICE]';
    throw new Refused(refuse('SHAPE_INVALID', { field: '--trade', value: text, expected }));
  }
  return {
    kind: 'trade',
    instrument,
    quantity: quantity!.replace(/^\+/, ''),
    price: price === undefined ? null : parseNumber(price, '--trade'),
  };
}

function parseDeposit(text: string): Change {
  const [asset, amount] = splitAt(text, '--deposit', 'ASSET=AMOUNT');
  return { kind: 'deposit', asset, amount: amount.replace(/^\+/, '') };
}

function parseParameter(text: string): Change {
  const [path, json] = splitAt(text, '--set', 'PATH=VALUE');
  try {
    return { kind: 'set', path, value: JSON.parse(json) as unknown };
  } catch {
    return { kind: 'set', path, value: json };
  }
}
