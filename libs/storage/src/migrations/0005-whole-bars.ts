/** Columns that bars have since then; null in older rows. A revised bar is an additional row: the newest one counts. */
export const wholeBars = {
  id: 5,
  name: 'whole-bars',
  sql: `
alter table bars add column incomplete boolean;
alter table bars add column revised boolean;
`,
}
