/**
 * The chained audit of operators' actions; the slowest fills with their traces; the progress of a copy from another database.
 */
export const audit = {
  id: 3,
  name: 'audit',
  sql: `
-- Link n covers link n - 1; see src/audit/audit-chain.ts.
create table audit_log (
  link     bigint primary key,
  entry_id text not null unique,
  time     timestamptz not null,
  account  text not null,
  run_id   text,
  command  text not null,
  who      text not null,
  why      text not null,
  before   jsonb,
  after    jsonb,
  outcome  text not null,
  mac      text not null
);

create table slowest_fills (
  run_id           text not null,
  fill_id          text not null,
  intent_id        text not null,
  strategy         text not null,
  symbol           text not null,
  total_us         bigint not null,
  tick_to_order_us bigint,
  trace_id         text,
  time             timestamptz not null,
  primary key (run_id, fill_id)
);
create index slowest_fills_total on slowest_fills (total_us desc);

-- The last key that was copied, as text, by table of the database that is copied from.
create table copy_progress (
  source      text not null,
  table_name  text not null,
  last_key    jsonb not null,
  copied_rows bigint not null,
  primary key (source, table_name)
);
`,
}
