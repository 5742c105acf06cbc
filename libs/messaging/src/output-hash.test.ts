import { aHeartbeat, aTrade } from '@triplane/testing'
import { OutputHash, runHash } from './output-hash.ts'

const trades = Array.from({ length: 10_000 }, (_, i) => aTrade({ seq: i + 1, tradeId: i }))

describe('OutputHash', () => {
  it('does not change with the place where it was saved and restored', () => {
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

  it('leaves heartbeats out and can be asked at any time', () => {
    const hash = new OutputHash()
    expect(hash.digest()).toBe('00'.repeat(32))
    hash.add(aHeartbeat())
    expect(hash.digest()).toBe('00'.repeat(32))
    hash.add(aTrade())
    expect(hash.digest()).toBe(hash.digest())
  })

  it('gives the run a hash of its own', () => {
    expect(runHash({ data: 'a', order: 'b', strategy: 'c' })).not.toBe(
      runHash({ data: 'b', order: 'a', strategy: 'c' }),
    )
  })
})
