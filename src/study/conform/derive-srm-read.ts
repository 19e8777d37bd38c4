import { type Failure, isFailure, refuse } from '../../base/failure.ts';
import type { GridLeg, Quoted } from '../../margin/grid/book.ts';
import type { StandardBook, StandardExpiry, StandardMarket } from '../../margin/standard/model.ts';
import type { CasePortfolio } from './derive-cases.ts';
import { type CaseUnderlying, caseExpiries, caseMarket, type NamedOverride } from './derive-environment.ts';
import { type Json, listOf } from './json.ts';
import { fixed, fixedConfidence, plain } from './venue-json.ts';

const UNDERLYINGS: readonly CaseUnderlying[] = ['eth', 'btc'];
/** Nearer expiries are valued at the settlement price so far. */
const SETTLEMENT_SECONDS = 3600;

/** A generated case in the market of its harness. */
export function toStandardBook(
  portfolio: CasePortfolio,
  override: NamedOverride['market'],
): StandardBook | Failure {
  const markets: StandardMarket[] = [];
  for (const underlying of UNDERLYINGS) {
    const { spot, perpetual } = caseMarket(underlying, override);
    const options = portfolio.options.filter((option) => option.underlying === underlying);
    const expiries = caseExpiries(options, underlying, override);
    if (isFailure(expiries)) return expiries;
    let quantity = 0;
    let unrealisedPnl = 0;
    for (const held of portfolio.perpetuals) {
      if (held.underlying !== underlying) continue;
      quantity += held.amount;
      unrealisedPnl += (perpetual.price - held.entryPrice) * held.amount;
    }
    let baseAmount = 0;
    for (const base of portfolio.bases) if (base.underlying === underlying) baseAmount += base.amount;
    markets.push({
      underlying,
      spot,
      perpetual: { ...perpetual, quantity, unrealisedPnl, unrealisedFunding: 0 },
      baseAmount,
      expiries,
    });
  }
  return { cash: portfolio.cash, stablePrice: caseMarket('eth', override).stable, markets };
}

/** A book from the arrays of 18-decimal numbers of one case. Refuses PRICE_MISSING for an option without a forward. */
export function readStandardBook(scenario: Json): StandardBook | Failure {
  const markets: StandardMarket[] = [];
  for (const [i, underlying] of UNDERLYINGS.entries()) {
    const market = readMarket(scenario, underlying, i);
    if (isFailure(market)) return market;
    // A case without positions in a market may leave its prices out.
    const { perpetual, baseAmount, expiries } = market;
    if (perpetual.quantity !== 0 || baseAmount !== 0 || expiries.length > 0) markets.push(market);
  }
  const stable = scenario['USDCValue'] ?? scenario['StablePrice'];
  return { cash: fixed(scenario['Cash']), stablePrice: stable === undefined ? 1 : fixed(stable), markets };
}

/** The funding indices of a market: the account's own, and the one it is measured against. */
function fundingOf(scenario: Json, symbol: string, quantity: number): number {
  let index = 0;
  let account = 0;
  for (const [key, value] of Object.entries(scenario)) {
    if (!key.includes(symbol) || !/fundingindex/i.test(key)) continue;
    if (/account/i.test(key)) account = fixed(value);
    else index = fixed(value);
  }
  return -quantity * (index - account);
}

function readMarket(scenario: Json, underlying: CaseUnderlying, i: number): StandardMarket | Failure {
  const symbol = underlying.toUpperCase();
  const pair = listOf(scenario['SpotPerpConfidences'])[i];
  const [spotConfidence, perpetualConfidence] = Array.isArray(pair) ? pair : [1, 1];
  const quantity = fixed(scenario[`Perps_${symbol}`]);
  const price = fixed(listOf(scenario['PerpPrice'])[i]);
  const expiries = readExpiries(scenario, symbol);
  if (isFailure(expiries)) return expiries;
  return {
    underlying,
    spot: { price: fixed(scenario[`${symbol}SpotPrice`]), confidence: fixedConfidence(spotConfidence) },
    perpetual: {
      quantity,
      price,
      confidence: fixedConfidence(perpetualConfidence),
      unrealisedPnl: (price - fixed(scenario[`LastEntry${symbol}`])) * quantity,
      unrealisedFunding: fundingOf(scenario, symbol, quantity),
    },
    baseAmount: fixed(scenario[`w${symbol}`]),
    expiries,
  };
}

function readExpiries(scenario: Json, symbol: string): readonly StandardExpiry[] | Failure {
  const list = (key: string): readonly unknown[] => listOf(scenario[key]);
  const owners = list('OptionUnderlying').map((value) => String(value).toUpperCase());
  const [strikes, rights, amounts] = [list('OptionStrikes'), list('OptionIsCall'), list('OptionAmounts')];
  const [vols, volConfidences] = [list('OptionVols'), list('OptionVolConfidences')];
  const legs = new Map<number, { readonly legs: GridLeg[]; volConfidence: number }>();
  for (const [i, value] of list('OptionExpiries').entries()) {
    if ((owners[i] ?? 'ETH') !== symbol) continue;
    const seconds = plain(value);
    const found = legs.get(seconds) ?? { legs: [], volConfidence: 1 };
    const right = plain(rights[i]) === 1 ? 'call' : 'put';
    found.legs.push({ strike: fixed(strikes[i]), right, amount: fixed(amounts[i]), vol: fixed(vols[i]) });
    // One confidence per expiry: the last leg sets it.
    found.volConfidence = fixedConfidence(volConfidences[i] ?? 1);
    legs.set(seconds, found);
  }
  const expiries: StandardExpiry[] = [];
  for (const [seconds, found] of legs) {
    const forward = forwardOf(scenario, { symbol, seconds, owners });
    if (isFailure(forward)) return forward;
    expiries.push({ seconds, forward, ...found });
  }
  return expiries;
}

/** Feeds stand beside the options: feed i is of the underlying of option i. The last one of an expiry counts. */
function forwardOf(
  scenario: Json,
  at: { readonly symbol: string; readonly seconds: number; readonly owners: readonly string[] },
): Quoted | Failure {
  const feeds = listOf(scenario['FeedExpiries']).map(plain);
  const matches = feeds.flatMap((expiry, i) => (expiry === at.seconds ? [i] : []));
  const own = matches.filter((i) => at.owners[i] === at.symbol);
  const feed = own.at(-1) ?? matches.at(-1);
  if (feed === undefined) {
    const expected = 'a feed of the option’s expiry';
    return refuse('PRICE_MISSING', { field: 'FeedExpiries', value: `${at.symbol} ${at.seconds}`, expected });
  }
  const settled = at.seconds < SETTLEMENT_SECONDS ? scenario[`SettlementPrice${at.symbol}`] : null;
  const price = settled ?? listOf(scenario['Forwards'])[feed];
  return {
    price: fixed(price),
    confidence: fixedConfidence(listOf(scenario['ForwardConfidences'])[feed] ?? 1),
  };
}
