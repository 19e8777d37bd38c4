import { futurePnl, inverseDeltaCoin } from '../../pricer/futures.ts';
import { greeksInverse, priceInverse } from '../../pricer/inverse.ts';
import { payoff } from '../../pricer/settlement.ts';
import type { Option } from '../../product/product.ts';
import { compare, fail, skip } from './compare.ts';
import { type Json, numberOf, objectOf, textOf } from './json.ts';
import { type OptionTolerances, quantityOf, rightOf } from './options-read.ts';
import type { ConformCase } from './suite.ts';

const RELATIVE = 1e-12;
/** Allowed over the largest gap that the header reports for an exchange's own Greeks, and where it reports none. */
const QUOTED_MARGIN = 1.05;
const QUOTED_GAP_UNKNOWN = 1e-3;
/** The forward is solved from the quoted price, which carries this many digits. */
const QUOTED_PRICE_GAP = 1e-6;

export function* runPayoff(row: Json, name: string): Iterable<ConformCase> {
  const right = rightOf(row);
  if (right === null) return yield fail(name, 'type', 'neither call nor put');
  const option: Option = {
    kind: 'option',
    id: name,
    underlying: 'COIN',
    settle: 'COIN',
    lotAtoms: 1n,
    form: 'inverse',
    contractSize: 1,
    expiryMs: 0,
    strike: quantityOf(row['K']),
    right,
  };
  const actual = payoff(option, quantityOf(row['S']));
  yield compare({ name, field: 'payoff_coin', actual, expected: row['payoff_coin'], tolerance: RELATIVE });
}

export function* runFuture(row: Json, name: string): Iterable<ConformCase> {
  const kind = textOf(row['kind']);
  if (kind !== 'linear' && kind !== 'inverse') return yield fail(name, 'kind', 'neither linear nor inverse');
  const side = textOf(row['side']).toLowerCase();
  const sign = side === 'long' || side === 'buy' ? 1 : side === 'short' || side === 'sell' ? -1 : 0;
  if (sign === 0) return yield fail(name, 'side', 'neither long nor short');
  const quantity = sign * quantityOf(row['contracts']);
  const contractSize = quantityOf(kind === 'linear' ? (row['multiplier'] ?? 1) : row['contract_value_usd']);
  const entry = quantityOf(row['entry']);
  const exit = quantityOf(row['exit']);
  const pnl = futurePnl({ form: kind, quantity, contractSize, entry, exit });
  const size = Math.abs(quantity) * contractSize * (kind === 'linear' ? entry : 1 / entry);
  const computed = {
    pnl_quote: { actual: pnl, scale: size },
    pnl_coin: { actual: pnl, scale: size },
    pnl_usd_at_exit: { actual: pnl * exit, scale: size * exit },
    delta_coin_at_exit: { actual: inverseDeltaCoin(quantity, contractSize, exit), scale: size },
  };
  for (const [field, { actual, scale }] of Object.entries(computed)) {
    if (row[field] === undefined) continue;
    yield compare({ name, field, actual, expected: row[field], tolerance: RELATIVE, scale });
  }
}

/** The first number among a row's fields whose name matches. */
function numberNamed(row: Json, pattern: RegExp): number {
  for (const [key, value] of Object.entries(row)) {
    if (pattern.test(key) && typeof value === 'number') return value;
  }
  return NaN;
}

/**
 * An exchange's own quotes of coin options: delta is premium adjusted, gamma is F²·∂²V/∂F² in coin, vega per vol point, theta per
 * calendar day. Without a forward in the row, it is solved from the quoted price.
 */
export function* runExchangeQuote(
  row: Json,
  name: string,
  tolerances: OptionTolerances,
): Iterable<ConformCase> {
  const symbol = /-([CP])$/.exec(textOf(row['instrument'] ?? row['symbol'] ?? row['inst_id']));
  const right = rightOf(row) ?? (symbol === null ? null : symbol[1] === 'C' ? 'call' : 'put');
  const strike = numberNamed(row, /^(k|strike)$/i);
  const tauYears = numberNamed(row, /^(t|tau|ttm)(_?years)?$/i);
  const vol = numberNamed(row, /^(sigma|vol|iv|mark_?(iv|vol))$/i);
  const quotedPrice = numberNamed(row, /^(mark_?)?price(_coin)?$|^mark(_coin)?$/i);
  if (right === null || Number.isNaN(strike + tauYears + vol)) {
    return yield skip(name, 'row', 'no strike, time to expiry or volatility under a known name');
  }
  const solved = { right, strike, tauYears, vol };
  const given = numberNamed(row, /^(f|fwd|forward)$|forward_|_forward|^f_/i);
  const forward = Number.isNaN(given) ? solveForward(solved, quotedPrice) : given;
  const own = greeksInverse({ ...solved, forward });
  const price = { name, actual: own.priceCoin, expected: quotedPrice, scale: Math.max(1, strike / forward) };
  if (!Number.isNaN(quotedPrice)) yield compare({ ...price, field: 'price', tolerance: QUOTED_PRICE_GAP });
  const greeks = {
    delta: own.premiumAdjustedDelta,
    gamma: forward * forward * own.coinByForwardTwice,
    vega: own.vegaCoin / 100,
    theta: own.thetaCoin / 365,
  };
  const nested = Object.values(row).map(objectOf);
  for (const [greek, actual] of Object.entries(greeks)) {
    const expected = [row, ...nested].map((of) =>
      numberNamed(of, new RegExp(`^((okx|quoted|exchange)_)?${greek}(_(coin|okx|quoted|pa))?$`, 'i')),
    );
    const quoted = expected.find((value) => !Number.isNaN(value));
    if (quoted === undefined) continue;
    const gap = numberOf(tolerances.quoted[greek]);
    const tolerance = Number.isNaN(gap) ? QUOTED_GAP_UNKNOWN : QUOTED_MARGIN * gap;
    yield compare({ name, field: greek, actual, expected: quoted, tolerance });
  }
}

/** The forward at which a coin option has the quoted price: a call's rises with it, a put's falls. */
function solveForward(
  option: { right: 'call' | 'put'; strike: number; tauYears: number; vol: number },
  quotedPrice: number,
): number {
  let low = option.strike / 100;
  let high = option.strike * 100;
  for (let i = 0; i < 200 && high - low > 1e-14 * high; i++) {
    const forward = 0.5 * (low + high);
    const below = priceInverse({ ...option, forward }) < quotedPrice;
    if (below === (option.right === 'call')) low = forward;
    else high = forward;
  }
  return 0.5 * (low + high);
}
