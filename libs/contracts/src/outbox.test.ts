import { aTrade } from '@triplane/testing'
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
