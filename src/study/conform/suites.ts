import { BACKTESTS_SUITE } from './backtests.ts';
import { SPECIAL_SUITE } from './special.ts';
import type { ConformSuite } from './suite.ts';

/** Every conformance suite, by id. */
export const SUITES: readonly ConformSuite[] = [BACKTESTS_SUITE, SPECIAL_SUITE];
