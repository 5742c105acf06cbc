/** What bars say of themselves since then; null in rows from before. A revised bar is a row more: the newest one counts. */
export const wholeBars = {
  id: 5,
  name: 'whole-bars',
  sql: `
alter table bars add column incomplete boolean;
alter table bars add column revised boolean;
`,
}
