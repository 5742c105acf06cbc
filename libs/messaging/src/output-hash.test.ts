import { createHash } from 'node:crypto'
import { wire, type Event } from '@triplane/contracts'
import { aHeartbeat, aTrade, examples } from '@triplane/testing'
import { OutputHash, runHash } from './output-hash.ts'

const trades = Array.from({ length: 10_000 }, (_, i) => aTrade({ seq: i + 1, tradeId: i }))

describe('OutputHash', () => {
  it('does not depend on where it was saved and restored', () => {
    const whole = new OutputHash()
    for (const trade of trades) whole.add(trade)
    for (const at of [0, 1, 4095, 4096, 4097, 9999]) {
      const first = new OutputHash()
      for (const trade of trades.slice(0, at)) first.add(trade)
      const second = new OutputHash(JSON.parse(JSON.stringify(first.state())))
      for (const trade of trades.slice(at)) second.add(trade)
      expect(second.digest()).toBe(whole.digest())
    }
  })

  it('changes with one digit of one event, and with a missing one', () => {
    const of = (events: readonly ReturnType<typeof aTrade>[]) => {
      const hash = new OutputHash()
      for (const event of events) hash.add(event)
      return hash.digest()
    }
    const few = trades.slice(0, 3)
    expect(of([...few.slice(0, 2), aTrade({ seq: 3, tradeId: 2, size: 0.007 })])).not.toBe(of(few))
    expect(of(few.slice(0, 2))).not.toBe(of(few))
  })

  it('does not depend on where it was saved, whatever labels were used before and after', () => {
    const events: readonly Event[] = [...Object.values(examples), ...Object.values(examples)].map((event, i) =>
      event.type === 'signal' ? { ...event, strategy: `S${i}` } : event,
    )
    const whole = new OutputHash()
    for (const event of events) whole.add(event)
    for (let at = 0; at <= events.length; at++) {
      const first = new OutputHash()
      for (const event of events.slice(0, at)) first.add(event)
      const second = new OutputHash(JSON.parse(JSON.stringify(first.state())))
      for (const event of events.slice(at)) second.add(event)
      expect(second.digest()).toBe(whole.digest())
    }
  })

  it('hashes a zero without its sign, like a line', () => {
    const of = (size: number) => {
      const hash = new OutputHash()
      hash.add(aTrade({ size }))
      return hash.digest()
    }
    expect(of(-0)).toBe(of(0))
  })

  it('changes with a label, even when its number stays', () => {
    const of = (source: string) => {
      const hash = new OutputHash()
      hash.add(aTrade({ source }))
      return hash.digest()
    }
    expect(of('sim')).not.toBe(of('sin'))
  })

  it('is SHA-256 over the zero hash, the event, and the new labels', () => {
    const hash = new OutputHash()
    hash.add(aTrade())
    // Without the record's head of 24 bytes.
    const bytes = wire.encodeRecord([aTrade()]).subarray(24)
    expect(hash.digest()).toBe(createHash('sha256').update(Buffer.alloc(32)).update(bytes).digest('hex'))
  })

  it('leaves out heartbeats and can be read at any time', () => {
    const hash = new OutputHash()
    expect(hash.digest()).toBe('00'.repeat(32))
    hash.add(aHeartbeat())
    expect(hash.digest()).toBe('00'.repeat(32))
    hash.add(aTrade())
    expect(hash.digest()).toBe(hash.digest())
  })

  it('gives the run its own hash', () => {
    expect(runHash({ data: 'a', order: 'b', strategy: 'c' })).not.toBe(
      runHash({ data: 'b', order: 'a', strategy: 'c' }),
    )
  })
})
