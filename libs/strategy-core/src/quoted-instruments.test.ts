import { createStateCheck, field, instrumentId, stateSchema } from '@triplane/contracts'
import { configuredRates } from '@triplane/instruments'
import { aMark, aMarketStatus, anInstrument, aQuote, testStartUs } from '@triplane/testing'
import { z } from 'zod'
import { defineStrategy } from '../../strategy/test/define-strategy.ts'
import type { StrategyNotice } from './active-strategy.ts'
import { strategyConfigOf } from './config.ts'
import type { LedgerNotice } from './ledger-notice.ts'
import { createStrategyCore } from './pipeline.ts'
import { strategySchemaOf, type StrategySnapshot } from './strategy-plane-core.ts'

const btc = anInstrument()
const BTC = instrumentId(btc)
const index = anInstrument({ symbol: 'VIX', venueSymbol: 'VIX', kind: 'index' })
const VIX = instrumentId(index)
const option = anInstrument({ symbol: 'BTC-CALL', venueSymbol: 'BTC-CALL', isTraded: false })
const CALL = instrumentId(option)

/** Holds the traded instrument while the index is above 20; gives a forbidden opinion on a quoted one. */
const reader = defineStrategy({
  name: 'READER',
  doc: 'Reads an index.',
  parameters: z.strictObject({}).prefault({}),
  inputs: { events: ['quote'] },
  state: stateSchema({ heard: field.list(field.text) }),
  create({ universe, quoted, position }, saved) {
    const heard = [...(saved?.heard ?? [])]
    const [traded] = universe.map(instrumentId)
    return {
      on(event) {
        if (event.type !== 'quote') return []
        if (event.instrument === traded) return []
        heard.push(event.instrument)
        const held = quoted.map(instrumentId).map(position)
        if (held.some((quantity) => quantity !== 0)) throw new Error('holds what nobody trades')
        const strength = event.bid > 20 ? 1 : 0
        return [
          { type: 'opinion', instrument: event.instrument, strength },
          ...(traded === undefined ? [] : [{ type: 'opinion' as const, instrument: traded, strength }]),
        ]
      },
      onHole(instrument) {
        heard.push(`hole ${instrument}`)
        return []
      },
      snapshot: () => ({ heard }),
    }
  },
})

const config = strategyConfigOf([reader]).parse({ strategies: ['READER'], startingCashUsd: '1000000' })

function openPlane(snapshot?: StrategySnapshot) {
  const notices: (StrategyNotice | LedgerNotice)[] = []
  const core = createStrategyCore(
    config,
    {
      instruments: [btc],
      rates,
      quoted: [index, option],
      isSessionOpen: () => true,
      strategies: [reader],
      onNotice: (notice) => notices.push(notice),
    },
    snapshot,
  )
  let seq = snapshot ? 1000 : 0
  const take = (event: Parameters<typeof core.process>[0]) => {
    core.process({ ...event, seq: ++seq })
    return core.outbox.drain()
  }
  const at = (ms: number) => testStartUs + ms * 1000
  return {
    core,
    notices,
    quote: (ms: number, instrument: string, bid: number) =>
      take(aQuote({ instrument, tsRecvUs: at(ms), bid, ask: bid + 0.1 })),
    mark: (ms: number, instrument: string, price: number) =>
      take(aMark({ instrument, tsRecvUs: at(ms), price, ageUs: 0 })),
    status: (ms: number, status: 'late' | 'on_time' | 'stale' | 'book_valid', instrument: string) =>
      take(aMarketStatus({ instrument, tsRecvUs: at(ms), status })),
    disconnect: (ms: number) => {
      const { source } = aQuote({})
      return take({ type: 'marketStatus', seq: 0, source, venue: 'sim', tsRecvUs: at(ms), status: 'disconnected' })
    },
    heard: () => core.snapshot().strategies[0]?.state,
  }
}

/** A plane that may trade BTC. */
function openMarket() {
  const plane = openPlane()
  plane.status(0, 'book_valid', BTC)
  plane.mark(1, BTC, 100)
  plane.quote(2, BTC, 100)
  return plane
}

describe('an instrument that is only quoted', () => {
  it('is read by strategies, which trade others for it', () => {
    const plane = openMarket()
    const events = plane.quote(3, VIX, 25)
    expect(events).toMatchObject([
      { type: 'signal', instrument: BTC, strength: 1 },
      { type: 'targetPortfolio', targets: [{ instrument: BTC }] },
      { type: 'orderIntent', instrument: BTC },
    ])
  })

  it('is never wanted: what is said of it is refused, told each time, and suspends nobody', () => {
    const plane = openMarket()
    const events = [...plane.quote(3, VIX, 25), ...plane.quote(4, CALL, 25), ...plane.mark(5, VIX, 25)]
    expect(events.filter((event) => 'instrument' in event && event.instrument !== BTC)).toEqual([])
    expect(events.flatMap((event) => (event.type === 'targetPortfolio' ? event.targets : []))).not.toContainEqual(
      expect.objectContaining({ instrument: expect.not.stringMatching(BTC) as string }),
    )
    expect(plane.notices).toEqual(
      [VIX, CALL].map((detail) => ({ code: 'decision_refused', strategy: 'READER', reason: 'not_traded', detail })),
    )
    const { account, active } = plane.core.summary()
    expect(active.map(({ suspendedWhy }) => suspendedWhy)).toEqual([undefined])
    expect(account.positions.map(({ position }) => position.instrument)).not.toContain(VIX)
  })

  it('is not read while it is late, nor any instrument that is neither', () => {
    const plane = openMarket()
    plane.status(3, 'late', VIX)
    plane.quote(4, VIX, 25)
    plane.quote(5, CALL, 25)
    plane.status(6, 'on_time', VIX)
    plane.quote(7, VIX, 25)
    plane.quote(8, 'DOGE/USDT@sim', 25)
    expect(plane.heard()).toEqual({ heard: [`hole ${VIX}`, CALL, VIX] })
  })

  it('has holes of its own and of its source', () => {
    const plane = openMarket()
    plane.quote(3, VIX, 10)
    plane.status(4, 'stale', CALL)
    plane.disconnect(5)
    expect(plane.heard()).toEqual({ heard: [VIX, `hole ${CALL}`, `hole ${VIX}`, `hole ${BTC}`] })
  })

  it('does not make the market stale by its silence', () => {
    const plane = openMarket()
    plane.quote(3, VIX, 25)
    plane.status(4, 'stale', VIX)
    for (let ms = 1000; ms <= 600_000; ms += 1000) {
      plane.mark(ms, BTC, 100)
      plane.quote(ms, BTC, 100)
    }
    expect(plane.core.summary().switches.stale_data).toMatchObject({ active: false, distanceRatio: 0 })
  })

  it('goes on from a snapshot as it was', () => {
    const plane = openMarket()
    plane.quote(3, VIX, 25)
    plane.status(4, 'late', VIX)
    const saved = plane.core.snapshot()
    const json = JSON.parse(JSON.stringify(saved)) as StrategySnapshot
    expect(createStateCheck(strategySchemaOf([reader]), '/core')(json)).toBeUndefined()
    const restored = openPlane(json)
    expect(restored.core.snapshot()).toEqual(saved)
    expect(restored.quote(5, VIX, 10)).toEqual([])
  })
})
const rates = configuredRates(config.ratesToUsd)
