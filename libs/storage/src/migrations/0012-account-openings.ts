/** What accounts owned when they were opened in a new run: its fills continue from there. */
export const accountOpenings = {
  id: 12,
  name: 'account-openings',
  sql: `
create table account_openings (
  run_id     text not null,
  producer   text not null,
  seq        bigint not null,
  time       timestamptz not null,
  opening_id text not null,
  account    jsonb not null,
  switches   jsonb not null,
  primary key (run_id, opening_id)
);
`,
}
