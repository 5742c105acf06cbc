import type { OrderIntent, RiskCode, SwitchType, TradingState } from '@triplane/contracts'
import type { TradingTerms } from '../trading-terms.ts'

/** Why an intent is denied, with the numbers. `code` is also the metric label. */
export type RiskReject =
  | { readonly code: 'kill_switch'; readonly switchType: SwitchType }
  | { readonly code: 'trading_state'; readonly state: TradingState }
  | { readonly code: 'duplicate'; readonly intentId: string }
  | { readonly code: 'expired'; readonly nowUs: number; readonly validUntilUs: number }
  | { readonly code: 'future_intent'; readonly aheadUs: number; readonly limitUs: number }
  | { readonly code: 'unknown_instrument'; readonly venue: string; readonly symbol: string }
  | { readonly code: 'steps_unknown'; readonly tickSize: string; readonly lotSize: string }
  | { readonly code: 'session_closed'; readonly nowUs: number }
  | { readonly code: 'stale_market'; readonly ageUs: number; readonly limitUs: number }
  | { readonly code: 'invalid_book'; readonly bid: number; readonly ask: number }
  | { readonly code: 'no_mark'; readonly symbol: string }
  | { readonly code: 'lot_size'; readonly quantity: string; readonly lotSize: string }
  | { readonly code: 'tick_size'; readonly limitPrice: string; readonly tickSize: string }
  | { readonly code: 'reduce_only'; readonly quantity: number; readonly closable: number }
  | { readonly code: 'min_notional'; readonly notional: number; readonly limit: number }
  | { readonly code: 'max_notional'; readonly notionalUsd: number; readonly limitUsd: number }
  | { readonly code: 'price_collar'; readonly distanceBps: number; readonly limitBps: number }
  | {
      readonly code: 'insufficient_holdings'
      readonly currency: string
      readonly needed: number
      readonly available: number
    }
  | { readonly code: 'max_position'; readonly positionUsd: number; readonly limitUsd: number }
  | { readonly code: 'gross_exposure'; readonly grossUsd: number; readonly limitUsd: number }
  | { readonly code: 'order_rate'; readonly orders: number; readonly windowUs: number }
  | { readonly code: 'participation'; readonly quantity: number; readonly allowed: number }

/** What checks know of one instrument, read at the moment of the check. */
export interface InstrumentRisk {
  readonly terms: TradingTerms
  /** Market time at which the best prices were last known to hold; 0 before the first. A trade says nothing about them. */
  readonly lastMarketUs: number
  /** The data plane called the instrument's market stale. */
  readonly isStale: boolean
  /** The data plane says that what comes of the instrument is old when it comes. */
  readonly isLate: boolean
  /** False since a price or size was finer than the instrument's steps. */
  readonly areStepsKnown: boolean
  readonly isBookValid: boolean
  /** It is sold from what is held and bought for cash: the account has no margin for it. */
  readonly isCashTraded: boolean
  /** Newest best prices; NaN when there is none. */
  readonly bid: number
  readonly ask: number
  /** Price at which it is valued, also when there are no best prices; 0 when there was never one. */
  readonly mark: number
  /** Positive long, negative short. */
  readonly positionUnits: bigint
  /** What working orders may still buy and sell. */
  readonly workingBuyUnits: bigint
  readonly workingSellUnits: bigint
  isSessionOpen(nowUs: number): boolean
  /** Whole lots that participation leaves. */
  participationUnits(nowUs: number): bigint
}

/** What checks know of the account, read at the moment of the check. */
export interface AccountRisk {
  /** Market time. */
  readonly nowUs: number
  /** Market time of the newest data. */
  readonly marketUs: number
  readonly activeSwitch: SwitchType | undefined
  readonly tradingState: TradingState
  readonly instruments: readonly InstrumentRisk[]
  /** Orders submitted in the rate window that ends now. */
  readonly recentOrders: number
  isKnown(intentId: string): boolean
  /** Cash in US dollars that working orders do not need. */
  freeCashUsd(): number
}

/** An intent as the checks see it: read into units, clipped where only closing is allowed. */
export interface Candidate {
  readonly intent: OrderIntent
  /** Absent when nobody knows the instrument. */
  readonly instrument: InstrumentRisk | undefined
  /** It is smaller than the intent's quantity: what opens is cut off, what is left only closes. */
  readonly isClipped: boolean
  /** 0 when the quantity cannot be read in the instrument's scale, or when nothing is left to close. */
  readonly quantityUnits: bigint
  /** The same as the nearest double, base units. */
  readonly quantity: number
  /** 0 when there is no limit price or when it cannot be read in the instrument's scale. */
  readonly limitUnits: bigint
  /** The same as the nearest double, quote currency. */
  readonly limitPrice: number
}

/** A named rule: gives the refusal, or nothing when it has no objection. */
export interface RiskCheck {
  readonly code: RiskCode
  readonly refuse: (candidate: Candidate, account: AccountRisk) => RiskReject | undefined
}

/** A rule about a known instrument; refuses an unknown one whatever its place in the list. */
export function instrumentCheck(
  code: RiskCode,
  refuse: (candidate: Candidate, instrument: InstrumentRisk, account: AccountRisk) => RiskReject | undefined,
): RiskCheck {
  return {
    code,
    refuse: (candidate, account) =>
      candidate.instrument
        ? refuse(candidate, candidate.instrument, account)
        : { code: 'unknown_instrument', venue: candidate.intent.venue, symbol: candidate.intent.symbol },
  }
}
