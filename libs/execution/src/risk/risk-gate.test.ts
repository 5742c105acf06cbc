import { riskCodes, tradingStates, type OrderIntent, type RiskCode } from '@triplane/contracts'
import * as fc from 'fast-check'
import { changeSteps, tradingTerms } from '@triplane/instruments'
import {
  aMarketIntent,
  anAccount,
  anApproved,
  anInstrument,
  anIntent,
  limits,
  lots,
  NOW_US,
  perpetual,
} from '../../test/builders.ts'
import type { BrokerCommand } from '../brokers/broker.ts'
import { capParticipation } from '../sizing/participation.ts'
import { readCandidate } from './candidate.ts'
import { enlarges } from './exposure.ts'
import type { AccountRisk, InstrumentRisk } from './risk-check.ts'
import { createRiskGate } from './risk-gate.ts'
import { standardChecks, type RiskReject } from './standard-checks.ts'

const gate = createRiskGate(standardChecks(limits))

interface Case {
  readonly name: string
  readonly intent?: OrderIntent
  readonly instrument?: InstrumentRisk | undefined
  readonly account?: Partial<AccountRisk>
  readonly want: RiskReject | { readonly code: RiskCode } | 'approved'
}

function judge({ intent = anIntent(), account = {}, ...rest }: Omit<Case, 'name' | 'want'>): RiskReject | 'approved' {
  const instrument = 'instrument' in rest ? rest.instrument : anInstrument()
  const state = anAccount({ instruments: instrument ? [instrument] : [], ...account })
  const verdict = gate.approve(readCandidate(intent, instrument, state.tradingState), state)
  return verdict.ok ? 'approved' : verdict.error
}

const cases: readonly Case[] = [
  { name: 'approves a sound limit order', want: 'approved' },
  { name: 'approves a sound market order', intent: aMarketIntent(), want: 'approved' },
  {
    name: 'refuses while a kill switch is active, before all else',
    account: { activeSwitch: 'pnl', tradingState: 'halted', isKnown: () => true },
    want: { code: 'kill_switch', switchType: 'pnl' },
  },
  {
    name: 'refuses while halted',
    account: { tradingState: 'halted' },
    want: { code: 'trading_state', state: 'halted' },
  },
  {
    name: 'refuses to open while reducing',
    account: { tradingState: 'reducing' },
    want: { code: 'trading_state', state: 'reducing' },
  },
  {
    name: 'refuses an unknown instrument while reducing',
    instrument: undefined,
    account: { tradingState: 'reducing' },
    want: { code: 'trading_state' },
  },
  {
    name: 'approves to close while reducing',
    instrument: anInstrument({ positionUnits: lots(-200) }),
    account: { tradingState: 'reducing' },
    want: 'approved',
  },
  {
    name: 'refuses to close what working orders close already',
    instrument: anInstrument({ positionUnits: lots(-200), workingBuyUnits: lots(200) }),
    account: { tradingState: 'reducing' },
    want: { code: 'trading_state' },
  },
  { name: 'refuses a known id', account: { isKnown: () => true }, want: { code: 'duplicate', intentId: 'OFI-1' } },
  { name: 'approves at the end of the validity', account: { nowUs: NOW_US + 2_000_000 }, want: 'approved' },
  {
    name: 'refuses after the validity',
    account: { nowUs: NOW_US + 2_000_001 },
    want: { code: 'expired', nowUs: NOW_US + 2_000_001, validUntilUs: NOW_US + 2_000_000 },
  },
  { name: 'approves 250 ms ahead', account: { marketUs: NOW_US - 250_000 }, want: 'approved' },
  {
    name: 'refuses more than 250 ms ahead',
    account: { marketUs: NOW_US - 250_001 },
    want: { code: 'future_intent', aheadUs: 250_001, limitUs: 250_000 },
  },
  {
    name: 'refuses an unknown instrument',
    instrument: undefined,
    want: { code: 'unknown_instrument', instrument: 'BTC/USDT:USDT@binance_usdm' },
  },
  {
    name: 'refuses while the market is finer than the steps',
    instrument: anInstrument({ areStepsKnown: false }),
    want: { code: 'steps_unknown', lotSize: '0.001' },
  },
  {
    name: 'refuses outside the session',
    instrument: anInstrument({ isSessionOpen: () => false }),
    want: { code: 'session_closed', nowUs: NOW_US },
  },
  {
    name: 'approves on data at the age limit',
    instrument: anInstrument({ lastMarketUs: NOW_US - 5_000_000 }),
    want: 'approved',
  },
  {
    name: 'refuses on data past the age limit',
    instrument: anInstrument({ lastMarketUs: NOW_US - 5_000_001 }),
    want: { code: 'stale_market', ageUs: 5_000_001, limitUs: 5_000_000 },
  },
  {
    name: 'refuses a market that is called stale',
    instrument: anInstrument({ isStale: true }),
    want: { code: 'stale_market' },
  },
  {
    name: 'refuses what is in a currency without a rate',
    instrument: anInstrument({ isRateKnown: false }),
    want: { code: 'no_rate', currency: 'USDT' },
  },
  {
    name: 'refuses on an invalid book',
    instrument: anInstrument({ isBookValid: false }),
    want: { code: 'invalid_book' },
  },
  { name: 'refuses without a best ask', instrument: anInstrument({ ask: Number.NaN }), want: { code: 'invalid_book' } },
  {
    name: 'refuses to open what was never valued',
    instrument: anInstrument({ mark: 0 }),
    want: { code: 'no_mark', instrument: 'BTC/USDT:USDT@binance_usdm' },
  },
  {
    name: 'refuses to open while something that is held was never valued',
    account: { instruments: [anInstrument(), anInstrument({ mark: 0, positionUnits: lots(1) })] },
    want: { code: 'no_mark' },
  },
  {
    name: 'approves to close what was never valued',
    intent: anIntent({ side: 'SELL' }),
    instrument: anInstrument({ mark: 0, positionUnits: lots(100) }),
    want: 'approved',
  },
  {
    name: 'refuses a quantity finer than the lot',
    intent: anIntent({ quantity: '0.1005' }),
    want: { code: 'lot_size', quantity: '0.1005', lotSize: '0.001' },
  },
  { name: 'refuses a quantity of 0', intent: anIntent({ quantity: '0' }), want: { code: 'lot_size' } },
  { name: 'refuses a negative quantity', intent: anIntent({ quantity: '-0.1' }), want: { code: 'lot_size' } },
  {
    name: 'refuses a price finer than the tick',
    intent: anIntent({ limitPrice: '60000.05' }),
    want: { code: 'tick_size', limitPrice: '60000.05', tickSize: '0.10' },
  },
  {
    name: 'refuses a limit order without a price',
    intent: { ...aMarketIntent(), orderType: 'LIMIT' },
    want: { code: 'tick_size', limitPrice: '', tickSize: '0.10' },
  },
  {
    name: 'refuses reduce-only beyond the position',
    intent: anIntent({ side: 'SELL', reduceOnly: true }),
    instrument: anInstrument({ positionUnits: lots(150), workingSellUnits: lots(100) }),
    want: { code: 'reduce_only', quantity: 0.1, closable: 0.05 },
  },
  {
    name: 'refuses reduce-only on the opening side',
    intent: anIntent({ reduceOnly: true }),
    instrument: anInstrument({ positionUnits: lots(150) }),
    want: { code: 'reduce_only', quantity: 0.1, closable: 0 },
  },
  {
    name: 'refuses below the minimum notional',
    intent: anIntent({ quantity: '0.001' }),
    want: { code: 'min_notional', notional: 60, limit: 100 },
  },
  {
    name: 'lets reduce-only close dust',
    intent: anIntent({ quantity: '0.001', reduceOnly: true }),
    instrument: anInstrument({ positionUnits: lots(-1) }),
    want: 'approved',
  },
  {
    name: 'refuses to close dust where the venue does not exempt it',
    intent: anIntent({ quantity: '0.001', reduceOnly: true }),
    instrument: anInstrument({ positionUnits: lots(-1), terms: tradingTerms({ ...perpetual, kind: 'spot' }, 1) }),
    want: { code: 'min_notional', notional: 60, limit: 100 },
  },
  {
    name: 'refuses above the maximum notional',
    intent: anIntent({ quantity: '0.417' }),
    want: { code: 'max_notional', notionalUsd: 25_020, limitUsd: 25_000 },
  },
  {
    name: 'counts a contract by what it is worth: too large',
    intent: anIntent({ quantity: '4.17' }),
    instrument: anInstrument({ terms: tradingTerms({ ...perpetual, contractSize: '0.1' }, 1) }),
    want: { code: 'max_notional', notionalUsd: 25_020, limitUsd: 25_000 },
  },
  {
    name: 'counts a contract by what it is worth: too small',
    intent: anIntent({ quantity: '0.16' }),
    instrument: anInstrument({ terms: tradingTerms({ ...perpetual, contractSize: '0.01' }, 1) }),
    want: { code: 'min_notional', notional: 96, limit: 100 },
  },
  {
    name: 'refuses a price beyond the collar',
    intent: anIntent({ limitPrice: '60310' }),
    instrument: anInstrument({ bid: 59_999.9 }),
    want: { code: 'price_collar', distanceBps: (310 / 60_000) * 10_000, limitBps: 50 },
  },
  {
    name: 'refuses a market order that would pay a touch beyond the collar',
    intent: aMarketIntent(),
    instrument: anInstrument({ bid: 59_000, ask: 61_000 }),
    want: { code: 'price_collar' },
  },
  {
    name: 'refuses to sell what is not held, in an account without margin',
    intent: anIntent({ side: 'SELL' }),
    instrument: anInstrument({ isCashTraded: true, positionUnits: lots(150), workingSellUnits: lots(150) }),
    want: { code: 'insufficient_holdings', currency: 'BTC', needed: 0.1, available: 0 },
  },
  {
    name: 'sells what is held and not being sold',
    intent: anIntent({ side: 'SELL' }),
    instrument: anInstrument({ isCashTraded: true, positionUnits: lots(150), workingSellUnits: lots(50) }),
    want: 'approved',
  },
  {
    name: 'refuses to buy for more than the cash, in an account without margin',
    instrument: anInstrument({ isCashTraded: true }),
    account: { freeCashUsd: () => 5_999.99 },
    want: { code: 'insufficient_holdings', currency: 'USD', needed: 6_000, available: 5_999.99 },
  },
  {
    name: 'buys for all the cash',
    instrument: anInstrument({ isCashTraded: true }),
    account: { freeCashUsd: () => 6_000 },
    want: 'approved',
  },
  {
    name: 'refuses a position beyond the limit, working orders counted',
    instrument: anInstrument({ mark: 60_000, positionUnits: lots(750), workingBuyUnits: lots(400) }),
    want: { code: 'max_position', positionUsd: 75_000, limitUsd: 60_000 },
  },
  {
    name: 'lets an order bring a position that is too large closer to 0',
    intent: anIntent({ side: 'SELL' }),
    instrument: anInstrument({ positionUnits: lots(5_000) }),
    want: 'approved',
  },
  {
    name: 'refuses gross exposure beyond the limit',
    account: {
      instruments: [anInstrument({ bid: Number.NaN, ask: Number.NaN, mark: 60_000, positionUnits: lots(-3_300) })],
    },
    want: { code: 'gross_exposure' },
  },
  {
    name: 'refuses too many orders',
    account: { recentOrders: 20 },
    want: { code: 'order_rate', orders: 20, windowUs: 1_000_000 },
  },
  {
    name: 'approves when participation leaves part',
    instrument: anInstrument({ participationUnits: () => lots(2) }),
    want: 'approved',
  },
  {
    name: 'refuses when participation leaves less than the minimum notional',
    instrument: anInstrument({ participationUnits: () => lots(1) }),
    want: { code: 'participation', quantity: 0.1, allowed: 0.001 },
  },
]

describe('risk gate', () => {
  it.each(cases)('$name', ({ want, name: _, ...given }) => {
    const verdict = judge(given)
    if (want === 'approved') expect(verdict).toBe('approved')
    else expect(verdict).toMatchObject(want)
  })

  it('has a case for every risk code', () => {
    const refused = new Set(cases.flatMap(({ want }) => (want === 'approved' ? [] : [want.code])))
    expect([...refused].sort()).toEqual([...riskCodes].sort())
  })

  it('checks in the order of the codes', () => {
    expect(standardChecks(limits).map(({ code }) => code)).toEqual(riskCodes)
  })

  it('approves nothing while a kill switch is active or the book invalid', () => {
    const anyIntent = fc.record({
      side: fc.constantFrom('BUY' as const, 'SELL' as const),
      quantity: fc.constantFrom('0.1', '0.001', '1', '0'),
      limitPrice: fc.constantFrom('60000', '59990', '1'),
      reduceOnly: fc.boolean(),
    })
    const blocked = fc.constantFrom('kill_switch', 'invalid_book')
    fc.assert(
      fc.property(
        anyIntent,
        blocked,
        fc.constantFrom(...tradingStates),
        fc.integer({ min: -500, max: 500 }),
        (fields, by, state, position) => {
          const verdict = judge({
            intent: anIntent(fields),
            instrument: anInstrument({ isBookValid: by !== 'invalid_book', positionUnits: BigInt(position) }),
            account: { tradingState: state, ...(by === 'kill_switch' && { activeSwitch: 'drawdown' as const }) },
          })
          expect(verdict).not.toBe('approved')
        },
      ),
    )
  })

  it('approves no opening order without a price that it refuses at the last known price', () => {
    const price = fc.double({ min: 55_000, max: 65_000, noNaN: true })
    const units = fc.integer({ min: -4_000, max: 4_000 }).map(BigInt)
    const held = fc.record({
      bid: price,
      spread: fc.double({ min: 0, max: 400, noNaN: true }),
      mark: price,
      positionUnits: units,
    })
    const lost = fc.subarray(['bid', 'ask', 'mark'] as const, { minLength: 1 })
    const absent = fc.constantFrom(Number.NaN, 0, Number.NEGATIVE_INFINITY)
    const intent = fc.record({
      side: fc.constantFrom('BUY' as const, 'SELL' as const),
      orderType: fc.constantFrom('LIMIT' as const, 'MARKET' as const),
      quantity: fc.integer({ min: 1, max: 500 }).map((lots) => (lots / 1000).toFixed(3)),
      limitPrice: fc.integer({ min: 59_000, max: 61_000 }).map(String),
    })
    let refused = 0
    fc.assert(
      fc.property(
        intent,
        fc.tuple(held, held),
        fc.tuple(lost, lost),
        fc.constantFrom('own', 'other', 'both'),
        absent,
        (fields, known, lostOf, whose, nothing) => {
          const order = fields.orderType === 'MARKET' ? aMarketIntent(fields) : anIntent(fields)
          const instruments = known.map(({ bid, spread, ...rest }) => anInstrument({ bid, ask: bid + spread, ...rest }))
          const blind = instruments.map((instrument, i) => {
            if (whose !== 'both' && (whose === 'own') !== (i === 0)) return instrument
            return { ...instrument, ...Object.fromEntries((lostOf[i] ?? []).map((name) => [name, nothing])) }
          })
          const judged = (all: readonly InstrumentRisk[]) =>
            judge({ intent: order, instrument: all[0], account: { instruments: all } })
          const opens = enlarges(
            instruments[0] as InstrumentRisk,
            order.side,
            BigInt((Number(order.quantity) * 1000 + 0.5) | 0),
          )
          if (!opens || judged(instruments) === 'approved') return
          refused++
          expect(judged(blind)).not.toBe('approved')
        },
      ),
      { numRuns: 1000 },
    )
    expect(refused).toBeGreaterThan(100)
  })

  it('refuses numbers it cannot compute, whatever the limit', () => {
    const unpriced = anInstrument({ terms: { ...anInstrument().terms, usdPerQuote: Number.NaN } })
    expect(judge({ instrument: unpriced })).toMatchObject({ code: 'no_mark' })
    const checks = standardChecks(limits).filter(({ code }) => code !== 'no_mark')
    const unmarked = createRiskGate(checks).approve(
      readCandidate(anIntent(), unpriced, 'active'),
      anAccount({ instruments: [unpriced] }),
    )
    expect(unmarked).toMatchObject({ ok: false, error: { code: 'max_notional' } })
    const never = Number.NaN
    expect(judge({ account: { marketUs: never } })).toMatchObject({ code: 'future_intent' })
    expect(judge({ instrument: anInstrument({ lastMarketUs: never }) })).toMatchObject({ code: 'stale_market' })
    expect(judge({ account: { recentOrders: never } })).toMatchObject({ code: 'order_rate' })
  })

  it('clips a closing order to the position while reducing', () => {
    const instrument = anInstrument({ positionUnits: lots(-70), workingBuyUnits: lots(20) })
    const verdict = gate.approve(
      readCandidate(anIntent(), instrument, 'reducing'),
      anAccount({ tradingState: 'reducing' }),
    )
    expect(verdict.ok && verdict.value.quantity).toBe('0.05')
  })

  it('clips a position traded in finer lots to whole lots', () => {
    const terms = { ...anInstrument().terms }
    changeSteps(terms, { ...terms.steps, lotSize: '0.01' })
    const instrument = anInstrument({ terms, positionUnits: lots(-54) })
    const verdict = gate.approve(
      readCandidate(anIntent(), instrument, 'reducing'),
      anAccount({ tradingState: 'reducing' }),
    )
    expect(verdict.ok && verdict.value.quantity).toBe('0.05')
  })

  it.each([
    { name: 'the limit of a position', maxPositionUsd: 5_000 },
    { name: 'the limit of all positions', maxGrossUsd: 5_000 },
    { name: 'a venue that takes no order across zero', closesApart: true },
  ])('approves the closing part of an order across zero: $name', ({ closesApart = false, ...narrow }) => {
    const instrument = anInstrument({
      positionUnits: lots(-30),
      terms: tradingTerms({ ...perpetual, closesApart }, 1),
    })
    const account = anAccount({ instruments: [instrument] })
    const order = anIntent({ quantity: '0.3' })
    const verdict = createRiskGate(standardChecks({ ...limits, ...narrow })).approve(
      readCandidate(order, instrument, 'active'),
      account,
    )
    expect(verdict).toMatchObject({ ok: true, value: { quantity: '0.03', reduceOnly: true } })
    expect(
      gate.approve(readCandidate(order, anInstrument({ positionUnits: lots(-30) }), 'active'), account),
    ).toMatchObject({
      ok: true,
      value: { quantity: '0.3', reduceOnly: false },
    })
  })

  it('checks the kill switch again at submit', () => {
    const candidate = readCandidate(anIntent(), anInstrument(), 'active')
    expect(gate.confirm(candidate, anAccount())).toBeUndefined()
    expect(gate.confirm(candidate, anAccount({ activeSwitch: 'manual' }))).toEqual({
      code: 'kill_switch',
      switchType: 'manual',
    })
  })
})

describe('an approved order', () => {
  it('is the only kind that a broker accepts', () => {
    const sent: OrderIntent[] = []
    const take = (command: BrokerCommand) => void (command.type === 'submitOrder' && sent.push(command.order))
    take({ type: 'submitOrder', order: anApproved() })
    // @ts-expect-error an intent that risk has not checked does not compile
    take({ type: 'submitOrder', order: anIntent({ intentId: 'unchecked' }) })
    expect(sent.map(({ intentId }) => intentId)).toEqual(['OFI-1', 'unchecked'])
  })

  it('is reduced by participation, never enlarged', () => {
    const order = anApproved({ quantity: '0.1' })
    expect(capParticipation(order, anInstrument({ participationUnits: () => lots(40) }), NOW_US).quantity).toBe('0.04')
    expect(capParticipation(order, anInstrument({ participationUnits: () => lots(100) }), NOW_US)).toBe(order)
  })
})
