import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorPage } from './error-page.ts';
import { ROOT } from './sources.ts';

mkdirSync(join(ROOT, 'docs'), { recursive: true });
writeFileSync(join(ROOT, 'docs', 'errors.md'), errorPage());
