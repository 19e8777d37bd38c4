/**
 * A service under malformed messages: no crash, no status of 500 and above, memory flat. Run: node sim/fuzz-service.ts [messages] [seed].
 * The service runs in this process, so that its memory is what is measured.
 */
import { sampleService } from '../src/service/service.fixture.ts';
import { beHostile } from './hostile.ts';

const total = Number(process.argv[2] ?? 1_000_000);
const seed = Number(process.argv[3] ?? 1);
const ROUNDS = 10;

const { serving, keys } = await sampleService({ limits: { connectionsPerKey: 100 } });
const target = { address: serving.address, keys: Object.values(keys) };
const mib = (): number => process.memoryUsage().rss / 2 ** 20;
let sent = 0;
let defects = 0;
const memory: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const report = await beHostile(target, { messages: total / ROUNDS, seed: seed + round, wide: 32 });
  sent += report.messages;
  for (const [status, count] of report.statuses) if (status >= 500) defects += count;
  memory.push(mib());
  console.log(`${sent} messages, ${defects} answers of 500 and above, ${memory.at(-1)!.toFixed(0)} MiB`);
}
const isHalted = serving.service.venue.sequencer.halted !== null;
await serving.stop();
console.log(`memory from ${memory[0]!.toFixed(0)} to ${memory.at(-1)!.toFixed(0)} MiB; halted: ${isHalted}`);
process.exitCode = defects > 0 || isHalted ? 1 : 0;
