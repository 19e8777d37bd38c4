import { describe, expect, it } from 'vitest';
import { makeUniform } from '../src/base/random.ts';
import { killRounds } from './kill.ts';

describe('a writer killed at 20 random moments', () => {
  it('loses nothing that was acknowledged and repeats nothing', async () => {
    const report = await killRounds(20, makeUniform(7));
    expect(report.rounds).toBe(20);
    expect(report.acknowledged).toBeGreaterThan(100);
    expect(report.beforeFirstNote).toBeLessThan(15);
  });
});
