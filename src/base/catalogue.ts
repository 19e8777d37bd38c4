/**
 * Every refusal that Plimsoll can give, in order of precedence: where two apply, the earlier one is reported.
 * `status` is the HTTP status of the service; the command line exits with 2 on any of them.
 */
export const ERRORS = {
  UNAUTHENTICATED: { status: 401, meaning: 'No valid key or session came with the request.' },
  NOT_ALLOWED: {
    status: 403,
    meaning: 'The key does not reach this: its scope, its owner, or the origin of the request.',
  },
  UNKNOWN_ROUTE: { status: 404, meaning: 'The interface has nothing at this address.' },
  RATE_LIMITED: {
    status: 429,
    meaning: 'Too many requests, connections or subscriptions; try again later.',
  },
  MALFORMED_JSON: { status: 400, meaning: 'The text is not JSON.' },
  MALFORMED_CSV: { status: 400, meaning: 'The text is not the CSV that was expected.' },
  MALFORMED_PARQUET: { status: 400, meaning: 'The bytes are not a readable Parquet file.' },
  INPUT_TOO_LARGE: { status: 413, meaning: 'The input is larger than the stated limit.' },
  FILE_UNREADABLE: { status: 404, meaning: 'The file does not exist or cannot be read.' },
  SHAPE_INVALID: {
    status: 400,
    meaning: 'A field is missing, of the wrong type, or not one of the allowed values.',
  },
  ENCODING_INVALID: { status: 400, meaning: 'A value or its bytes are not in the one canonical encoding.' },
  NUMBER_NOT_FINITE: { status: 400, meaning: 'A number is NaN, infinite, or too large to be computed with.' },
  NUMBER_OUT_OF_RANGE: { status: 400, meaning: 'A number lies outside the range that makes sense for it.' },
  DECIMAL_INVALID: {
    status: 400,
    meaning: 'An exact amount is not a plain decimal, or has more places than its asset.',
  },
  DATE_INVALID: {
    status: 400,
    meaning: 'A date or time is not ISO 8601, or does not exist in the calendar.',
  },
  DUPLICATE_ID: { status: 400, meaning: 'Two entries carry the same id.' },
  UNKNOWN_ACCOUNT: { status: 404, meaning: 'The account does not exist.' },
  UNKNOWN_ASSET: { status: 400, meaning: 'The asset is not in the market.' },
  UNKNOWN_INSTRUMENT: { status: 400, meaning: 'The instrument is not listed.' },
  UNKNOWN_ORDER: { status: 404, meaning: 'The account has no such order open.' },
  UNKNOWN_PROPOSAL: {
    status: 404,
    meaning: 'No proposal, override or credit line of this name waits or is in force.',
  },
  UNKNOWN_METHOD: { status: 400, meaning: 'The margin method or preset does not exist.' },
  UNKNOWN_SUITE: { status: 400, meaning: 'The conformance suite does not exist.' },
  INSTRUMENT_EXPIRED: { status: 409, meaning: 'The instrument expired before the time of the market.' },
  PRICE_MISSING: { status: 409, meaning: 'The market has no price for something that must be valued.' },
  FACTOR_MISSING: { status: 409, meaning: 'The scenarios do not move something that must be revalued.' },
  VOLATILITY_INVALID: { status: 400, meaning: 'A volatility is negative or not finite.' },
  SURFACE_ARBITRAGE: {
    status: 400,
    meaning: 'The volatility surface admits calendar or butterfly arbitrage.',
  },
  IMPLIED_VOL_BELOW_INTRINSIC: {
    status: 422,
    meaning: 'The option price is below its discounted intrinsic value.',
  },
  IMPLIED_VOL_ABOVE_MAXIMUM: {
    status: 422,
    meaning: 'The option price is at or above its largest possible value.',
  },
  IMPLIED_VOL_UNDETERMINED: { status: 422, meaning: 'The option price does not determine a volatility.' },
  HISTORY_TOO_SHORT: { status: 422, meaning: 'The price history is shorter than the method needs.' },
  MATRIX_NOT_POSITIVE: {
    status: 422,
    meaning: 'A correlation or covariance matrix cannot be repaired to a positive one.',
  },
  NOT_CONVERGED: { status: 422, meaning: 'A numerical method did not reach its tolerance.' },
  PROGRAMME_INFEASIBLE: { status: 422, meaning: 'No eligible delivery can meet the call.' },
  POSTINGS_UNBALANCED: {
    status: 422,
    meaning: 'The postings of a transaction do not sum to zero in every asset.',
  },
  BALANCE_INSUFFICIENT: {
    status: 409,
    meaning: 'The account would end on the side of zero that it may not be on.',
  },
  VENUE_NOT_OPEN: { status: 409, meaning: 'The venue has not been opened yet.' },
  VENUE_ALREADY_OPEN: { status: 409, meaning: 'The venue was opened before.' },
  APPROVER_NOT_INDEPENDENT: {
    status: 403,
    meaning: 'A second person must approve what the first one proposed.',
  },
  PROPOSAL_CLOSED: { status: 409, meaning: 'The proposal was approved, or ended, before.' },
  INSTRUMENT_NOT_EXPIRED: { status: 409, meaning: 'The instrument has not come to its expiry.' },
  BREAKER_ACTIVE: { status: 409, meaning: 'A circuit breaker forbids this for now.' },
  ACCOUNT_IN_LIQUIDATION: {
    status: 409,
    meaning: 'The account is being liquidated; its owner cannot move it.',
  },
  ACCOUNT_NOT_IN_LIQUIDATION: {
    status: 409,
    meaning: 'The account is not being liquidated, or not at this step.',
  },
  LIQUIDATION_OUT_OF_TURN: { status: 409, meaning: 'Another account takes its step of liquidation first.' },
  PRICE_DEGRADED: {
    status: 409,
    meaning: 'The price is kept alive by the quality gate: only less risk is accepted on it.',
  },
  ORDER_NOT_REDUCING: {
    status: 409,
    meaning: 'The order would open, add to or turn a position, and only reducing ones are accepted.',
  },
  INITIAL_MARGIN_SHORTFALL: {
    status: 409,
    meaning: 'The account would be short of initial margin, and riskier than before.',
  },
  WITHDRAWAL_EXCEEDS_MARGIN: { status: 409, meaning: 'The amount is more than stressed margin leaves.' },
  LOG_UNKNOWN: { status: 404, meaning: 'The witness does not watch a log of this name.' },
  SIGNATURE_INVALID: { status: 403, meaning: 'The text is not signed by a key that is trusted for it.' },
  LOG_INCONSISTENT: {
    status: 409,
    meaning: 'The head contradicts one seen before: a second head of one size, or a step back.',
  },
  PROOF_INVALID: {
    status: 422,
    meaning: 'The proof does not lead from what it starts at to what it must end in.',
  },
  JOURNAL_LOCKED: { status: 409, meaning: 'Another process has the journal open.' },
  JOURNAL_CORRUPT: { status: 500, meaning: 'The journal holds something other than what was written.' },
  JOURNAL_SEQUENCE_MISMATCH: {
    status: 409,
    meaning: 'The record does not follow the last one in the journal.',
  },
  JOURNAL_OVERLOADED: { status: 503, meaning: 'Too many records wait for the disk; try again later.' },
  STATE_HASH_MISMATCH: { status: 500, meaning: 'The state is not the one that the journal says it was.' },
  EVENTS_EXPIRED: {
    status: 410,
    meaning: 'The events asked for are no longer held; replay the journal.',
  },
  SHOCK_UNSUPPORTED: { status: 409, meaning: 'The market feed in use cannot be shocked.' },
  INTERNAL_ERROR: { status: 500, meaning: 'A defect of the service; the request was not answered.' },
  ENGINE_HALTED: { status: 503, meaning: 'The engine has stopped and accepts nothing more.' },
  JOURNAL_WRITE_FAILED: {
    status: 503,
    meaning: 'The journal could not be written; nothing more is accepted.',
  },
} as const;

export type ErrorCode = keyof typeof ERRORS;
