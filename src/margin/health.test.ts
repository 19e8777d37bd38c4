import { describe, expect, it } from 'vitest';
import { DEFAULT_METHODOLOGY } from './default-methodology.ts';
import { judgeHealth, marginRatio } from './health.ts';
import type { HealthState } from './report.ts';

const levels = DEFAULT_METHODOLOGY.health;
const judge = (ratio: number | null, previous: HealthState, equityUsd = 1): HealthState =>
  judgeHealth(ratio, { equityUsd, previous, levels });

describe('the margin ratio (HEALTH-002)', () => {
  it('is maintenance over equity, absent where nothing is required, infinite where nothing is left', () => {
    expect(marginRatio(80, 100)).toBe(0.8);
    expect(marginRatio(0, 100)).toBeNull();
    expect(marginRatio(80, 0)).toBe(Infinity);
    expect(marginRatio(0, -1)).toBe(Infinity);
  });
});

describe('health (HEALTH-001)', () => {
  const RISING: readonly (readonly [number, HealthState])[] = [
    [0.69, 'healthy'],
    [0.7, 'warning'],
    [0.8, 'margin-call'],
    [0.9, 'reduce-only'],
    [1, 'liquidating'],
    [Infinity, 'liquidating'],
  ];

  it('worsens when the ratio reaches a level', () => {
    for (const [ratio, state] of RISING) expect(judge(ratio, 'healthy'), String(ratio)).toBe(state);
  });

  it('recovers only below the exit level, so that nobody flickers', () => {
    expect(judge(0.76, 'margin-call')).toBe('margin-call');
    expect(judge(0.76, 'warning')).toBe('warning');
    expect(judge(0.74, 'margin-call')).toBe('warning');
    expect(judge(0.66, 'liquidating')).toBe('warning');
    expect(judge(0.64, 'bankrupt')).toBe('healthy');
  });

  it('between enter and exit stays as it was, wherever it came from', () => {
    const states: readonly HealthState[] = [
      'healthy',
      'warning',
      'margin-call',
      'reduce-only',
      'liquidating',
    ];
    for (const previous of states) {
      for (let ratio = 0; ratio <= 1.2; ratio += 0.005) {
        const once = judge(ratio, previous);
        expect(judge(ratio, once), `${ratio} from ${previous}`).toBe(once);
      }
    }
  });

  it('is bankrupt below zero whatever the ratio, and healthy where nothing is asked (HEALTH-003)', () => {
    expect(judge(0.1, 'healthy', -0.01)).toBe('bankrupt');
    expect(judge(null, 'liquidating', 0)).toBe('healthy');
  });
});
