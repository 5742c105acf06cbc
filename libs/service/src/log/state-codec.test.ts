import { field, stateSchema } from '@triplane/contracts'
import { aFill, anOrderIntent, aQuote, stateMutations } from '@triplane/testing'
import { createStateCodec, digestOfSchema } from './state-codec.ts'

const schema = stateSchema({
  seq: field.count,
  mode: field.oneOf(['active', 'halted']),
  cash: field.units,
  newest: field.orNull(field.event('fill', 'quote')),
  waiting: field.list(
    field.either([
      stateSchema({ kind: field.literal('order'), dueUs: field.timeUs, order: field.event('orderIntent') }),
      stateSchema({ kind: field.literal('cancel'), dueUs: field.timeUs, intentId: field.text }),
    ]),
  ),
  denials: field.countsOf(['late', 'large']),
})
const savedBy = { configurationDigest: 'settings', commit: 'c1' }
const codec = createStateCodec(schema, savedBy)
const { limitPrice: _, ...market } = anOrderIntent({ orderType: 'MARKET' })
const state = {
  seq: 7,
  mode: 'active' as const,
  cash: '-100000000',
  newest: aFill(),
  waiting: [
    { kind: 'order' as const, dueUs: 5, order: market },
    { kind: 'cancel' as const, dueUs: 6, intentId: 'OFI-1' },
  ],
  denials: { late: 1, large: 0 },
}
const envelope = () => JSON.parse(codec.encode(state)) as Record<string, unknown>
const refusalOf = (saved: unknown): string => {
  try {
    codec.decode(JSON.stringify(saved))
    return 'taken'
  } catch (error) {
    return (error as Error).message
  }
}

describe('an envelope of state', () => {
  it('gives back what was put in, and says by whom', () => {
    expect(codec.decode(codec.encode(state))).toEqual({ state, differences: [] })
    expect(envelope()).toMatchObject({
      version: 1,
      configurationDigest: 'settings',
      commit: 'c1',
      node: process.version,
    })
    expect(Object.keys(envelope())).toEqual([
      'version',
      'schemaDigest',
      'configurationDigest',
      'commit',
      'node',
      'state',
    ])
  })

  it('is refused with any field less or more, at any depth, by the path of the field', () => {
    const saved = envelope()
    let mutations = 0
    for (const { path, kind } of stateMutations(saved)) {
      mutations++
      expect(`${kind} ${path}: ${refusalOf(saved)}`).toContain(
        path === '/version' ? 'Expected /version' : kind === 'deleted' ? `the field ${path}` : `no field ${path}`,
      )
    }
    expect(mutations).toBeGreaterThan(50)
    expect(refusalOf(saved)).toBe('taken')
  })

  it.each([
    ['a number that is text', { seq: '7' }, '/state/seq: Expected integer, was "7"'],
    ['an unknown word', { mode: 'asleep' }, '/state/mode: Expected union value, was "asleep"'],
    ['units with a point', { cash: '1.5' }, '/state/cash: Expected string to match \'^-?\\d+$\', was "1.5"'],
    ['an event of another type', { newest: anOrderIntent() }, '/state/newest'],
    ['a price that is text', { newest: { ...aQuote(), bid: '1' } }, '/state/newest/bid: Expected number, was "1"'],
  ])('is refused for %s', (_, change, message) => {
    expect(refusalOf({ ...envelope(), state: { ...state, ...change } })).toContain(message)
  })

  it('is refused when a build with other state has saved it', () => {
    const other = createStateCodec(stateSchema({ seq: field.count, more: field.flag }), savedBy)
    expect(refusalOf(JSON.parse(other.encode({ seq: 1, more: true })))).toBe(
      'Expected the field /state/mode, was nothing',
    )
    expect(refusalOf({ ...envelope(), schemaDigest: 'other' })).toMatch(
      /^Expected \/schemaDigest to be [0-9a-f]{64}, was other/,
    )
    expect(refusalOf({ ...envelope(), version: 2 })).toBe('Expected /version to be 1, was 2')
    expect(refusalOf(undefined)).toBe('Expected JSON, was something else')
  })

  it('tells another configuration, commit and Node, and takes the state', () => {
    const { node: _node, ...rest } = envelope()
    const later = createStateCodec(schema, { configurationDigest: 'others', commit: 'c2' })
    expect(later.decode(JSON.stringify({ ...rest, node: 'v20.0.0' })).differences).toEqual([
      'It was saved under another configuration',
      'It was saved by commit c1, this is c2',
      `It was saved by Node v20.0.0, this is ${process.version}`,
    ])
  })

  it('is not written around a state that could not be read back', () => {
    expect(() => codec.encode({ ...state, seq: Number.NaN })).toThrow(
      /Invariant: what is saved fits its schema, was \/state\/seq: Expected integer/,
    )
  })

  it('has a digest of shape, not of wording or order', () => {
    const one = stateSchema({ a: field.count, b: field.list(field.text) })
    expect(digestOfSchema({ ...one, description: 'said otherwise' })).toBe(digestOfSchema(one))
    expect(digestOfSchema(stateSchema({ b: field.list(field.text), a: field.count }))).toBe(digestOfSchema(one))
    expect(digestOfSchema(stateSchema({ a: field.count, b: field.list(field.count) }))).not.toBe(digestOfSchema(one))
  })
})
