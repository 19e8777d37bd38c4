/** Wire types, parsers and schemas: everything that a client of the engine needs, and nothing of the engine. */
export { type BookFile, BookFileSchema, parseAccounts, parseBookFile } from './book-file.ts';
export { MarketFileSchema, parseMarketFile } from './market-file.ts';
export { MethodologyFileSchema, parseMethodologyFile } from './methodology-file.ts';
export { type PositionsTable, parsePositionsTable } from './positions-table.ts';
export { type ReportParts, toMarginJson, toReportJson } from './report-json.ts';
export { type ChainReport, importChain } from './deribit-chain.ts';
export { type InstrumentName, parseInstrumentName, toInstrumentName } from './instrument-name.ts';
export { ERRORS, type ErrorCode } from '../base/catalogue.ts';
export { describeFailure, type Failure, isFailure } from '../base/failure.ts';
