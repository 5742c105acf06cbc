import { aMark, aMarketStatus, anInstrument, anOfi, anOrderEvent, aQuote, testStartUs } from '@triplane/testing'
import type { MarketStatus } from '@triplane/contracts'
import { configuredRates } from '@triplane/instruments'
import { strategyConfigSchema } from './config.ts'
import { createStrategyCore } from './pipeline.ts'
import type { StrategyInput, StrategyOutput, StrategySnapshot } from './strategy-plane-core.ts'

const WON = 'USD/KRW@sim'
const won = anInstrument({ symbol: 'USD/KRW', isTraded: false })
const coin = anInstrument({ symbol: 'BTC/KRW' })
const of = { instrument: 'BTC/KRW@sim' }
const config = strategyConfigSchema.parse({
  startingCashUsd: '1000000',
  ofi: {
    horizonMs: 1000,
    stepMs: 100,
    deviationHorizonMs: 10_000,
    warmUpMs: 0,
    deadBandDeviations: 0.5,
    minChange: 0.1,
  },
  portfolio: { symbolLimitUsd: 50_000, grossLimitUsd: 150_000, netLimitUsd: 100_000 },
  intents: { minTradeUsd: 500, maxOrderUsd: 20_000, urgentTradeUsd: 1_000_000 },
})
const rates = configuredRates({ KRW: { instrument: WON } }, [won, coin])

function openPlane(snapshot?: StrategySnapshot) {
  const deps = { instruments: [coin], quoted: [won], rates, isSessionOpen: () => true }
  const core = createStrategyCore(config, deps, snapshot)
  let seq = 0
  const at = (ms: number) => testStartUs + ms * 1000
  const take = (event: StrategyInput) => {
    core.process({ ...event, seq: ++seq })
    return core.outbox.drain()
  }
  if (!snapshot) take(aMarketStatus({ ...of, tsRecvUs: testStartUs, status: 'book_valid' }))
  return {
    core,
    quote: (ms: number, bid: number) => take(aQuote({ ...of, tsRecvUs: at(ms), bid, ask: bid + 0.2 })),
    ofi: (ms: number) => take(anOfi({ ...of, tsRecvUs: at(ms), value: 4, depth: 2 })),
    rate: (ms: number, price: number) => take(aMark({ instrument: WON, tsRecvUs: at(ms), price, ageUs: 0 })),
    rateIs: (ms: number, status: MarketStatus['status']) =>
      take(aMarketStatus({ instrument: WON, tsRecvUs: at(ms), status })),
    acknowledge: (ms: number, intentId: string) =>
      take(anOrderEvent({ ...of, effectUs: at(ms), state: 'acknowledged', intentId })),
  }
}
const orders = (events: readonly StrategyOutput[]) =>
  events.flatMap((event) => (event.type === 'orderIntent' || event.type === 'cancelIntent' ? [event] : []))

describe('what is quoted in a currency whose rate is fed', () => {
  it('is ordered once there is a rate, and for what that makes of its limits', () => {
    const plane = openPlane()
    plane.quote(0, 50_000)
    expect(orders(plane.ofi(10))).toEqual([])
    plane.rate(20, 2)
    const [cheap] = orders(plane.quote(1010, 50_000))
    const other = openPlane()
    other.rate(0, 4)
    other.quote(0, 50_000)
    const [dear] = orders(other.ofi(10))
    expect([cheap, dear]).toMatchObject([
      { type: 'orderIntent', side: 'BUY' },
      { type: 'orderIntent', side: 'BUY' },
    ])
    // A won that is worth half as much buys half as much: orders are limited in dollars.
    const quantityOf = (order: unknown) => Number((order as { quantity: string }).quantity)
    expect(quantityOf(dear) / quantityOf(cheap)).toBeCloseTo(2, 1)
  })

  it.each(['stale', 'late', 'disconnected'] as const)(
    'is taken back when the rate is %s, and not ordered again',
    (lost) => {
      const plane = openPlane()
      plane.rate(0, 2)
      plane.quote(0, 50_000)
      const [sent] = orders(plane.ofi(10))
      plane.acknowledge(20, sent?.intentId ?? '')
      expect(orders(plane.rateIs(30, lost))).toMatchObject([{ type: 'cancelIntent', reason: 'stale_market' }])
      const restored = openPlane(plane.core.snapshot())
      expect(restored.core.snapshot().rates).toMatchObject([{ currency: 'KRW', rate: '50000000' }])
      expect(orders(restored.quote(40, 50_000).concat(restored.ofi(50)))).toEqual([])
    },
  )
})
