import { describe, expect, it } from 'vitest';
import { ask, sampleService } from '../src/service/service.fixture.ts';
import { beHostile } from './hostile.ts';

const MESSAGES = 20_000;

describe('a service among enemies', () => {
  it(`answers ${MESSAGES} malformed messages without a defect, and afterwards as before`, async () => {
    const { serving, keys } = await sampleService({ limits: { connectionsPerKey: 100 } });
    const target = { address: serving.address, keys: Object.values(keys) };
    const { messages, statuses } = await beHostile(target, { messages: MESSAGES, seed: 17, wide: 32 });
    expect(messages).toBeGreaterThanOrEqual(MESSAGES);
    expect([...statuses.keys()].filter((status) => status >= 500)).toEqual([]);
    expect(statuses.get(400)).toBeGreaterThan(MESSAGES / 10);
    expect(serving.service.venue.sequencer.halted).toBeNull();
    const { status } = await ask(serving.address, { route: 'GET /v1/venue', key: keys.venue });
    expect(status).toBe(200);
    await serving.stop();
  }, 180_000);
});
