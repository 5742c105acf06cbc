import { aTrade } from '@triplane/testing'
import { compareInputs, rank, type InputKey } from './input-order.ts'
import { Outbox } from './outbox.ts'

describe('Outbox', () => {
  it('numbers events in emission order and goes on after a restart', () => {
    const outbox = new Outbox(41)
    expect(outbox.nextSeq).toBe(42)
    outbox.add(aTrade({ seq: 0 }))
    outbox.add(aTrade({ seq: 0 }))
    expect(outbox.drain().map((event) => event.seq)).toEqual([42, 43])
    expect(outbox.drain()).toEqual([])
    expect(outbox.lastSeq).toBe(43)
  })
})

describe('compareInputs', () => {
  it('orders by effect time, rank, producer, sequence', () => {
    const key = (effectUs: number, r: InputKey['rank'], producer: string, seq: number): InputKey => ({
      effectUs,
      rank: r,
      producer,
      seq,
    })
    const inOrder = [
      key(1, rank.strategy, 'a', 9),
      key(2, rank.command, 'z', 1),
      key(2, rank.data, 'a', 2),
      key(2, rank.data, 'a', 10),
      key(2, rank.data, 'b', 1),
      key(2, rank.timer, 'a', 1),
      key(2, rank.order, 'a', 1),
    ]
    expect([...inOrder].reverse().sort(compareInputs)).toEqual(inOrder)
  })
})
