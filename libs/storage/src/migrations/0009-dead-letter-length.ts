/** The length of a dead letter before its bytes were cut; null when all are kept. */
export const deadLetterLength = {
  id: 9,
  name: 'dead letter length',
  sql: 'alter table dead_letters add column raw_bytes bigint;\n',
}
