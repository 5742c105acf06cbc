import type { Grade } from '../grades/grade.ts'

/**
 * A table with compressed chunks cannot have its columns changed: it is decompressed first, and the next pass compresses it
 * again.
 */
const uncompressed = (change: string) => `
select remove_compression_policy('quotes', if_exists => true);
select decompress_chunk(chunk, if_compressed => true) from show_chunks('quotes') as chunk;
alter table quotes set (timescaledb.compress = false);
${change}
alter table quotes set (timescaledb.compress,
  timescaledb.compress_segmentby = 'run_id, producer, symbol', timescaledb.compress_orderby = 'time, seq');
select add_compression_policy('quotes', compress_created_before => interval '7 days');
`

const quotes = 'alter table quotes alter column update_id drop not null;'

/** Not every venue numbers its trades and updates: `trade_ref` is a trade id that is not an integer. */
export const optionalIds = {
  id: 11,
  name: 'optional-ids',
  sql: (grade: Grade): string => `
alter table trades alter column trade_id drop not null;
alter table trades add column trade_ref text;
${grade === 'timescale' ? uncompressed(quotes) : quotes}
`,
}
