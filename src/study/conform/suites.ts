import { ALLOCATION_SUITE } from './allocation.ts';
import { BACKTESTS_SUITE } from './backtests.ts';
import { COPULA_SUITE } from './copula.ts';
import { DERIVE_AUCTION_SUITE } from './derive-auction.ts';
import { DERIVE_PMRM1_SUITE } from './derive-pmrm1.ts';
import { DERIVE_PMRM2_SUITE } from './derive-pmrm2.ts';
import { DERIVE_SRM_SUITE } from './derive-srm.ts';
import { EVT_SUITE } from './evt.ts';
import { GARCH_SUITE } from './garch.ts';
import { OPTIONS_SUITE } from './options.ts';
import { ORE_HISTSIM_SUITE } from './ore-histsim.ts';
import { ORE_PARAMVAR_SUITE } from './ore-paramvar.ts';
import { SPAN_SUITE } from './span.ts';
import { SPECIAL_SUITE } from './special.ts';
import type { ConformSuite } from './suite.ts';
import { VAR_ES_SUITE } from './var-es.ts';

/** Every conformance suite, by id. */
export const SUITES: readonly ConformSuite[] = [
  ALLOCATION_SUITE,
  BACKTESTS_SUITE,
  COPULA_SUITE,
  DERIVE_AUCTION_SUITE,
  DERIVE_PMRM1_SUITE,
  DERIVE_PMRM2_SUITE,
  DERIVE_SRM_SUITE,
  EVT_SUITE,
  GARCH_SUITE,
  OPTIONS_SUITE,
  ORE_HISTSIM_SUITE,
  ORE_PARAMVAR_SUITE,
  SPAN_SUITE,
  SPECIAL_SUITE,
  VAR_ES_SUITE,
];
