import type { Failure } from '../base/failure.ts';
import type { Market } from '../market/market.ts';
import { GENERATED_DAYS, generateHistory } from '../scenario/generated.ts';
import type { History } from '../scenario/history.ts';

const SEED = 20_260_101;

/** A generated five-year history that ends at a market's time and prices: what scenarios are fitted to where no history is given. */
export function historyForMarket(market: Market): History | Failure {
  return generateHistory({
    assets: [...market.assets.values()].map((quote) => quote.asset),
    endMs: market.timeMs,
    days: GENERATED_DAYS,
    seed: SEED,
    lastPrices: new Map([...market.assets].map(([id, quote]) => [id, quote.index.value])),
  });
}
