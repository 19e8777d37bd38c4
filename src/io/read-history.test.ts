import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { type History, factorId } from '../scenario/history.ts';
import { parseCsv } from './csv.ts';
import { readBytes, readText } from './files.ts';
import { readHistory } from './read-history.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-history-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function read(name: string, content: string | Uint8Array): Promise<History> {
  const history = await readHistory(file(name, content));
  if (isFailure(history)) throw new Error(JSON.stringify(history));
  return history;
}

async function refusal(name: string, content: string | Uint8Array): Promise<string> {
  const history = await readHistory(file(name, content));
  return isFailure(history) ? history.failure : 'accepted';
}

function shown(history: History): unknown {
  return {
    labels: history.labels,
    rows: Object.fromEntries(
      history.series.map((s) => [
        factorId(s.factor),
        Array.from(s.values, (v, i) => (s.present[i] === 1 ? v : null)),
      ]),
    ),
  };
}

const WIDE = 'date,BTC,ETH\n2020-01-01,7200.5,130\n2020-01-02,6965,\n2020-01-03,7344,1.34e2\n';
const EXPECTED = {
  labels: ['2020-01-01', '2020-01-02', '2020-01-03'],
  rows: { BTC: [7200.5, 6965, 7344], ETH: [130, null, 134] },
};

describe('a price file (INPUT-003)', () => {
  it('is read in wide form, with gaps, packed or not, whatever its line ends and separators', async () => {
    expect(shown(await read('wide.csv', WIDE))).toEqual(EXPECTED);
    expect(shown(await read('wide.csv.gz', gzipSync(WIDE)))).toEqual(EXPECTED);
    expect(shown(await read('dos.csv', `\ufeff${WIDE.replaceAll('\n', '\r\n')}\r\n`))).toEqual(EXPECTED);
    expect(shown(await read('semicolon.csv', WIDE.replaceAll(',', ';')))).toEqual(EXPECTED);
    const quoted = WIDE.replace('BTC', '"BTC"').replace('2020-01-02,6965,', '"2020-01-02","6965",NaN');
    expect(shown(await read('quoted.csv', quoted))).toEqual(EXPECTED);
  });

  it('is read in long form, whatever the order of its rows', async () => {
    const long =
      'venue,time,asset,open,close\nx,2020-01-02,BTC,1,6965\nx,2020-01-01,ETH,1,130\nx,2020-01-01,BTC,1,7200.5\nx,2020-01-03,ETH,,134\nx,2020-01-03,BTC,,7344\n';
    expect(shown(await read('long.csv', long))).toEqual(EXPECTED);
    const twice = `${long}x,2020-01-03,BTC,,7345\n`;
    expect(await refusal('twice.csv', twice)).toBe('DUPLICATE_ID');
  });

  it('may hold volatility and other factors beside prices', async () => {
    const history = await read(
      'vol.csv',
      'date,BTC,BTC:volShort,BTC:skew\n2020-01-01,1,0.5,-0.1\n2020-01-02,1,0.6,0\n',
    );
    expect(shown(history)).toMatchObject({
      rows: { BTC: [1, 1], 'BTC:skew': [-0.1, 0], 'BTC:volShort': [0.5, 0.6] },
    });
    expect(await refusal('kind.csv', 'date,BTC:colour\n2020-01-01,1\n2020-01-02,1\n')).toBe('SHAPE_INVALID');
  });

  it('is read from Parquet, wide and long', async () => {
    const dates = ['2020-01-01', '2020-01-02', '2020-01-03'];
    const wide = parquetWriteBuffer({
      columnData: [
        { name: 'date', data: dates, type: 'STRING' },
        { name: 'BTC', data: [7200.5, 6965, 7344], type: 'DOUBLE' },
        { name: 'ETH', data: [130, null, 134], type: 'DOUBLE' },
      ],
    });
    expect(shown(await read('wide.parquet', new Uint8Array(wide)))).toEqual(EXPECTED);
    const moments = [...dates, '2020-01-01', '2020-01-03'].map((date) => new Date(date));
    const long = parquetWriteBuffer({
      columnData: [
        { name: 'time', data: moments, type: 'TIMESTAMP' },
        { name: 'symbol', data: ['BTC', 'BTC', 'BTC', 'ETH', 'ETH'], type: 'STRING' },
        { name: 'price', data: [7200.5, 6965, 7344, 130, 134], type: 'DOUBLE' },
      ],
    });
    expect(shown(await read('long.parquet', new Uint8Array(long)))).toEqual(EXPECTED);
  });

  it('that is broken is refused by code', async () => {
    expect(await refusal('ragged.csv', 'date,BTC\n2020-01-01,1\n2020-01-02\n')).toBe('MALFORMED_CSV');
    expect(await refusal('long-row.csv', 'date,BTC\n2020-01-01,1,2\n')).toBe('MALFORMED_CSV');
    expect(await refusal('open-quote.csv', 'date,BTC\n2020-01-01,"1\n')).toBe('MALFORMED_CSV');
    expect(await refusal('empty.csv', '')).toBe('MALFORMED_CSV');
    expect(await refusal('word.csv', 'date,BTC\n2020-01-01,one\n2020-01-02,2\n')).toBe('NUMBER_NOT_FINITE');
    expect(await refusal('huge.csv', 'date,BTC\n2020-01-01,1e999\n2020-01-02,2\n')).toBe('NUMBER_NOT_FINITE');
    expect(await refusal('hex.csv', 'date,BTC\n2020-01-01,0x10\n2020-01-02,2\n')).toBe('NUMBER_NOT_FINITE');
    expect(await refusal('negative.csv', 'date,BTC\n2020-01-01,-1\n2020-01-02,2\n')).toBe(
      'NUMBER_OUT_OF_RANGE',
    );
    expect(await refusal('day.csv', 'date,BTC\n2020-02-30,1\n2020-03-01,2\n')).toBe('DATE_INVALID');
    expect(await refusal('short.csv', 'date,BTC\n2020-01-01,1\n')).toBe('HISTORY_TOO_SHORT');
    expect(await refusal('junk.parquet', 'PAR1 not really PAR1')).toBe('MALFORMED_PARQUET');
    expect(await refusal('none.parquet', '')).toBe('MALFORMED_PARQUET');
    expect(await refusal('latin.csv', Uint8Array.of(100, 97, 233, 44, 10))).toBe('FILE_UNREADABLE');
    expect(await refusal('junk.csv.gz', 'not gzip')).toBe('FILE_UNREADABLE');
    const absent = await readHistory(join(folder, 'absent.csv'));
    expect(isFailure(absent) && absent.failure).toBe('FILE_UNREADABLE');
    const directory = await readHistory(folder);
    expect(isFailure(directory) && directory.failure).toBe('FILE_UNREADABLE');
  });
});

describe('a file', () => {
  it('larger than its limit is refused, also where it only becomes so when unpacked (INPUT-003)', () => {
    const text = 'x'.repeat(100_000);
    const plain = file('large.txt', text);
    const packed = file('large.txt.gz', gzipSync(text));
    expect(readText(plain)).toBe(text);
    expect(readText(packed)).toBe(text);
    for (const path of [plain, packed]) {
      const refused = readBytes(path, 50_000);
      expect(isFailure(refused) && refused.failure).toBe('INPUT_TOO_LARGE');
    }
  });
});

describe('CSV', () => {
  it('keeps separators, line ends and doubled quotes inside quotes (INPUT-002)', () => {
    const csv = parseCsv('a,b\n"1,5","say ""no""\nor yes"\n,\n', 'text');
    expect(csv).toEqual({
      header: ['a', 'b'],
      rows: [
        ['1,5', 'say "no"\nor yes'],
        ['', ''],
      ],
    });
  });
});
