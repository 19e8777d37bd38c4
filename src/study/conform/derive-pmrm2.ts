import { describeFailure, type Failure, isFailure } from '../../base/failure.ts';
import { assessGrid, type GridResult } from '../../margin/grid/assess.ts';
import type { GridBook } from '../../margin/grid/book.ts';
import type { GridScenario } from '../../margin/grid/model.ts';
import type { ConformCase, ConformInput, ConformSuite } from './suite.ts';
import { type PublishedPortfolio, readPmrm2 } from './derive-pmrm2-read.ts';
import { compare, fail, skip, toStated } from './compare.ts';
import { type Json, listOf } from './json.ts';
import { jsonFiles, plain } from './venue-json.ts';

/** Relative tolerance that upstream holds its own contract to. */
const TOLERANCE = 1e-8;
/** Differences of large numbers: nothing is asked to be closer than this share of the book's gross notional. */
const GROSS_FLOOR = 1e-7;

/** One published number of a portfolio, beside ours; relative unless `absolute`. */
type Published = {
  readonly field: string;
  readonly expected: number;
  readonly actual: number;
  readonly absolute?: true;
};

/** Σ of the magnitudes that P&Ls of this book are differences of. */
function grossNotional(book: GridBook): number {
  let gross = Math.abs(book.cash);
  for (const { quantity, price } of book.perpetuals) gross += Math.abs(quantity) * price;
  for (const { amount, price } of book.collaterals) gross += Math.abs(amount) * price;
  for (const { forwardFixed, forwardVariable, legs } of book.expiries) {
    for (const { amount } of legs) gross += Math.abs(amount) * (forwardFixed + forwardVariable);
  }
  return gross;
}

function* comparisons(portfolio: PublishedPortfolio, result: GridResult): Generator<Published> {
  const { expected } = portfolio;
  const { perpetual, option, collateral, confidence } = result.contingencies;
  const top: readonly (readonly [string, number])[] = [
    ['IM', result.headroom.initial],
    ['MM', result.headroom.maintenance],
    ['ForwardContingency', result.basisContingency],
    ['OptionMTM', result.value.option],
    ['PortfolioMTM', result.equity],
    ['MMPerpCont', -perpetual.maintenance],
    ['IMPerpCont', -perpetual.initial],
    ['MMOptionCont', -option.maintenance],
    ['IMOptionCont', -option.initial],
    ['MMBaseCont', -collateral.maintenance],
    ['IMBaseCont', -collateral.initial],
    ['OracleCont', -(confidence.perpetual + confidence.option + confidence.collateral)],
    ['im_loss_factor', result.lossFactor.initial],
  ];
  for (const [field, actual] of top) {
    const stated = toStated(expected[field]);
    if (stated !== null) yield { field, actual, expected: stated };
  }
  if ('CollateralMTM' in expected) {
    const actual = result.value.collateral;
    yield { field: 'CollateralMTM', actual, expected: plain(expected['CollateralMTM']), absolute: true };
  }
  for (const [i, state] of result.expiries.entries()) {
    yield* expiryComparisons(expected, i, state);
  }
  yield* legComparisons(portfolio, result);
}

function* expiryComparisons(
  expected: Json,
  i: number,
  state: GridResult['expiries'][number],
): Generator<Published> {
  const mark = listOf(expected['OptionMTMPerExpiry'])[i];
  if (mark !== undefined) {
    yield { field: `OptionMTMPerExpiry[${i}]`, actual: state.markToMarket, expected: plain(mark) };
  }
  const discounts = listOf(expected['discount_factors'])[i];
  if (Array.isArray(discounts)) {
    const [positive, negative] = discounts;
    yield { field: `discount_factors[${i}][0]`, actual: state.staticPositive, expected: plain(positive) };
    yield { field: `discount_factors[${i}][1]`, actual: state.staticNegative, expected: plain(negative) };
  }
}

/** Vol multipliers are published leg by leg, in the order of the file's options. */
function* legComparisons(portfolio: PublishedPortfolio, result: GridResult): Generator<Published> {
  const up = listOf(portfolio.expected['VolShockUpMultiplier']);
  const down = listOf(portfolio.expected['VolShockDownMultiplier']);
  for (const [i, expiry] of portfolio.expiryOfLeg.entries()) {
    const state = result.expiries[expiry]!;
    const at = `[${i}]`;
    if (up[i] !== undefined) {
      yield { field: `VolShockUpMultiplier${at}`, actual: state.volUpMultiplier, expected: plain(up[i]) };
    }
    if (down[i] !== undefined) {
      yield {
        field: `VolShockDownMultiplier${at}`,
        actual: state.volDownMultiplier,
        expected: plain(down[i]),
      };
    }
  }
}

/** The published contract takes no skew scenario that moves spot; its margins are those of the other scenarios. */
function isAllowed({ volMove, spotShock }: GridScenario): boolean {
  return spotShock === 1 || (volMove !== 'linear' && volMove !== 'absolute');
}

/** Published losses, in the order of the scenarios: regular, tail, skew. */
function publishedLosses(expected: Json): readonly number[] {
  const lists = ['reg_losses', 'tail_losses', 'skew_losses'];
  return lists.flatMap((list) =>
    listOf(expected[list]).map((entry) => (Array.isArray(entry) ? plain(entry.at(-1)) : NaN)),
  );
}

function* scenarioCases(
  portfolio: PublishedPortfolio,
  result: GridResult,
  floor: number,
): Generator<ConformCase> {
  const { name, model, expected } = portfolio;
  const losses = publishedLosses(expected);
  if (losses.length === 0) return;
  if (losses.length !== model.scenarios.length) {
    yield fail(name, 'input', `${losses.length} published losses for ${model.scenarios.length} scenarios`);
    return;
  }
  const computed = result.scenarios[Symbol.iterator]();
  for (const [i, scenario] of model.scenarios.entries()) {
    const field = `scenario ${i + 1}: ${scenario.name}`;
    if (!isAllowed(scenario)) {
      yield skip(name, field, 'upstream forbids a skew scenario with a spot move, and skips this portfolio');
      continue;
    }
    const { pnl } = computed.next().value!;
    const loss = losses[i]!;
    const scale = Math.max(Math.abs(loss), floor);
    yield compare({ name, tolerance: TOLERANCE, field, expected: loss, actual: pnl, scale });
  }
}

function* portfolioCases(portfolio: PublishedPortfolio): Generator<ConformCase> {
  const scenarios = portfolio.model.scenarios.filter(isAllowed);
  const result: GridResult | Failure = assessGrid(portfolio.book, { ...portfolio.model, scenarios });
  if (isFailure(result)) {
    yield fail(portfolio.name, 'input', describeFailure(result));
    return;
  }
  const floor = Math.max(1e-12, GROSS_FLOOR * grossNotional(portfolio.book));
  for (const comparison of comparisons(portfolio, result)) {
    const { absolute, ...of } = comparison;
    const scale = absolute ? Math.max(1, 1e-8 * Math.abs(of.expected)) : scaleOf(of, floor);
    yield compare({ name: portfolio.name, tolerance: TOLERANCE, ...of, scale });
  }
  yield* scenarioCases(portfolio, result, floor);
}

function scaleOf({ field, expected }: Published, floor: number): number {
  const isMoney = /^(IM|MM|OptionMTM|Portfolio|Oracle|Forward)/.test(field);
  return Math.max(Math.abs(expected), isMoney ? floor : 1e-6);
}

function* run(input: ConformInput): Generator<ConformCase> {
  for (const entry of jsonFiles(input)) {
    if ('status' in entry) {
      yield entry;
      continue;
    }
    for (const portfolio of readPmrm2(entry.file, entry.json)) {
      if ('failure' in portfolio.read) yield fail(portfolio.name, 'input', describeFailure(portfolio.read));
      else yield* portfolioCases(portfolio.read);
    }
  }
}

/** Derive's PMRM_2 portfolios: margins, every scenario P&L and every published intermediate. */
export const DERIVE_PMRM2_SUITE: ConformSuite = {
  id: 'derive-pmrm2',
  about:
    'Published portfolios of the Derive PMRM_2 portfolio margin: initial and maintenance margin, every scenario P&L, basis contingency, marks, discounts and vol multipliers, relative to the published number (collateral value absolute).',
  run,
};
