import { ERRORS } from '../../src/base/catalogue.ts';

/** docs/errors.md as the catalogue makes it: `node test/tidy/write-errors.ts` writes it, a test compares. */
export function errorPage(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, { status, meaning }]) => `| \`${code}\` | ${status} | ${meaning} |`,
  );
  return [
    '# Errors',
    '',
    'Every refusal is data with four fields: `failure` (a code below), `field` (where), `value` (what came, shortened and made',
    'safe to print) and `expected`. Nothing is computed from input that was refused: there is no partial answer.',
    '',
    'The order is precedence. Where two refusals apply to one input, whoever checks for both reports the earlier one: first',
    'what cannot be read, then what has the wrong shape, then names that mean nothing, then moments and prices that are',
    'missing, then methods that cannot be carried out, then books that would not balance, then what the state of the venue',
    'or of the account forbids, then signatures and proofs, and last the journal. Within a code the first field in the order',
    'of the input is named.',
    '',
    '`status` is the HTTP status of the service. The command line prints one line `CODE: field = value, expected …` on',
    'standard error (with `--json` also the failure as JSON on standard output) and exits with 2.',
    '',
    'This page is made from `src/base/catalogue.ts` by `node test/tidy/write-errors.ts`.',
    '',
    '| code | status | meaning |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
