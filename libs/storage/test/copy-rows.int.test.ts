import fc from 'fast-check'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { copyHeader, CopyRows, copyTrailer, type ColumnKind } from '../src/history/copy-rows.ts'
import { fromUs } from '../src/history/time-sql.ts'
import { describeGrades } from './grade-server.ts'

const places = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 30 })
const decimals = fc.oneof(
  fc.tuple(fc.constantFrom('', '-'), places, places).map(([minus, whole, part]) => `${minus}${whole}.${part}`),
  fc.tuple(fc.constantFrom('', '-'), places).map(([minus, whole]) => minus + whole),
  fc.constantFrom('0', '-0.000', '9999', '10000', '0.0001', '0.00001', '99999999.99999999', `0.${'0'.repeat(40)}1`),
)
/** Postgres takes no NUL in a text of ours, and the copy writes another character. */
const texts = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''))
const doubles = fc.double({ noNaN: true })
/** Microseconds, of the years 1716 to 2255. */
const times = fc.integer({ min: -8_000_000_000_000_000, max: Number.MAX_SAFE_INTEGER })
const plain = fc.dictionary(fc.string({ unit: 'grapheme-ascii' }), fc.oneof(fc.integer(), fc.boolean(), texts, doubles))

/** For each kind: its values, its column, and the value that Postgres makes of `sent`, a text of it. */
const kinds: Readonly<
  Record<ColumnKind, { values: fc.Arbitrary<unknown>; type: string; sql: string; sent?: (value: unknown) => string }>
> = {
  text: { values: texts, type: 'text', sql: 'sent' },
  integer: { values: fc.maxSafeInteger(), type: 'bigint', sql: 'sent::bigint' },
  double: { values: doubles, type: 'double precision', sql: 'sent::double precision' },
  numeric: { values: decimals, type: 'numeric', sql: 'sent::numeric' },
  boolean: { values: fc.boolean(), type: 'boolean', sql: 'sent::boolean' },
  time: { values: times, type: 'timestamptz', sql: fromUs('sent::bigint') },
  json: { values: plain, type: 'jsonb', sql: 'sent::jsonb', sent: (value) => JSON.stringify(value) },
  latin1: {
    values: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('latin1')),
    type: 'bytea',
    sql: 'sent::bytea',
    sent: (value) => `\\x${Buffer.from(String(value), 'latin1').toString('hex')}`,
  },
}

describeGrades('binary COPY', ({ newDatabase }) => {
  jest.setTimeout(60_000)
  let client: pg.Client
  beforeAll(async () => {
    client = new pg.Client({ connectionString: await newDatabase() })
    // The server is stopped before the connection's end is heard.
    client.on('error', () => undefined)
    await client.connect()
  }, 180_000)
  afterAll(() => client?.end())

  it.each(Object.entries(kinds))('%s is what Postgres reads of its text', async (kind, { values, type, sql, sent }) => {
    await client.query(`create temporary table copied_${kind} (id bigint, sent text, value ${type})`)
    const absent = [undefined, ...fc.sample(values, { numRuns: 500, seed: 42 })]
    const rows = new CopyRows()
    for (const [id, value] of absent.entries()) {
      rows.row(3)
      rows.add('integer', id)
      rows.add('text', value === undefined ? undefined : (sent ?? String)(value))
      rows.add(kind as ColumnKind, value)
    }
    const copy = copyFrom(`copy copied_${kind} from stdin (format binary)`)
    await pipeline(Readable.from([copyHeader, rows.bytes, copyTrailer]), client.query(copy))

    const differing = `select id, sent, value::text, (${sql})::text as want from copied_${kind}
      where (${sql})::text is distinct from value::text`
    expect((await client.query(differing)).rows).toEqual([])
    const counted = await client.query(`select count(*)::int as all, count(value)::int as present from copied_${kind}`)
    expect(counted.rows).toEqual([{ all: absent.length, present: absent.length - 1 }])
  })
})
