import { type Failure, isFailure } from '../base/failure.ts';
import { parseInstant } from '../base/instant.ts';
import type { Command } from '../engine/command.ts';
import type { EngineState } from '../engine/state.ts';
import type { Clock } from '../io/clock.ts';
import type { MarketFeed } from '../io/feeds/feed.ts';
import { generatedFeed } from '../io/feeds/generated.ts';
import { historyForMarket } from '../margin/default-history.ts';
import { DEFAULT_METHODOLOGY } from '../margin/default-methodology.ts';
import type { Market } from '../market/market.ts';
import { DEFAULT_RULES } from '../engine/rules.ts';

/** Beneficial owner of the accounts that a new venue has for trying it out. */
export const DEMO_OWNER = 'demo';

/**
 * What a venue of a market file begins with at a moment: what of it has not expired, a generated history that ends at its prices, a
 * backstop, a funded insurance fund, and two accounts of {@link DEMO_OWNER}. Refuses a market that no history can be made for.
 */
export function openingOf(market: Market, nowMs: number): Command[] | Failure {
  const history = historyForMarket({ ...market, timeMs: nowMs });
  if (isFailure(history)) return history;
  const closes = history.series
    .filter(({ factor }) => factor.kind === 'spot')
    .map(({ factor, values }) => ({ asset: factor.asset, values: [...values] }));
  const products = [...market.products.values()].filter(
    (product) => !('expiryMs' in product) || product.expiryMs > nowMs,
  );
  const assets = [...market.assets.values()].map(({ asset }) => asset);
  const cash = assets.find(({ id }) => id === 'USDC') ?? assets[0]!;
  const units = 10n ** BigInt(cash.places);
  const rules = {
    ...DEFAULT_RULES,
    liquidation: { ...DEFAULT_RULES.liquidation, backstops: ['backstop'] },
  };
  const open = (account: string, owner: string): Command => {
    return { kind: 'OpenAccount', account, client: owner, owner, mode: 'portfolio' };
  };
  const fund = (account: string, amount: bigint): Command => {
    return { kind: 'Deposit', id: `opening ${account}`, account, asset: cash.id, atoms: amount * units };
  };
  return [
    {
      kind: 'OpenVenue',
      venue: 'plimsoll',
      assets,
      products,
      methodology: { ...DEFAULT_METHODOLOGY, effectiveMs: Math.min(DEFAULT_METHODOLOGY.effectiveMs, nowMs) },
      rules,
      history: { startMs: parseInstant(history.labels[0]!)!.timeMs, closes },
    },
    open('backstop', 'backstop'),
    fund('backstop', 20_000_000n),
    fund('$insurance', 1_000_000n),
    open('demo-1', DEMO_OWNER),
    fund('demo-1', 100_000n),
    open('demo-2', DEMO_OWNER),
    fund('demo-2', 1_000_000n),
  ];
}

const FEED_SEED = 1;
const FEED_STEP_MS = 1_000;
const FEED_SOURCES = 3;

/**
 * A generated market for everything that a venue lists and that still trades: it goes on at the venue's last prices, or begins at those of
 * a market file. Refuses as `generatedFeed` does.
 */
export function feedOf(market: Market, state: EngineState, clock: Clock): MarketFeed | Failure {
  const nowMs = clock.nowMs();
  const prices = new Map([...market.assets].map(([id, { index }]) => [id, index.value]));
  for (const { asset, price } of state.tables.assets.items) {
    if (price.good !== null) prices.set(asset.id, price.good.value);
  }
  const products = state.tables.instruments.items
    .filter(({ settlementPrice }) => settlementPrice === null)
    .map(({ product }) => product)
    .filter((product) => !('expiryMs' in product) || product.expiryMs > nowMs);
  const assets = state.tables.assets.items.map(({ asset }) => asset);
  const seed = FEED_SEED + state.seq + 1;
  const spec = { assets, products, startMs: nowMs, seed, prices, sources: FEED_SOURCES };
  return generatedFeed({ spec, clock, stepMs: FEED_STEP_MS });
}
