import { afterAll, describe, it } from 'vitest';
import { change, goodBook, goodMarket, type Loose, makeFolder } from './documents.ts';
import { type Expected, expectRefusal } from './refusal.ts';

const folder = makeFolder();
afterAll(() => folder.remove());

let files = 0;

function onMarket(by: (market: Loose) => void): string {
  files += 1;
  folder.write(`market-${files}.json`, change(goodMarket(), by));
  return folder.write(`book-${files}.json`, { ...goodBook(), market: `market-${files}.json` });
}

const find = (list: Loose, id: string): Loose => list.find((one: Loose) => one.id === id);
const MARKETS: readonly (readonly [string, () => string, Expected])[] = [
  [
    'a negative price',
    () => onMarket((m) => (find(m.assets, 'BTC').index = -5)),
    { failure: 'NUMBER_OUT_OF_RANGE', field: /assets\[\d+\]\.index$/, value: /-5/ },
  ],
  [
    'a price of zero',
    () => onMarket((m) => (find(m.assets, 'USDC').index = 0)),
    { failure: 'NUMBER_OUT_OF_RANGE', field: /index$/ },
  ],
  [
    'a price of 1e300',
    () => onMarket((m) => (find(m.assets, 'BTC').index = 1e300)),
    { failure: 'NUMBER_OUT_OF_RANGE', field: /BTC/ },
  ],
  [
    'a negative vol',
    () =>
      onMarket(
        (m) =>
          (find(m.underlyings, 'BTC').surface[0] = {
            kind: 'grid',
            expiry: '2026-01-23T08:00:00Z',
            logMoneyness: [0],
            vols: [-0.5],
          }),
      ),
    { failure: 'VOLATILITY_INVALID', field: /BTC/ },
  ],
  [
    'a smile below zero',
    () => onMarket((m) => (find(m.underlyings, 'BTC').surface[0].a = -1)),
    { failure: 'VOLATILITY_INVALID', field: /BTC/ },
  ],
  [
    'a surface that crosses itself',
    () => onMarket((m) => Object.assign(find(m.underlyings, 'BTC').surface[1], { a: 1e-4, b: 1e-4 })),
    { failure: 'SURFACE_ARBITRAGE', field: /BTC/, value: /calendar/ },
  ],
  [
    'a smile that admits butterflies',
    () =>
      onMarket(
        (m) =>
          (find(m.underlyings, 'BTC').surface = [
            { kind: 'svi', expiry: '2026-01-23T08:00:00Z', a: 1e-4, b: 0.5, rho: 0.99, m: 0, sigma: 0.001 },
          ]),
      ),
    { failure: 'SURFACE_ARBITRAGE', field: /BTC/ },
  ],
  [
    'an option that has expired',
    () => onMarket((m) => (m.time = '2026-03-01T08:00:00Z')),
    { failure: 'INSTRUMENT_EXPIRED', field: /JAN26|FEB26/ },
  ],
  [
    'no prices behind an option',
    () => onMarket((m) => (m.underlyings = m.underlyings.filter((u: Loose) => u.id !== 'BTC'))),
    { failure: 'PRICE_MISSING', field: /BTC/ },
  ],
  [
    'no surface behind an option',
    () => onMarket((m) => delete find(m.underlyings, 'BTC').surface),
    { failure: 'PRICE_MISSING', field: /surface/ },
  ],
  [
    'an underlying that is no asset',
    () => onMarket((m) => (m.assets = m.assets.filter((a: Loose) => a.id !== 'BTC'))),
    { failure: 'UNKNOWN_ASSET', field: /BTC/ },
  ],
  [
    'two assets of one id',
    () => onMarket((m) => m.assets.push(m.assets[0])),
    { failure: 'DUPLICATE_ID', field: /^assets/ },
  ],
  [
    'two underlyings of one id',
    () => onMarket((m) => m.underlyings.push(m.underlyings[0])),
    { failure: 'DUPLICATE_ID', field: /^underlyings/ },
  ],
  [
    'two instruments of one id',
    () => onMarket((m) => m.instruments.push(m.instruments[0])),
    { failure: 'DUPLICATE_ID', field: /^products/ },
  ],
  [
    'an unknown kind of instrument',
    () => onMarket((m) => (m.instruments[0].kind = 'swap')),
    { failure: 'SHAPE_INVALID', field: /instruments\[0\]\.kind$/, value: /swap/ },
  ],
  [
    'a negative strike',
    () => onMarket((m) => (m.instruments.find((i: Loose) => i.kind === 'option').strike = -1)),
    { failure: 'NUMBER_OUT_OF_RANGE', field: /strike$/, value: /-1/ },
  ],
  [
    'a contract of no size',
    () => onMarket((m) => (m.instruments[0].contractSize = 0)),
    { failure: 'NUMBER_OUT_OF_RANGE', field: /contractSize$/ },
  ],
  [
    'a lot of zero',
    () => onMarket((m) => (m.instruments[0].lot = '0')),
    { failure: 'NUMBER_OUT_OF_RANGE', field: /lot$/ },
  ],
  [
    'the thirtieth of February',
    () => onMarket((m) => (m.time = '2026-02-30')),
    { failure: 'DATE_INVALID', field: /^market\.time$/, value: /02-30/ },
  ],
  [
    'a minute of 99 seconds',
    () => onMarket((m) => (m.time = '2026-01-16T08:00:99Z')),
    { failure: 'DATE_INVALID', field: /^market\.time$/ },
  ],
  [
    'a year of the first century',
    () => onMarket((m) => (m.time = '0050-01-16T08:00:00Z')),
    { failure: 'DATE_INVALID', field: /^market\.time$/ },
  ],
];

describe('a market is refused that has (INPUT-004)', () => {
  it.each(MARKETS)('%s', async (_, make, expected) => expectRefusal(['margin', make()], expected));
});
