import { Outbox, type CancelIntent, type OrderIntent } from '@triplane/contracts'
import { anInstrument, anOrderEvent, testStartUs } from '@triplane/testing'
import type { TradingTerms } from '@triplane/instruments'
import { OrderDesk } from './order-desk.ts'

const terms: TradingTerms = {
  instrument: anInstrument({ tickSize: '0.1', lotSize: '0.001', minNotional: '100' }),
  steps: { tickSize: '0.1', lotSize: '0.001', minNotional: '100' },
  quantityScale: 3,
  lotUnits: 1n,
  lotSize: 0.001,
  priceScale: 1,
  tickUnits: 1n,
  tickSize: 0.1,
  contract: { units: 1n, scale: 0 },
  contractSize: 1,
  usdPerQuote: 1,
  minNotional: 100,
  exemptsReduceOnly: false,
}
const config = {
  minTradeUsd: 500,
  maxOrderUsd: 20_000,
  urgentTradeUsd: 10_000,
  collarTicks: 5,
  repriceBps: 1,
  validityMs: 2000,
  minIntervalMs: 500,
  answerGraceMs: 1000,
}

function openDesk() {
  const outbox = new Outbox<OrderIntent | CancelIntent>()
  const desk = new OrderDesk(
    {
      instrument: 'BTC/USDT@sim',
      terms,
      ownersOf: () => ({ strategy: 'OFI' }),
      isOwn: (strategy) => strategy === 'OFI',
    },
    config,
  )
  return {
    desk,
    /** The outputs of pursuing a target, so many milliseconds after the start. */
    pursue(targetUsd: number, atMs: number, { position = 0n, isReducing = false } = {}) {
      desk.pursue(
        { targetUsd, position, bid: 50_000, ask: 50_000.2, quotedUs: testStartUs },
        isReducing,
        testStartUs + atMs * 1000,
        outbox,
      )
      return outbox.drain()
    },
    cancelAll(atMs: number) {
      desk.cancelAll('halted', testStartUs + atMs * 1000, outbox)
      return outbox.drain()
    },
  }
}

describe('OrderDesk', () => {
  it('sends an intent with everything that the order plane needs', () => {
    expect(openDesk().pursue(5000, 0)).toEqual([
      {
        type: 'orderIntent',
        seq: 1,
        intentId: 'OFI-1',
        strategy: 'OFI',
        instrument: 'BTC/USDT@sim',
        effectUs: testStartUs,
        side: 'BUY',
        orderType: 'LIMIT',
        quantity: '0.099',
        limitPrice: '50000',
        timeInForce: 'GTC',
        postOnly: true,
        reduceOnly: false,
        decisionMid: 50_000.1,
        decisionRecvUs: testStartUs,
        validUntilUs: testStartUs + 2_000_000,
      },
    ])
  })

  it('sends nothing more while an order is live, answered or not', () => {
    const { desk, pursue } = openDesk()
    pursue(5000, 0)
    expect(pursue(15_000, 600)).toEqual([])
    desk.follow(anOrderEvent({ state: 'acknowledged', quantity: '0.099' }))
    expect(pursue(15_000, 60_000)).toEqual([])
  })

  it('replaces an order that no longer serves: cancel, then the next once the cancel is answered', () => {
    const { desk, pursue } = openDesk()
    pursue(5000, 0)
    expect(pursue(-5000, 1000)).toMatchObject([{ type: 'cancelIntent', intentId: 'OFI-1', reason: 'replaced' }])
    expect(desk.follow(anOrderEvent({ state: 'cancelled', quantity: '0.099' }))).toBe(true)
    expect(pursue(-5000, 1010)).toMatchObject([{ type: 'orderIntent', side: 'SELL' }])
  })

  it('repeats a cancel that was not answered', () => {
    const { desk, pursue } = openDesk()
    pursue(5000, 0)
    desk.follow(anOrderEvent({ state: 'acknowledged', quantity: '0.099' }))
    expect([1000, 1500, 1999, 2000].map((atMs) => pursue(-5000, atMs).length)).toEqual([1, 0, 0, 1])
  })

  it('does not cancel what does not rest', () => {
    const { pursue, cancelAll } = openDesk()
    expect(pursue(15_000, 0)).toMatchObject([{ timeInForce: 'IOC' }])
    expect(cancelAll(1)).toEqual([])
  })

  it('cancels of what works only what opens, when only that is to go', () => {
    const opening = (position: bigint) => {
      const { desk, pursue } = openDesk()
      const outbox = new Outbox<OrderIntent | CancelIntent>()
      pursue(5000, 0)
      desk.follow(anOrderEvent({ state: 'acknowledged', quantity: '0.099' }))
      desk.cancelOpening(position, 'stale_market', testStartUs + 1000, outbox)
      return outbox.drain()
    }
    for (const position of [0n, 100n]) expect(opening(position)).toMatchObject([{ reason: 'stale_market' }])
    expect(opening(-100n)).toEqual([])
  })

  it('keeps the interval between two intents', () => {
    const { desk, pursue } = openDesk()
    pursue(5000, 0)
    desk.follow(anOrderEvent({ state: 'denied', quantity: '0.099' }))
    expect([499, 500].map((atMs) => pursue(5000, atMs).length)).toEqual([0, 1])
  })

  it('gives up an intent that nobody answered', () => {
    const { pursue } = openDesk()
    pursue(5000, 0)
    expect([3000, 3001].map((atMs) => pursue(5000, atMs).length)).toEqual([0, 1])
  })

  it('only closes while reducing', () => {
    const { pursue } = openDesk()
    expect(pursue(5000, 0, { isReducing: true })).toEqual([])
    expect(pursue(5000, 0, { isReducing: true, position: 200n })).toMatchObject([{ side: 'SELL', reduceOnly: true }])
  })

  it("leaves another strategy's orders alone", () => {
    const { desk, pursue } = openDesk()
    desk.follow(anOrderEvent({ strategy: 'ERN', intentId: 'ERN-1', state: 'acknowledged' }))
    expect(pursue(5000, 0)).toHaveLength(1)
  })
})
