import fc from 'fast-check'
import { canonicalRow, completeEntry, macOf, NO_MAC, type AuditRow, type JsonValue } from './audit-chain.ts'

const key = Buffer.alloc(32, 7)
const row: Omit<AuditRow, 'mac'> = {
  link: 1,
  entryId: 'e-1',
  timeUs: 1_723_127_400_000_001,
  account: 'sim-run-1',
  runId: 'run-1',
  command: 'halt',
  who: 'operator',
  why: 'the "feed"\nlooks wrong',
  before: { state: 'normal', reasons: [] },
  after: { state: 'halted', '10': 1e21, '9': [true, null, 0.1] },
  outcome: 'done',
}

describe('the canonical form of an audit row', () => {
  it('is the documented one', () => {
    const fields =
      '"sim-run-1","run-1","halt","operator","the \\"feed\\"\\nlooks wrong",{"reasons":[],"state":"normal"},{"10":1e+21,"9":[true,null,0.1],"state":"halted"},"done"'
    expect(canonicalRow(row)).toBe(`["triplane-audit-1",1,"e-1",1723127400000001,${fields}]`)
    // Computed once with openssl dgst -sha256 -mac HMAC, so that chains stay valid across versions of this program.
    expect(macOf(key, row, NO_MAC)).toBe('ae79e97fd121cd909b4a7277af35f0e8948057758225810085bdbdf262a59600')
  })

  it('has null for absent values', () => {
    const { runId: _, before: __, ...rest } = row
    expect(canonicalRow(rest)).toContain('"sim-run-1",null,"halt"')
    expect(canonicalRow({ ...rest, before: null })).toBe(canonicalRow(rest))
  })

  it('does not depend on the order of names, and changes with anything else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const canonical = (after: unknown) => canonicalRow({ ...row, after: after as JsonValue })
        expect(canonical(reversed(one))).toBe(canonical(one))
        const isSame = canonical(one) === canonical(other)
        const normal = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown
        if (isSame) expect(normal(one)).toEqual(normal(other))
        else expect(normal(one)).not.toEqual(normal(other))
      }),
    )
  })

  it.each([
    'link',
    'entryId',
    'timeUs',
    'account',
    'runId',
    'command',
    'who',
    'why',
    'before',
    'after',
    'outcome',
  ] as const)('covers %s', (field) => {
    const other = { ...row, [field]: typeof row[field] === 'number' ? 2 : 'other' }
    expect(macOf(key, other, NO_MAC)).not.toBe(macOf(key, row, NO_MAC))
  })
})

describe('a complete entry', () => {
  it('has a name and a time, and nothing that Postgres cannot store', () => {
    const { link: _, entryId: __, timeUs: ___, ...entry } = row
    const odd = { ...entry, why: 'a\0b\ud800c', before: { 'k\0': ['\0', NaN, -0, undefined], gone: undefined } }
    expect(completeEntry(odd, 'e-9', 5)).toEqual({
      ...entry,
      entryId: 'e-9',
      timeUs: 5,
      why: 'a\uFFFDb\uFFFDc',
      before: { 'k\uFFFD': ['\uFFFD', null, 0, null] },
    })
    expect(completeEntry({ ...entry, entryId: 'mine', timeUs: 3 }, 'e-9', 5)).toMatchObject({
      entryId: 'mine',
      timeUs: 3,
    })
  })
})

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, field]) => [name, reversed(field)]),
  )
}
