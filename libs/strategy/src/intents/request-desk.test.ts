import { Outbox, type CancelIntent, type OrderIntent } from '@triplane/contracts'
import { fixed } from '@triplane/kernel'
import { aFill, anOrderEvent, testStartUs, anInstrument } from '@triplane/testing'
import fc from 'fast-check'
import { tradingTerms } from '@triplane/instruments'
import type { RequestedOrder } from '../strategies/strategy.ts'
import { RequestDesk, type RequestDeskSnapshot } from './request-desk.ts'

const btc = anInstrument()
const terms = tradingTerms(btc, 1)
const limits = { maxOrderUsd: 1000, maxPositionUsd: 2000 }
const config = {
  minTradeUsd: 50,
  maxOrderUsd: 1000,
  urgentTradeUsd: 2000,
  collarTicks: 5,
  repriceBps: 1,
  validityMs: 2000,
  minIntervalMs: 100,
  answerGraceMs: 1000,
}
const units = (quantity: string) => fixed(quantity, terms.quantityScale)
const bid: RequestedOrder = { key: 'bid', side: 'BUY', quantity: 5, limitPrice: 100.04, timeInForce: 'GTC' }
const ask: RequestedOrder = { key: 'ask', side: 'SELL', quantity: 5, limitPrice: 100.16, timeInForce: 'GTC' }

function openDesk(saved?: RequestDeskSnapshot) {
  const outbox = new Outbox<OrderIntent | CancelIntent>()
  const desk = new RequestDesk({ strategy: 'MM', instrument: 'BTC/USDT@sim', terms }, limits, config, saved)
  const drain = () => outbox.drain()
  return {
    desk,
    pursue(atMs: number, { position = '0', sellable = '', isReducing = false } = {}) {
      const market = { bid: 100, ask: 100.2, quotedUs: testStartUs }
      const held = { position: units(position), sellable: sellable === '' ? undefined : units(sellable) }
      desk.pursue({ ...market, ...held }, isReducing, testStartUs + atMs * 1000, outbox)
      return drain()
    },
    cancelAll(atMs: number) {
      desk.cancelAll('halted', testStartUs + atMs * 1000, outbox)
      return drain()
    },
    end: (intentId: string, filledQuantity = '0') =>
      desk.follow(anOrderEvent({ intentId, strategy: 'MM', state: 'cancelled', quantity: '5', filledQuantity })),
  }
}

const intents = (events: readonly (OrderIntent | CancelIntent)[]) =>
  events.flatMap((event) => (event.type === 'orderIntent' ? [event] : []))

describe('RequestDesk', () => {
  it('sends both sides as makers, at the tick that gives less away', () => {
    const { desk, pursue } = openDesk()
    desk.request([bid, ask])
    expect(pursue(0)).toMatchObject([
      { intentId: 'MM-1', side: 'BUY', limitPrice: '100', quantity: '5', postOnly: true, timeInForce: 'GTC' },
      { intentId: 'MM-2', side: 'SELL', limitPrice: '100.2', quantity: '5', postOnly: true },
    ])
    expect(pursue(500)).toEqual([])
  })

  it('cancels what is not asked for any more, and sends the next under its key when it has ended', () => {
    const { desk, pursue, end } = openDesk()
    desk.request([bid, ask])
    pursue(0)
    desk.request([{ ...bid, limitPrice: 99 }, ask])
    expect(pursue(500)).toMatchObject([{ type: 'cancelIntent', intentId: 'MM-1', strategy: 'MM', reason: 'replaced' }])
    expect(pursue(600)).toEqual([])
    expect(end('MM-1')).toBe(true)
    expect(pursue(700)).toMatchObject([{ type: 'orderIntent', side: 'BUY', limitPrice: '99' }])
    desk.request([])
    expect(pursue(800).map(({ type }) => type)).toEqual(['cancelIntent', 'cancelIntent'])
  })

  it('sends an IOC order once each time it is asked for', () => {
    const { desk, pursue, end } = openDesk()
    const leg: RequestedOrder = { ...bid, timeInForce: 'IOC' }
    desk.request([leg])
    const [sent] = intents(pursue(0))
    expect(sent).toMatchObject({ timeInForce: 'IOC', postOnly: false })
    end(sent?.intentId ?? '')
    expect(pursue(500)).toEqual([])
    desk.request([leg])
    expect(intents(pursue(1000))).toHaveLength(1)
  })

  it.each([
    { name: 'to the largest order', order: { quantity: 50 }, given: {}, quantity: '10' },
    { name: 'to the room of the position', order: {}, given: { position: '17.5' }, quantity: '2.5' },
    { name: 'to whole lots', order: { quantity: 1.23456 }, given: {}, quantity: '1.234' },
  ])('cuts a request $name', ({ order, given, quantity }) => {
    const { desk, pursue } = openDesk()
    desk.request([{ ...bid, ...order }])
    expect(pursue(0, given)).toMatchObject([{ quantity }])
  })

  it('sends nothing where there is no room, or less than the venue takes', () => {
    const { desk, pursue } = openDesk()
    desk.request([bid, { ...ask, quantity: 0.05 }])
    expect(pursue(0, { position: '20' })).toEqual([])
  })

  it('sells no more than is held where there is no margin, and only reduces while it must', () => {
    const { desk, pursue } = openDesk()
    desk.request([bid, ask])
    expect(intents(pursue(0, { position: '3', sellable: '3' }))).toMatchObject([
      { side: 'BUY', quantity: '5' },
      { side: 'SELL', quantity: '3' },
    ])
    const reducing = openDesk()
    reducing.desk.request([bid, ask])
    expect(intents(reducing.pursue(0, { position: '3', isReducing: true }))).toMatchObject([
      { side: 'SELL', quantity: '3' },
    ])
  })

  it('goes on from what it saved: the order under a key is known', () => {
    const { desk, pursue } = openDesk()
    desk.request([bid, ask])
    pursue(0)
    const restored = openDesk(JSON.parse(JSON.stringify(desk.snapshot())) as RequestDeskSnapshot)
    expect(restored.pursue(500)).toEqual([])
    expect(restored.cancelAll(600)).toMatchObject([{ intentId: 'MM-1', reason: 'halted' }, { intentId: 'MM-2' }])
    expect(restored.cancelAll(700)).toEqual([])
    expect(restored.cancelAll(1700)).toHaveLength(2)
  })

  it('never has more under way than its limits leave, whatever is asked and filled', () => {
    const requests = fc.array(
      fc.record({
        key: fc.constantFrom('a', 'b', 'c'),
        side: fc.constantFrom('BUY' as const, 'SELL' as const),
        quantity: fc.double({ min: 0.001, max: 40, noNaN: true }),
        limitPrice: fc.integer({ min: 950, max: 1050 }).map((ticks) => ticks / 10),
        timeInForce: fc.constantFrom('GTC' as const, 'IOC' as const),
      }),
      { maxLength: 3 },
    )
    const steps = fc.array(fc.record({ requests, fate: fc.constantFrom('fill', 'end', 'rest') }), { maxLength: 20 })
    fc.assert(
      fc.property(steps, (all) => {
        const { desk, pursue, end } = openDesk()
        const working = new Map<string, OrderIntent>()
        let position = 0n
        all.forEach(({ requests: asked, fate }, i) => {
          desk.request(asked.filter(({ key }, at) => asked.findIndex((one) => one.key === key) === at))
          const text = (held: bigint) => `${held < 0n ? '-' : ''}${String(held < 0n ? -held : held).padStart(9, '0')}`
          const decimal = text(position).replace(/(\d{8})$/, '.$1')
          for (const intent of intents(pursue(i * 1000, { position: decimal }))) {
            expect(Number(intent.quantity) * Number(intent.limitPrice)).toBeLessThanOrEqual(1000)
            working.set(intent.intentId, intent)
          }
          const onSide = (side: string) =>
            [...working.values()].reduce((sum, one) => (one.side === side ? sum + units(one.quantity) : sum), 0n)
          // 2,000 USD at the lowest price requested here.
          const most = units('21.053')
          expect(position + onSide('BUY') <= most && -position + onSide('SELL') <= most).toBe(true)
          const [first] = working.values()
          if (!first || fate === 'rest') return
          working.delete(first.intentId)
          if (fate === 'fill') {
            const { intentId, side, quantity } = first
            desk.fill(aFill({ intentId, fillId: intentId, side, quantity }))
            position += side === 'BUY' ? units(quantity) : -units(quantity)
            end(intentId, quantity)
          } else end(first.intentId)
        })
      }),
      { numRuns: 200 },
    )
  })
})
