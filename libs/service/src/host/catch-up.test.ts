import { Deferred } from '@triplane/async'
import { topics, type Event } from '@triplane/contracts'
import type { BusRecord, Position } from '@triplane/messaging'
import { anOperatorCommand, aQuote, aTrade } from '@triplane/testing'
import { CatchUp } from './catch-up.ts'

const record = (partition: number, runId = 'run', topic: BusRecord['topic'] = topics.market): BusRecord<unknown> => {
  return { topic, runId, partition, offset: 0, key: '', producer: 'data-plane', seq: 1, tsSentUs: 0, events: [] }
}

/** Two partitions, of which `more` has those that have more. */
function catchingUp(startUs = 0) {
  const more = new Set([0, 1])
  const next = new Map<string, number>()
  const answers: Deferred<readonly Position[]>[] = []
  let nowUs = 0
  const catchUp = new CatchUp(
    [0, 1].map((partition) => ({ topic: topics.market, partition })),
    { hasMore: (_topic, partition) => more.has(partition) },
    {
      ...{ runId: 'run', startUs, clock: { monotonicUs: () => nowUs } },
      nextOffsetOf: (place) => next.get(place) ?? 0,
      askEnds() {
        const answer = new Deferred<readonly Position[]>()
        answers.push(answer)
        return answer.promise
      },
    },
  )
  const note = (partition: number, events: readonly Event[], runId?: string, topic?: BusRecord['topic']) =>
    catchUp.note(record(partition, runId, topic), events)
  const waitS = (seconds: number) => void (nowUs += seconds * 1e6)
  return { catchUp, more, note, waitS, next, answers }
}

describe('CatchUp', () => {
  it('holds time at the partition that is furthest behind, and at the start of one of which nothing came', () => {
    const { catchUp, note } = catchingUp(100)
    expect(catchUp.holdUs()).toBe(100)
    note(0, [aTrade({ tsRecvUs: 500 }), aTrade({ tsRecvUs: 700 })])
    expect(catchUp.holdUs()).toBe(100)
    note(1, [aQuote({ tsRecvUs: 300 })])
    expect(catchUp.holdUs()).toBe(300)
    note(1, [aQuote({ tsRecvUs: 900 })])
    expect(catchUp.holdUs()).toBe(700)
  })

  it('holds nothing back for a partition that was read to its end, nor ever again', () => {
    const { catchUp, more, note } = catchingUp()
    note(0, [aTrade({ tsRecvUs: 500 })])
    more.delete(1)
    expect(catchUp.holdUs()).toBe(500)
    more.add(1)
    expect(catchUp.holdUs()).toBe(500)
    more.delete(0)
    expect(catchUp.holdUs()).toBe(Infinity)
    more.add(0)
    expect(catchUp.holdUs()).toBe(Infinity)
  })

  it('takes no time from other runs, other topics, or what is no market data', () => {
    const { catchUp, more, note } = catchingUp(100)
    more.delete(1)
    note(0, [aTrade({ tsRecvUs: 500 })], 'another')
    note(0, [aTrade({ tsRecvUs: 600 })], 'run', topics.fills)
    note(0, [anOperatorCommand({ effectUs: 700 })])
    note(0, [])
    expect(catchUp.holdUs()).toBe(100)
  })

  it('gives up what does not come for half a minute, counted from what came last', () => {
    const { catchUp, note, waitS } = catchingUp(100)
    expect(catchUp.holdUs()).toBe(100)
    waitS(20)
    note(0, [aTrade({ tsRecvUs: 500 })])
    waitS(20)
    expect(catchUp.holdUs()).toBe(100)
    waitS(29)
    expect(catchUp.holdUs()).toBe(100)
    waitS(2)
    expect(catchUp.holdUs()).toBe(Infinity)
  })

  it('holds time after a pause until the bus has told its ends, and each partition is read to its own', async () => {
    const { catchUp, more, note, next, answers } = catchingUp()
    more.clear()
    expect(catchUp.holdUs()).toBe(Infinity)
    catchUp.restart(500)
    expect(catchUp.holdUs()).toBe(500)
    answers.shift()?.resolve([
      { topic: topics.market.name, partition: 0, offset: 3 },
      { topic: topics.market.name, partition: 1, offset: 9 },
    ])
    await Promise.resolve()
    expect(catchUp.holdUs()).toBe(500)
    note(0, [aTrade({ tsRecvUs: 700 })])
    note(1, [aTrade({ tsRecvUs: 600 })])
    next.set(`${topics.market.name}/1`, 9)
    expect(catchUp.holdUs()).toBe(700)
    next.set(`${topics.market.name}/0`, 3)
    expect(catchUp.holdUs()).toBe(Infinity)
  })

  it('takes no answer from before the newest pause', async () => {
    const { catchUp, more, answers } = catchingUp()
    more.clear()
    catchUp.restart(500)
    catchUp.restart(600)
    answers.shift()?.resolve([])
    await Promise.resolve()
    expect(catchUp.holdUs()).toBe(600)
    answers.shift()?.resolve([])
    await Promise.resolve()
    expect(catchUp.holdUs()).toBe(Infinity)
  })
})
