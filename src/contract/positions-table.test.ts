import { describe, expect, it } from 'vitest';
import { parsePositionsTable } from './positions-table.ts';

const account = { account: 'desk', balances: ['USDC=100', 'BTC=-0.5'] };
const parse = (header: string, ...rows: readonly string[]): unknown =>
  parsePositionsTable({ header: header.split(','), rows: rows.map((row) => row.split(',')) }, account);

describe('a table of positions', () => {
  it('is a book of one account, whatever the order, case and company of its columns', () => {
    expect(
      parse('Note,Entry Price,QUANTITY,instrument,isolated', 'x,95000, 2 ,BTC-P,', 'y,,-1,ETH-P,500'),
    ).toEqual({
      plimsoll: 'book/1',
      accounts: [
        {
          account: 'desk',
          balances: { USDC: '100', BTC: '-0.5' },
          positions: [
            { instrument: 'BTC-P', quantity: '2', entryPrice: '95000' },
            { instrument: 'ETH-P', quantity: '-1', isolated: '500' },
          ],
        },
      ],
    });
  });

  it('needs an instrument and a quantity', () => {
    expect(parse('quantity', '1')).toMatchObject({
      failure: 'MALFORMED_CSV',
      expected: 'a column instrument',
    });
    expect(parse('instrument,amount', 'A,1')).toMatchObject({
      failure: 'MALFORMED_CSV',
      expected: 'a column quantity',
    });
    expect(parse('instrument,quantity', ',1')).toMatchObject({ failure: 'SHAPE_INVALID' });
  });

  it('takes balances as ASSET=AMOUNT, each once', () => {
    const of = (...balances: readonly string[]): unknown =>
      parsePositionsTable({ header: ['instrument', 'quantity'], rows: [] }, { account: 'a', balances });
    for (const text of ['USDC', '=5', 'USDC='])
      expect(of(text), text).toMatchObject({ failure: 'SHAPE_INVALID' });
    expect(of('A=1', 'A=2')).toMatchObject({ failure: 'DUPLICATE_ID', value: '"A"' });
    expect(of('__proto__=1')).toMatchObject({
      accounts: [{ balances: JSON.parse('{"__proto__":"1"}') as object }],
    });
  });
});
