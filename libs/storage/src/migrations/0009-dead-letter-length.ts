/** How long a dead letter was before its bytes were cut; null where all of them are kept. */
export const deadLetterLength = {
  id: 9,
  name: 'dead letter length',
  sql: 'alter table dead_letters add column raw_bytes bigint;\n',
}
