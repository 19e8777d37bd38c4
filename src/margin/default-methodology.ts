import type { AssetRule, HaircutTier } from '../collateral/rules.ts';
import { DERIBIT } from './grid/presets.ts';
import type { Methodology } from './methodology.ts';
import { DERIVE_STANDARD } from './standard/model.ts';

const tiers = (...rows: readonly (readonly [number | null, number])[]): HaircutTier[] =>
  rows.map(([upToUsd, haircutFrac]) => ({ upToUsd, haircutFrac }));

const simulated = (asset: string, haircuts: readonly HaircutTier[]): AssetRule => ({
  asset,
  treatment: 'scenarios',
  tiers: haircuts,
  liabilityWeightFrac: 0.02,
  capUsd: null,
});

const MAJOR = tiers([5_000_000, 0.05], [25_000_000, 0.075], [null, 0.15]);
const MINOR = tiers([1_000_000, 0.15], [5_000_000, 0.25], [null, 0.5]);
const STABLE = tiers([10_000_000, 0.005], [null, 0.02]);

/**
 * The methodology that applies unless another is named: one-day liquidation period, expected shortfall at 97.5 % at a volatility of which
 * half is the long run's, never less than a quarter of the stress block. A venue replaces it with its own dated file. How the figures were
 * chosen: decision 0023.
 */
export const DEFAULT_METHODOLOGY: Methodology = {
  id: 'plimsoll',
  version: '2026.1',
  effectiveMs: Date.UTC(2026, 0, 1),
  about:
    'One pool, ES 97.5 % over one day: the larger of filtered and simulated, at least a quarter of the stress block.',
  approvers: ['quant', 'risk'],
  tail: { measure: 'es', level: '0.975' },
  horizonDays: 1,
  maintenanceFrac: 0.8,
  isolated: {
    baseFrac: { BTC: 0.1, ETH: 0.12, other: 0.25 },
    sizeUsd: { BTC: 2_000_000, ETH: 1_000_000, other: 250_000 },
    maintenanceFrac: 0.5,
  },
  standard: {
    model: DERIVE_STANDARD,
    spreadFrac: 0.02,
    perpetualFrac: { BTC: 0.12, ETH: 0.14, other: 0.2 },
  },
  grid: { model: DERIBIT, offsetGroups: [['BTC', 'ETH']] },
  historical: { lookbackDays: 730 },
  filtered: { lookbackDays: 1_095, decay: 0.95, longRunFrac: 0.5, floorFrac: 0.5, scaleMax: 4 },
  monteCarlo: {
    count: 2_000,
    seed: 20_260_101,
    copulaDf: 4,
    correlationDecay: 0.99,
    shrinkFrac: 0.3,
    margins: 'filtered-historical',
    marginDf: 4,
  },
  unified: {
    diversificationFrac: 0.2,
    groups: [
      ['BTC', 'ETH', 'STETH'],
      ['USD', 'USDC', 'USDT', 'USDE', 'DAI'],
    ],
  },
  antiProcyclicality: { tool: 'stress-floor', stressFrac: 0.25 },
  addOns: {
    liquidity: { impactFactor: 1, optionHalfSpreadVol: 0.005, unknownDepthFrac: 0.02 },
    basis: { parallelPerYear: 0.02, twistPerYear: 0.04 },
    vega: { twistVol: 0.02 },
    shortOption: { minimumFrac: 0.01 },
    wrongWay: { sameIssuerFrac: 0.6 },
    depeg: { threshold: 0.98, factor: 1.2 },
    oracle: { threshold: 0.6, factor: 0.5 },
    modelMultiplier: 1,
  },
  collateral: {
    assets: [
      { asset: 'USD', treatment: 'tiers', tiers: tiers([null, 0]), liabilityWeightFrac: 0, capUsd: null },
      simulated('USDC', STABLE),
      simulated('USDT', STABLE),
      simulated('USDE', tiers([1_000_000, 0.05], [null, 0.2])),
      simulated('UST', tiers([1_000_000, 0.05], [null, 0.2])),
      simulated('BTC', MAJOR),
      simulated('ETH', MAJOR),
      simulated('STETH', tiers([2_000_000, 0.08], [null, 0.2])),
      simulated('SOL', MINOR),
      simulated('XRP', MINOR),
      simulated('BNB', MINOR),
      simulated('LUNA', tiers([500_000, 0.4], [null, 0.8])),
    ],
    issuerCaps: [{ issuer: 'terra', capUsd: 2_000_000 }],
  },
  health: {
    warning: { enter: 0.7, exit: 0.65 },
    call: { enter: 0.8, exit: 0.75 },
    reduceOnly: { enter: 0.9, exit: 0.85 },
    liquidation: { enter: 1, exit: 0.9 },
  },
};
