import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyTable, pendingDays, type WalkTable, writeDay } from '../study/walk/table.ts';
import { planWalk, type WalkRequest } from '../study/walk/plan.ts';
import { makeWalker } from '../study/walk/walker.ts';
import { given, requestOf } from '../study/walk/walk.fixture.ts';
import { fingerprintOf, resumeWalk, saveWalk } from './walk-file.ts';
import { walkOnThreads } from './walk-workers.ts';

const base = requestOf({});
const request: WalkRequest = {
  ...base,
  books: base.books.slice(0, 4),
  methods: base.methods.filter(({ id }) => ['standard', 'filtered'].includes(id)),
};
const plan = given(planWalk(request));
const shape = {
  days: plan.rows.length,
  books: request.books.length,
  methodIds: request.methods.map(({ id }) => id),
};

function alone(): WalkTable {
  const table = emptyTable(shape);
  const walker = makeWalker(plan);
  for (const day of pendingDays(table)) writeDay(table, given(walker.assess(day)));
  return table;
}

const watch = (threads: number, onDay: (done: number) => void = () => undefined) => ({
  threads,
  onDay,
  signal: new AbortController().signal,
});

describe('a walk on threads', () => {
  it('fills the same bits as one thread, and goes on where it was stopped', async () => {
    const whole = alone();
    const path = join(mkdtempSync(join(tmpdir(), 'walk-')), 'half.walk');
    const fingerprint = fingerprintOf(request);
    const half = emptyTable(shape);
    const walker = makeWalker(plan);
    for (const day of [0, 1, 5]) writeDay(half, given(walker.assess(day)));
    saveWalk(path, fingerprint, half);
    const resumed = given(resumeWalk(path, fingerprint, shape));
    expect(pendingDays(resumed)).toEqual(pendingDays(half));
    const seen: number[] = [];
    expect(
      await walkOnThreads(
        request,
        resumed,
        watch(2, (done) => void seen.push(done)),
      ),
    ).toBeNull();
    expect(seen.at(-1)).toBe(shape.days);
    expect(resumed).toEqual(whole);
  }, 60_000);

  it('stops when told to, and keeps what is done', async () => {
    const table = emptyTable(shape);
    const stop = new AbortController();
    stop.abort();
    await walkOnThreads(request, table, { ...watch(2), signal: stop.signal });
    expect(pendingDays(table).length).toBeGreaterThan(0);
  }, 60_000);

  it('refuses to resume another backtest, and what is none', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'walk-')), 'other.walk');
    saveWalk(path, fingerprintOf({ ...request, seed: 99 }), emptyTable(shape));
    expect(resumeWalk(path, fingerprintOf(request), shape)).toMatchObject({ failure: 'SHAPE_INVALID' });
    writeFileSync(path, 'not a table');
    expect(resumeWalk(path, fingerprintOf(request), shape)).toMatchObject({ failure: 'FILE_UNREADABLE' });
  });
});
