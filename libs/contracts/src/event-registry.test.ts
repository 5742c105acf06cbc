import { Type } from '@sinclair/typebox'
import { defineEvent } from './define-event.ts'
import { eventDefinitions, eventTypes } from './event.ts'
import { createEventRegistry } from './event-registry.ts'
import { exampleMarket, marketFields, real } from './fields.ts'
import { rank } from './input-order.ts'
import { topics } from './topics.ts'

/** An event that Triplane does not define. */
const fundingTopic = {
  name: 'market.funding.v2',
  writers: ['data-plane'],
  readers: ['order-plane'],
  keyedBy: 'instrument',
  batched: true,
  compacted: false,
  retentionHours: 24,
} as const
const funding = defineEvent({
  tag: 'funding',
  version: 2,
  wireNumber: 255,
  doc: 'What a perpetual pays.',
  schema: { ...marketFields, rate: real('share of the notional, 0-1'), next: Type.Optional(real('the next one')) },
  topic: fundingTopic,
  key: ({ instrument }) => instrument,
  rank: rank.data,
  store: { table: 'funding', as: 'funding' },
  example: { ...exampleMarket, rate: 0.0001 },
})
const registry = createEventRegistry([...eventDefinitions, funding])
const line = `{"type":"funding","seq":1,"source":"sim","instrument":"BTC/USDT@sim","tsRecvUs":1723127400000000,"rate":0.0001}`

describe('an event needs one definition only', () => {
  it('has a type', () => {
    const event: typeof funding.example = { ...funding.example, next: 0.0002 }
    // @ts-expect-error a rate is a number
    const wrong: typeof funding.example = { ...event, rate: '0.0001' }
    expect(registry.isEvent(event)).toBe(true)
    expect(registry.explainEvent(wrong)).toBe('funding/rate: Expected number, was "0.0001"')
  })

  it('has a topic of its own, a key, a rank and a table', () => {
    expect(registry.topicOf.funding).toBe(fundingTopic)
    expect(registry.typesOn(fundingTopic)).toEqual(['funding'])
    expect(registry.keyOf(funding.example, 'account', 'data-plane')).toBe('BTC/USDT@sim')
    expect(registry.rankOf.funding).toBe(rank.data)
    expect(registry.definitionOf.funding.store?.as).toBe('funding')
  })

  it('has a line, in whatever order its fields were set', () => {
    expect(registry.encodeLine(funding.example)).toBe(line)
    const turned = Object.fromEntries(Object.entries(funding.example).reverse())
    expect(registry.encodeLine(turned as typeof funding.example)).toBe(line)
    expect(registry.isEvent(JSON.parse(line))).toBe(true)
  })

  it('leaves the lines of the others unchanged', () => {
    const { trade } = registry.definitionOf
    expect(registry.keyOf(trade.example, 'account', 'data-plane')).toBe('data-plane')
    expect(registry.typesOn(topics.commands)).toEqual([
      'operatorCommand',
      'tuning',
      'accountOpening',
      'tradingCondition',
    ])
    expect(registry.typesOn(topics.halts)).toEqual(['operatorCommand'])
    expect(Object.keys(registry.definitionOf)).toEqual([...eventTypes, 'funding'])
  })

  it('has a tag of its own', () => {
    expect(() => createEventRegistry([...eventDefinitions, { ...funding, tag: 'trade' }])).toThrow('a tag of its own')
  })
})
