import { topics, type Event, type Topic } from '@triplane/contracts'
import type { BusRecord } from '@triplane/messaging'
import { anOperatorCommand, aQuote, aTrade } from '@triplane/testing'
import { CatchUp } from './catch-up.ts'

const record = (topic: BusRecord['topic'], runId = 'run'): BusRecord<unknown> => {
  return { topic, runId, partition: 0, offset: 0, key: '', producer: 'data-plane', seq: 1, tsSentUs: 0, events: [] }
}

/** Trades and quotes in one partition each, of which `more` has the topics that have more. */
function catchingUp(startUs = 0) {
  const more = new Set<Topic>([topics.trades, topics.quotes])
  let nowUs = 0
  const catchUp = new CatchUp(
    [topics.trades, topics.quotes].map((topic) => ({ topic, partition: 0 })),
    { hasMore: (topic) => more.has(topic) },
    { runId: 'run', startUs, clock: { monotonicUs: () => nowUs } },
  )
  const note = (topic: BusRecord['topic'], events: readonly Event[], runId?: string) =>
    catchUp.note(record(topic, runId), events)
  const waitS = (seconds: number) => void (nowUs += seconds * 1e6)
  return { catchUp, more, note, waitS }
}

describe('CatchUp', () => {
  it('holds time at the partition that is furthest behind, and at the start of one of which nothing came', () => {
    const { catchUp, note } = catchingUp(100)
    expect(catchUp.holdUs()).toBe(100)
    note(topics.trades, [aTrade({ tsRecvUs: 500 }), aTrade({ tsRecvUs: 700 })])
    expect(catchUp.holdUs()).toBe(100)
    note(topics.quotes, [aQuote({ tsRecvUs: 300 })])
    expect(catchUp.holdUs()).toBe(300)
    note(topics.quotes, [aQuote({ tsRecvUs: 900 })])
    expect(catchUp.holdUs()).toBe(700)
  })

  it('holds nothing back for a partition that was read to its end, nor ever again', () => {
    const { catchUp, more, note } = catchingUp()
    note(topics.trades, [aTrade({ tsRecvUs: 500 })])
    more.delete(topics.quotes)
    expect(catchUp.holdUs()).toBe(500)
    more.add(topics.quotes)
    expect(catchUp.holdUs()).toBe(500)
    more.delete(topics.trades)
    expect(catchUp.holdUs()).toBe(Infinity)
    more.add(topics.trades)
    expect(catchUp.holdUs()).toBe(Infinity)
  })

  it('takes no time from other runs, other topics, or what is no market data', () => {
    const { catchUp, more, note } = catchingUp(100)
    more.delete(topics.quotes)
    note(topics.trades, [aTrade({ tsRecvUs: 500 })], 'another')
    note(topics.books, [aTrade({ tsRecvUs: 600 })])
    note(topics.trades, [anOperatorCommand({ effectUs: 700 })])
    note(topics.trades, [])
    expect(catchUp.holdUs()).toBe(100)
  })

  it('gives up what does not come for half a minute, counted from what came last', () => {
    const { catchUp, note, waitS } = catchingUp(100)
    expect(catchUp.holdUs()).toBe(100)
    waitS(20)
    note(topics.trades, [aTrade({ tsRecvUs: 500 })])
    waitS(20)
    expect(catchUp.holdUs()).toBe(100)
    waitS(29)
    expect(catchUp.holdUs()).toBe(100)
    waitS(2)
    expect(catchUp.holdUs()).toBe(Infinity)
  })
})
