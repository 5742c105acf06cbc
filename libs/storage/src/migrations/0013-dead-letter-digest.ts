/** SHA-256 of all bytes of a dead letter that keeps the first of them only; null when all are kept. */
export const deadLetterDigest = {
  id: 13,
  name: 'dead letter digest',
  sql: 'alter table dead_letters add column raw_sha256 text;\n',
}
