import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { cutHistory, type History, type HistoryTable, parseHistory } from './history.ts';

const BTC = { asset: 'BTC', kind: 'spot' } as const;
const ETH_VOL = { asset: 'ETH', kind: 'volShort' } as const;

function parsed(table: HistoryTable): History {
  const history = parseHistory(table);
  if (isFailure(history)) throw new Error(JSON.stringify(history));
  return history;
}

function refusal(table: HistoryTable): string {
  const history = parseHistory(table);
  return isFailure(history) ? `${history.failure} ${history.field}` : 'accepted';
}

describe('a history', () => {
  it('puts rows in order of time and marks gaps instead of inventing numbers', () => {
    const history = parsed({
      times: ['2020-01-03', '2020-01-01', '2020-01-02'],
      columns: [{ factor: BTC, values: [3, 1, null] }],
    });
    expect(history.labels).toEqual(['2020-01-01', '2020-01-02', '2020-01-03']);
    expect([...history.series[0]!.values]).toEqual([1, 0, 3]);
    expect([...history.series[0]!.present]).toEqual([1, 0, 1]);
    expect(history.stepMs).toBe(86_400_000);
  });

  it('knows a bare date at the end of its day, and a time at the time (INPUT-001, SCENARIO-011)', () => {
    expect(parsed({ times: ['2020-01-01', '2020-01-02'], columns: [] }).timesMs[0]).toBe(
      Date.UTC(2020, 0, 2),
    );
    const hourly = parsed({ times: ['2020-01-01T00:00:00Z', '2020-01-01T01:00:00Z'], columns: [] });
    expect(hourly.timesMs[0]).toBe(Date.UTC(2020, 0, 1));
    expect(hourly.stepMs).toBe(3_600_000);
  });

  it('refuses bad dates, duplicates, and prices that cannot be (SCENARIO-011)', () => {
    const times = ['2020-01-01', '2020-01-02'];
    expect(refusal({ times: ['2020-01-01', '2020-02-30'], columns: [] })).toBe('DATE_INVALID times[1]');
    expect(refusal({ times: ['2020-01-01', '2020-01-01'], columns: [] })).toBe('DUPLICATE_ID times[1]');
    expect(refusal({ times: ['2020-01-01'], columns: [] })).toBe('HISTORY_TOO_SHORT times');
    expect(refusal({ times, columns: [{ factor: BTC, values: [1, 0] }] })).toBe(
      'NUMBER_OUT_OF_RANGE BTC at 2020-01-02',
    );
    expect(refusal({ times, columns: [{ factor: BTC, values: [1, -2] }] })).toBe(
      'NUMBER_OUT_OF_RANGE BTC at 2020-01-02',
    );
    expect(refusal({ times, columns: [{ factor: ETH_VOL, values: [Infinity, 1] }] })).toBe(
      'NUMBER_NOT_FINITE ETH:volShort at 2020-01-01',
    );
    expect(refusal({ times, columns: [{ factor: BTC, values: [1] }] })).toBe('SHAPE_INVALID BTC');
    const twice = { factor: BTC, values: [1, 2] };
    expect(refusal({ times, columns: [twice, twice] })).toBe('DUPLICATE_ID columns');
  });

  it('takes a negative skew or basis, which are no ratios', () => {
    const basis = { factor: { asset: 'BTC', kind: 'basis' } as const, values: [-0.01, 0] };
    expect(refusal({ times: ['2020-01-01', '2020-01-02'], columns: [basis] })).toBe('accepted');
  });

  it('is cut at the last row that was known', () => {
    const history = parsed({
      times: ['2020-01-01', '2020-01-02', '2020-01-03', '2020-01-10'],
      columns: [{ factor: BTC, values: [1, 2, 3, 4] }],
    });
    const cut = cutHistory(history, Date.UTC(2020, 0, 3));
    expect(cut.labels).toEqual(['2020-01-01', '2020-01-02']);
    expect([...cut.series[0]!.values]).toEqual([1, 2]);
    expect(cutHistory(history, Date.UTC(2020, 0, 3) - 1).labels).toEqual(['2020-01-01']);
  });
});
