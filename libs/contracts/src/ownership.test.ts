import { definitionOf, topicFor, type Event } from './event.ts'
import { judgeOwner, partyOf } from './ownership.ts'
import { topics } from './topics.ts'
import type { Topic } from './topic.ts'

const command = (command: 'halt' | 'reduce' | 'resume' | 'rearm'): Event => {
  return { ...definitionOf.operatorCommand.example, command }
}
const judge = (topic: Topic, producer: string, events: readonly Event[]) =>
  judgeOwner({ topic, producer }, events)?.code

describe('the party of a producer', () => {
  it.each([
    ['data-plane', 'data-plane'],
    ['data-plane.kraken', 'data-plane'],
    ['data-plane.kraken.edge', 'data-plane.edge'],
    ['order-plane.edge', 'order-plane.edge'],
    ['order-plane.edge.edge', 'order-plane.edge'],
    ['order-planes', undefined],
    ['order-plane.a.b', undefined],
    ['order-plane.', undefined],
    [' order-plane', undefined],
    ['runs', undefined],
    ['', undefined],
  ])('%s', (producer, party) => {
    expect(partyOf(producer)).toBe(party)
  })
})

describe('the owner of a record', () => {
  const examples: readonly Event[] = Object.values(definitionOf).map(({ example }) => example)

  it('is one of the writers of its topic, for every event', () => {
    for (const event of examples) {
      const topic: Topic = topicFor(event)
      for (const writer of topic.writers) expect(judge(topic, writer, [event])).toBeUndefined()
      const foreign = judge(topic, 'poison', [event])
      expect([topic.name, foreign]).toEqual([
        topic.name,
        topic === topics.halts ? undefined : (expect.any(String) as string),
      ])
    }
  })

  it.each([
    ['a resume of another plane', topics.commands, 'strategy-plane.edge', command('resume')],
    ['a re-arm of a core', topics.commands, 'order-plane', command('rearm')],
    ['a resume among the halts, of whoever', topics.halts, 'order-plane.edge', command('resume')],
    ['a switch of another plane', topics.killSwitch, 'order-plane', definitionOf.killSwitch.example],
    ['a run that no order plane started', topics.runs, 'runs', definitionOf.run.example],
    ['an intent of an edge', topics.intents, 'strategy-plane.edge', definitionOf.orderIntent.example],
  ])('is not whoever wrote %s', (_, topic, producer, event) => {
    expect(judge(topic, producer, [event])).toBe('foreign_record')
  })

  it('is said apart where no money can follow at once', () => {
    expect(judge(topics.market, 'poison', [definitionOf.trade.example])).toBe('foreign_writer')
  })

  it.each([topics.halts, topics.commands])('is not asked for where it only tightens: $name', (topic) => {
    for (const producer of ['poison', 'data-plane.edge', 'order-plane.edge'])
      for (const order of ['halt', 'reduce'] as const) expect(judge(topic, producer, [command(order)])).toBeUndefined()
    expect(judge(topic, 'poison', [command('halt'), command('resume')])).toBe('foreign_record')
    expect(judge(topic, 'poison', [])).toBe('foreign_record')
  })
})
