import { afterAll, describe, it } from 'vitest';
import { change, goodBook, type Loose, makeFolder } from './documents.ts';
import { type Expected, expectRefusal } from './refusal.ts';

const folder = makeFolder();
afterAll(() => folder.remove());

let files = 0;

/** A book file of some content. */
function bookOf(content: unknown): string {
  files += 1;
  return folder.write(`book-${files}.json`, content);
}

const spoilt = (by: (account: Loose, book: Loose) => void): string =>
  bookOf(change(goodBook(), (book) => by(book.accounts[0], book)));

const text = (): string => JSON.stringify(goodBook());

const FIRST = /^book\.accounts\[0\]\.positions\[0\]\./;

const BOOKS: readonly (readonly [string, () => string, Expected])[] = [
  ['cut JSON', () => bookOf('{"plimsoll": '), { failure: 'MALFORMED_JSON', field: /^book$/ }],
  ['no JSON', () => bookOf('hello'), { failure: 'MALFORMED_JSON', field: /^book$/ }],
  ['an empty file', () => bookOf(''), { failure: 'MALFORMED_JSON', field: /^book$/ }],
  [
    'NaN in the JSON',
    () => bookOf(text().replace('"-20"', 'NaN')),
    { failure: 'MALFORMED_JSON', field: /^book$/ },
  ],
  [
    'bytes that are no text',
    () => bookOf(Uint8Array.of(0, 255, 254, 128, 3)),
    { failure: 'FILE_UNREADABLE', field: /^path$/ },
  ],
  ['null', () => bookOf('null'), { failure: 'SHAPE_INVALID', field: /^book$/ }],
  ['a list', () => bookOf('[]'), { failure: 'SHAPE_INVALID', field: /^book$/ }],
  ['an object of another kind', () => bookOf('{}'), { failure: 'SHAPE_INVALID', field: /^book$/ }],
  [
    'a refusal dressed up as a book',
    () => bookOf('{"failure":"DONE","field":"x","value":"x","expected":"x"}'),
    { failure: 'SHAPE_INVALID', field: /^book/ },
  ],
  [
    'nesting without end',
    () => bookOf('['.repeat(5_000_000)),
    { failure: 'SHAPE_INVALID', field: /^book$/, value: /too deep/ },
  ],
  [
    'deep objects',
    () => bookOf(`${'{"a":'.repeat(90)}1${'}'.repeat(90)}`),
    { failure: 'SHAPE_INVALID', field: /^book$/ },
  ],
  [
    'more values than any book',
    () => bookOf(`[${'{},'.repeat(6_000_000)}{}]`),
    { failure: 'INPUT_TOO_LARGE', field: /^book$/ },
  ],
  [
    'a field given twice',
    () => bookOf(text().replace('"USDC":', '"USDC":"1","USDC":')),
    { failure: 'DUPLICATE_ID', field: /^book$/, value: /USDC/ },
  ],
  [
    'an unknown field',
    () => spoilt((a) => (a.margin = 5)),
    { failure: 'SHAPE_INVALID', field: /accounts\[0\]\.margin$/ },
  ],
  [
    'an unknown mode',
    () => spoilt((a) => (a.mode = 'zig')),
    { failure: 'SHAPE_INVALID', field: /accounts\[0\]\.mode$/, value: /zig/ },
  ],
  [
    'an unknown instrument',
    () => spoilt((a) => (a.positions[0].instrument = 'DOGE-1')),
    { failure: 'UNKNOWN_INSTRUMENT', field: FIRST, value: /DOGE-1/ },
  ],
  [
    'an unknown asset',
    () => spoilt((a) => (a.balances.DOGE = '5')),
    { failure: 'UNKNOWN_ASSET', field: /balances\.DOGE$/ },
  ],
  [
    'a quantity of NaN',
    () => spoilt((a) => (a.positions[0].quantity = 'NaN')),
    { failure: 'DECIMAL_INVALID', field: FIRST, value: /NaN/ },
  ],
  [
    'a quantity of null',
    () => spoilt((a) => (a.positions[0].quantity = null)),
    { failure: 'SHAPE_INVALID', field: FIRST, value: /null/ },
  ],
  [
    'a quantity of 1e999',
    () => bookOf(text().replace('"-20"', '1e999')),
    { failure: 'NUMBER_NOT_FINITE', field: FIRST, value: /Infinity/ },
  ],
  [
    'a quantity of 1e308',
    () => spoilt((a) => (a.positions[0].quantity = 1e308)),
    { failure: 'DECIMAL_INVALID', field: FIRST, value: /1e\+308/ },
  ],
  [
    'a quantity of thirty-one digits',
    () => spoilt((a) => (a.positions[0].quantity = '9'.repeat(31))),
    { failure: 'NUMBER_NOT_FINITE', field: /BTC_USDC-27FEB26-108000-C/ },
  ],
  [
    'a quantity finer than an atom',
    () => spoilt((a) => (a.positions[0].quantity = '0.000000001')),
    { failure: 'DECIMAL_INVALID', field: FIRST },
  ],
  [
    'a balance of Infinity',
    () => spoilt((a) => (a.balances.USDC = 'Infinity')),
    { failure: 'DECIMAL_INVALID', field: /balances\.USDC$/ },
  ],
  [
    'a balance beyond all money',
    () => spoilt((a) => (a.balances.USDC = '9'.repeat(30))),
    { failure: 'NUMBER_NOT_FINITE', field: /USDC/ },
  ],
  [
    'a negative entry price',
    () => spoilt((a) => (a.positions[2].entryPrice = '-5')),
    { failure: 'NUMBER_OUT_OF_RANGE', field: /positions\[2\]\.entryPrice$/, value: /-5/ },
  ],
  [
    'an entry price in hexadecimal',
    () => spoilt((a) => (a.positions[2].entryPrice = '0x10')),
    { failure: 'DECIMAL_INVALID', field: /entryPrice$/ },
  ],
  [
    'a cost beyond numbers',
    () => spoilt((a) => Object.assign(a.positions[2], { entryPrice: '1e308', quantity: '1000' })),
    { failure: 'NUMBER_NOT_FINITE', field: /entryPrice$/ },
  ],
  [
    'negative isolated collateral',
    () => spoilt((a) => (a.positions[2].isolated = '-5')),
    { failure: 'NUMBER_OUT_OF_RANGE', field: /isolated$/ },
  ],
  [
    'two accounts of one id',
    () => spoilt((a, b) => b.accounts.push(a)),
    { failure: 'DUPLICATE_ID', field: /accounts\[1\]\.account$/, value: /strangle/ },
  ],
  [
    'two positions in one instrument',
    () => spoilt((a) => a.positions.push(a.positions[0])),
    { failure: 'DUPLICATE_ID', field: /positions\[3\]\.instrument$/ },
  ],
  [
    'two orders of one id',
    () =>
      spoilt(
        (a) =>
          (a.orders = [1, 2].map(() => ({
            id: 'o',
            instrument: 'BTC-PERPETUAL',
            quantity: '1',
            price: '5',
          }))),
      ),
    { failure: 'DUPLICATE_ID', field: /orders\[1\]\.id$/ },
  ],
  [
    'an order at a negative price',
    () => spoilt((a) => (a.orders = [{ id: 'o', instrument: 'BTC-PERPETUAL', quantity: '1', price: '-5' }])),
    { failure: 'NUMBER_OUT_OF_RANGE', field: /orders\[0\]\.price$/ },
  ],
  [
    'a credit line that its grantor approves',
    () =>
      spoilt(
        (a) =>
          (a.creditLines = [{ id: 'l', limitUsd: 5, grantor: 'x', approver: 'x', expires: '2027-01-01' }]),
      ),
    { failure: 'SHAPE_INVALID', field: /creditLines\[0\]\.approver$/ },
  ],
  [
    'a credit line without end',
    () =>
      spoilt(
        (a) =>
          (a.creditLines = [
            { id: 'l', limitUsd: 1e308, grantor: 'x', approver: 'y', expires: '2027-01-01' },
          ]),
      ),
    { failure: 'NUMBER_OUT_OF_RANGE', field: /limitUsd$/ },
  ],
  [
    '__proto__ as an asset',
    () => bookOf(text().replace('"USDC":', '"__proto__":"1","USDC":')),
    { failure: 'UNKNOWN_ASSET', field: /__proto__$/ },
  ],
  [
    '__proto__ as a field',
    () => bookOf(text().replace('"accounts":', '"__proto__":{"accounts":[]},"accounts":')),
    { failure: 'SHAPE_INVALID', field: /__proto__$/ },
  ],
  [
    'constructor as an instrument',
    () => spoilt((a) => (a.positions[0].instrument = 'constructor')),
    { failure: 'UNKNOWN_INSTRUMENT', field: FIRST },
  ],
  [
    'a name that would steer the terminal',
    () => spoilt((a) => (a.balances['\u001b[2J\u009b1m\u202e'] = '1')),
    { failure: 'SHAPE_INVALID', field: /\\u\{1b\}\[2J\\u\{9b\}1m\\u\{202e\}$/ },
  ],
  [
    '100,001 positions',
    () => spoilt((a) => (a.positions = Array.from({ length: 100_001 }, () => a.positions[0]))),
    { failure: 'INPUT_TOO_LARGE', field: /positions$/, value: /100001/ },
  ],
  [
    'no market',
    () => spoilt((_, b) => delete b.market),
    { failure: 'PRICE_MISSING', field: /^book\.market$/ },
  ],
  [
    'a market that is not there',
    () => spoilt((_, b) => (b.market = 'nowhere.json')),
    { failure: 'FILE_UNREADABLE', field: /^path$/, value: /nowhere/ },
  ],
];

describe('a book is refused that is or has (INPUT-004)', () => {
  it.each(BOOKS)('%s', async (_, make, expected) => expectRefusal(['margin', make()], expected));
});
