import { aMarketStatus, aTrade } from '@triplane/testing'
import { encodeLine, keyOf } from './event.ts'
import { Outbox } from './outbox.ts'

describe('Outbox', () => {
  it('numbers events in emission order and continues after a restart', () => {
    const outbox = new Outbox(41)
    expect(outbox.nextSeq).toBe(42)
    outbox.add(aTrade({ seq: 0 }))
    outbox.add(aTrade({ seq: 0 }))
    expect(outbox.drain().map((event) => event.seq)).toEqual([42, 43])
    expect(outbox.drain()).toEqual([])
    expect(outbox.lastSeq).toBe(43)
  })

  it.each([1, 32, 33, 100])('drains %d events, again and again, each once', (count) => {
    const outbox = new Outbox()
    const drained = [1, 2, 3].map(() => {
      for (let i = 0; i < count; i++) outbox.add(aTrade({ seq: 0 }))
      expect(outbox.size).toBe(count)
      return outbox.drain()
    })
    outbox.add(aTrade({ seq: 0 }))
    expect(outbox.drain()).toHaveLength(1)
    expect(drained.flat().map(({ seq }) => seq)).toEqual(Array.from({ length: 3 * count }, (_, i) => i + 1))
  })

  it('inserts the sequence behind the type, as on the wire', () => {
    const { seq: _, ...draft } = aMarketStatus()
    const outbox = new Outbox(6)
    outbox.add(draft)
    const [event] = outbox.drain()
    expect(event).toEqual({ ...draft, seq: 7 })
    expect(event && JSON.stringify(event)).toBe(event && encodeLine(event))
    expect(draft).not.toHaveProperty('seq')
  })

  it('completes the draft itself when it has the field', () => {
    const outbox = new Outbox()
    const trade = aTrade({ seq: 0 })
    outbox.add(trade)
    expect(outbox.drain()[0]).toBe(trade)
  })

  it('does not accept a draft as an event', () => {
    const { seq: _, ...draft } = aTrade()
    // @ts-expect-error it has no sequence yet
    expect(keyOf(draft, 'account', 'data-plane')).toBe('data-plane')
  })
})
