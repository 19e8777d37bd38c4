import type { AssetId } from '../product/product.ts';

/**
 * What really happened on one day. `moves` are simple returns of the USD price (−0.395 = −39.5 %).
 * `close`: from one daily close (24:00 UTC) to the next. `deepest`: from a high to the lowest later price within 24 hours.
 * `lastDay` is the day on whose end the move was known: the event may be used only from then on.
 */
export type StressEvent = {
  readonly name: string;
  readonly lastDay: string;
  readonly measure: 'close' | 'deepest';
  readonly moves: ReadonlyMap<AssetId, number>;
};

// prettier-ignore
const MAJORS: readonly AssetId[] = [
  'BTC', 'ETH', 'BNB', 'SOL', 'XRP', 'ADA', 'DOGE', 'AVAX', 'LINK', 'LTC', 'DOT', 'ATOM', 'NEAR', 'TRX', 'BCH',
];

type Row = {
  readonly day: string;
  readonly name: string;
  /** Per cent, in the order of {@link MAJORS}; null where the asset was not listed or had no market price. */
  readonly percent: readonly (number | null)[];
  readonly others?: Readonly<Record<AssetId, number>>;
};

/** Daily close to close, against USDT on the largest spot venue of the time. */
// prettier-ignore
const CLOSES: readonly Row[] = [
  { day: '2018-01-16', name: 'January 2018 sell-off', percent: [-19.5, -21.3, -31.7, null, null, null, null, null, null, -21.9, null, null, null, null, null] },
  { day: '2018-11-19', name: 'November 2018', percent: [-13.3, -15.7, -17.3, null, -6.5, -15.5, null, null, null, -13.0, null, null, null, -16.2, null] },
  { day: '2020-03-12', name: 'Covid crash', percent: [-39.5, -44.6, -44.1, null, -34.9, -41.3, -26.3, null, -47.8, -38.5, null, -46.1, null, -43.5, -46.0] },
  { day: '2021-05-19', name: 'May 2021 liquidations', percent: [-14.4, -27.7, -34.1, -37.5, -33.5, -26.8, -30.7, -37.5, -38.4, -36.8, -38.3, -39.8, -36.5, -32.2, -36.2] },
  { day: '2021-12-04', name: 'December 2021', percent: [-8.3, -2.3, -4.4, -5.2, -8.3, -8.7, -10.9, -14.1, -11.5, -13.5, -12.8, -14.2, -12.6, -7.4, -11.1] },
  { day: '2022-05-09', name: 'LUNA/UST, day 1', percent: [-11.6, -11.6, -16.8, -17.5, -13.9, -18.7, -17.9, -20.2, -19.0, -18.8, -19.8, -20.3, -15.7, -17.3, -16.7], others: { LUNA: -52.9, UST: -17.5 } },
  { day: '2022-05-11', name: 'LUNA/UST, day 3', percent: [-6.2, -11.0, -14.9, -23.9, -18.7, -17.5, -21.0, -30.1, -19.1, -17.0, -20.0, -20.5, -31.9, -2.5, -15.8], others: { LUNA: -93.8, UST: -3.1 } },
  { day: '2022-06-13', name: 'Celsius/3AC', percent: [-15.4, -15.7, -12.5, -6.6, -9.2, -5.3, -14.7, -6.8, -5.4, -9.2, -5.0, -7.9, -4.8, -16.2, -12.9] },
  { day: '2022-11-08', name: 'FTX, day 1', percent: [-9.9, -14.9, -2.8, -17.7, -12.7, -7.9, -20.6, -11.4, -13.9, -14.2, -11.5, -14.9, -13.7, -5.7, -12.5], others: { FTT: -75.1 } },
  { day: '2022-11-09', name: 'FTX, day 2', percent: [-14.1, -17.4, -18.4, -42.2, -17.9, -14.7, -15.6, -19.4, -19.2, -12.3, -14.1, -19.4, -22.9, -9.1, -13.8], others: { FTT: -58.7 } },
  { day: '2023-03-09', name: 'SVB week', percent: [-6.2, -6.2, -3.5, -5.9, -4.7, -2.3, -7.3, -4.7, -6.3, -7.3, -3.9, 0.7, -2.9, -10.2, -5.5] },
  { day: '2024-08-04', name: 'Yen unwind, day 1', percent: [-4.2, -7.4, -6.2, -2.9, -5.9, -5.6, -4.0, -6.3, -6.8, -3.4, -7.1, -1.5, -5.3, 0.7, -8.8] },
  { day: '2024-08-05', name: 'Yen unwind, day 2', percent: [-7.1, -10.0, -6.6, -6.2, -6.5, -9.4, -9.1, -8.0, -12.8, -10.2, -10.4, -8.1, -14.7, -3.9, -6.8] },
  { day: '2025-10-10', name: '10 October 2025', percent: [-7.3, -12.5, -12.2, -15.0, -15.5, -22.1, -22.3, -27.1, -21.4, -23.1, -27.9, -27.9, -17.4, -4.9, -11.5] },
];

/**
 * Deepest fall from a high to a later low within 24 hours, from hourly bars of the largest venues (perpetuals on 2025-10-10, whose
 * lows were far below spot). LINK's print of 0.0001 in March 2020 was no market price and is left out.
 */
// prettier-ignore
const DEEPEST: readonly Row[] = [
  { day: '2020-03-13', name: 'Covid crash', percent: [-51, -54, -59, null, -50, -52, -46, null, null, -48, null, -62, null, -52, -50] },
  { day: '2021-05-19', name: 'May 2021 liquidations', percent: [-32, -45, -46, -55, -48, -52, -57, -54, -53, -53, -58, -59, -51, -47, -56] },
  { day: '2022-05-13', name: 'LUNA/UST', percent: [-17, -27, -31, -44, -35, -39, -40, -48, -37, -34, -35, -39, -50, -23, -37], others: { LUNA: -99.9, UST: -66.3 } },
  { day: '2022-06-14', name: 'Celsius/3AC', percent: [-21, -25, -21, -24, -18, -21, -25, -25, -26, -22, -22, -24, -25, -25, -21] },
  { day: '2022-11-09', name: 'FTX', percent: [-19, -28, -29, -62, -30, null, -35, -26, -33, null, null, null, -29, null, null], others: { FTT: -75.1 } },
  { day: '2023-03-15', name: 'SVB week', percent: [-11, -12, -9, -15, -10, -13, -14, -13, -12, -20, -11, -14, -15, -17, -12], others: { USDC: -4.1 } },
  { day: '2024-08-05', name: 'Yen unwind', percent: [-20, -28, -25, -25, -22, -24, -26, -24, -33, -24, -29, -23, -30, -9, -24] },
  { day: '2025-10-10', name: '10 October 2025', percent: [-17, -23, -36, -37, -58, -67, -67, -70, -64, -62, -78, -65, -52, -12, -23], others: { USDe: -35 } },
];

/** A stablecoin or its twin alone, the market taken as unmoved. */
const DEPEGS: readonly Row[] = [
  { day: '2022-05-13', name: 'UST and LUNA collapse', percent: [0], others: { UST: -87.5, LUNA: -99.9 } },
  { day: '2023-03-11', name: 'USDC off its peg', percent: [0], others: { USDC: -4.1 } },
  { day: '2025-10-10', name: 'USDe on one venue', percent: [0], others: { USDe: -35 } },
];

/** Every event, oldest first within its measure. */
export const STRESS_EVENTS: readonly StressEvent[] = [
  ...CLOSES.map((row) => toEvent(row, 'close')),
  ...DEEPEST.map((row) => toEvent(row, 'deepest')),
  ...DEPEGS.map((row) => toEvent(row, 'close')),
];

function toEvent(row: Row, measure: StressEvent['measure']): StressEvent {
  const moves = new Map<AssetId, number>();
  for (const [i, percent] of row.percent.entries()) {
    if (percent !== null) moves.set(MAJORS[i]!, percent / 100);
  }
  for (const [asset, percent] of Object.entries(row.others ?? {})) moves.set(asset, percent / 100);
  return { name: row.name, lastDay: row.day, measure, moves };
}
