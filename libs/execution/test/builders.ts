import { instrumentId, type Instrument, type OrderIntent, type Trade } from '@triplane/contracts'
import { tradingTerms } from '@triplane/instruments'
import { readCandidate } from '../src/risk/candidate.ts'
import type { AccountRisk, InstrumentRisk } from '../src/risk/risk-check.ts'
import { createRiskGate, type Approved } from '../src/risk/risk-gate.ts'
import { standardChecks, type RiskLimits } from '../src/risk/standard-checks.ts'
import type { BookView } from '../src/brokers/book-view.ts'

export const NOW_US = 1_723_161_600_000_000

export const perpetual: Instrument = {
  symbol: 'BTC/USDT:USDT',
  venue: 'binance_usdm',
  exchange: 'binance',
  venueSymbol: 'BTCUSDT',
  kind: 'linear_perpetual',
  base: 'BTC',
  quote: 'USDT',
  tickSize: '0.10',
  lotSize: '0.001',
  minNotional: '100',
  session: '24x7',
}

export const terms = tradingTerms(perpetual, 1)

/** Units of `count` lots of 0.001. */
export function lots(count: number): bigint {
  return BigInt(count) * terms.lotUnits
}

export const limits: RiskLimits = {
  maxFutureUs: 250_000,
  maxMarketAgeUs: 5_000_000,
  maxOrderNotionalUsd: 25_000,
  priceCollarBps: 50,
  maxPositionUsd: 60_000,
  maxGrossUsd: 200_000,
  maxOrders: 20,
  orderWindowUs: 1_000_000,
}

/** A limit order to buy 0.1 at the bid. */
export function anIntent(fields: Partial<OrderIntent> = {}): OrderIntent {
  return {
    type: 'orderIntent',
    seq: 1,
    intentId: 'OFI-1',
    strategy: 'OFI',
    instrument: instrumentId(perpetual),
    effectUs: NOW_US,
    side: 'BUY',
    orderType: 'LIMIT',
    quantity: '0.1',
    limitPrice: '60000',
    timeInForce: 'GTC',
    postOnly: false,
    reduceOnly: false,
    decisionMid: 60_000.05,
    decisionRecvUs: NOW_US,
    validUntilUs: NOW_US + 2_000_000,
    ...fields,
  }
}

/** A market order: it has no limit price. */
export function aMarketIntent(fields: Partial<OrderIntent> = {}): OrderIntent {
  const { limitPrice: _, ...intent } = anIntent({ orderType: 'MARKET', ...fields })
  return intent
}

/** An instrument that trades around 60,000, flat, with nothing working. */
export function anInstrument(fields: Partial<InstrumentRisk> = {}): InstrumentRisk {
  return {
    terms,
    lastMarketUs: NOW_US,
    isStale: false,
    isLate: false,
    isRateKnown: true,
    areStepsKnown: true,
    isBookValid: true,
    isCashTraded: false,
    bid: 60_000,
    ask: 60_000.1,
    mark: 60_000.05,
    positionUnits: 0n,
    workingBuyUnits: 0n,
    workingSellUnits: 0n,
    isSessionOpen: () => true,
    participationUnits: () => lots(1_000_000),
    ...fields,
  }
}

export function anAccount(fields: Partial<AccountRisk> = {}): AccountRisk {
  return {
    nowUs: NOW_US,
    marketUs: NOW_US,
    activeSwitch: undefined,
    tradingState: 'active',
    instruments: [],
    recentOrders: 0,
    isKnown: () => false,
    freeCashUsd: () => 0,
    ...fields,
  }
}

/** The intent as approved by a gate with the standard checks. Throws if it is refused. */
export function anApproved(fields: Partial<OrderIntent> = {}): Approved<OrderIntent> {
  const intent = fields.orderType === 'MARKET' ? aMarketIntent(fields) : anIntent(fields)
  const wide = { ...limits, maxOrderNotionalUsd: 1e12, maxPositionUsd: 1e12, maxGrossUsd: 1e12, priceCollarBps: 1e6 }
  const candidate = readCandidate(intent, anInstrument(), 'active')
  const verdict = createRiskGate(standardChecks(wide)).approve(candidate, anAccount({ nowUs: intent.effectUs }))
  if (!verdict.ok) throw new Error(`Expected an approval, was ${JSON.stringify(verdict.error)}`)
  return verdict.value
}

export function aTrade(fields: Partial<Trade> = {}): Trade {
  return {
    type: 'trade',
    seq: 1,
    source: 'capture',
    instrument: instrumentId(perpetual),
    tsRecvUs: NOW_US,
    tsEventUs: NOW_US,
    tradeId: 1,
    price: 60_000,
    size: 1,
    aggressor: 'sell',
    ...fields,
  }
}

/** A book that tests write by hand. Levels are price, size pairs, best first. */
export class HandBook implements BookView {
  bids: readonly (readonly [price: number, size: number])[] = []
  asks: readonly (readonly [price: number, size: number])[] = []

  constructor(book: Partial<Pick<HandBook, 'bids' | 'asks'>> = {}) {
    Object.assign(this, book)
  }

  bidPrice(level: number): number {
    return this.bids[level]?.[0] ?? Number.NaN
  }

  bidSize(level: number): number {
    return this.bids[level]?.[1] ?? Number.NaN
  }

  askPrice(level: number): number {
    return this.asks[level]?.[0] ?? Number.NaN
  }

  askSize(level: number): number {
    return this.asks[level]?.[1] ?? Number.NaN
  }

  sizeAt(side: 'bid' | 'ask', price: number): number {
    return (side === 'bid' ? this.bids : this.asks).find((level) => level[0] === price)?.[1] ?? 0
  }
}
