import { describeFailure, isFailure } from '../../base/failure.ts';
import { assessStandard } from '../../margin/standard/assess.ts';
import { DERIVE_STANDARD, type StandardModel } from '../../margin/standard/model.ts';
import { STANDARD_OVERRIDES } from './derive-environment.ts';
import { readStandardBook, toStandardBook } from './derive-srm-read.ts';
import { deriveSuite } from './derive-suite.ts';
import type { ConformCase, ConformSuite } from './suite.ts';
import { compare, fail } from './compare.ts';
import { type Json } from './json.ts';
import { fixed } from './venue-json.ts';

/** Relative; below a dollar, of a dollar. */
const TOLERANCE = 1e-6;

/** The array cases count a tenth of the base asset. */
const ARRAY_CASES_MODEL: StandardModel = { ...DERIVE_STANDARD, base: { factor: 0.1, initialScale: 1 } };

function* arrayCase(
  name: string,
  { scenario, expected }: { readonly scenario: Json; readonly expected: Json },
): Generator<ConformCase> {
  const book = readStandardBook(scenario);
  const result = isFailure(book) ? book : assessStandard(book, ARRAY_CASES_MODEL);
  if (isFailure(result)) {
    yield fail(name, 'input', describeFailure(result));
    return;
  }
  const fields: readonly (readonly [field: string, actual: number])[] = [
    ['realIM', result.headroom.initial],
    ['realMM', result.headroom.maintenance],
    ['PortfolioMtM', result.equity],
  ];
  for (const [field, actual] of fields) {
    if (!(field in expected)) continue;
    const published = fixed(expected[field]);
    const scale = Math.max(1, Math.abs(published));
    yield compare({ name, tolerance: TOLERANCE, field, expected: published, actual, scale });
  }
}

/** Derive's standard manager: its array cases and its generated portfolios. */
export const DERIVE_SRM_SUITE: ConformSuite = deriveSuite({
  id: 'derive-srm',
  about:
    'Published cases of the Derive standard manager: margins and marks to 1e-6 relative, and generated portfolios to the whole dollar.',
  arrayCase,
  overrides: STANDARD_OVERRIDES,
  generatedHeadroom: (portfolio, override) => {
    const book = toStandardBook(portfolio, override);
    const result = isFailure(book) ? book : assessStandard(book, DERIVE_STANDARD);
    return isFailure(result) ? result : result.headroom;
  },
});
