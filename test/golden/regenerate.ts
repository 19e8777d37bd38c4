import { writeFileSync } from 'node:fs';
import { listExamples, printReport } from './examples.ts';

/** Writes the expected report of every example anew: `node test/golden/regenerate.ts`. Read the difference before it is committed. */
for (const example of listExamples()) {
  writeFileSync(example.expected, await printReport(example));
  process.stdout.write(`${example.name}\n`);
}
