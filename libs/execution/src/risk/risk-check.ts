import type { OrderIntent, SwitchType, TradingState } from '@triplane/contracts'
import type { TradingTerms } from '@triplane/instruments'

/** The state of one instrument that checks read at the moment of the check. */
export interface InstrumentRisk {
  readonly terms: TradingTerms
  /** Market time at which the best prices were last known to hold; 0 before the first. Trades do not count. */
  readonly lastMarketUs: number
  /** The data plane reported the instrument stale. */
  readonly isStale: boolean
  /** The data plane reported the instrument late. */
  readonly isLate: boolean
  /** Its quote currency has a rate that may be traded on. */
  readonly isRateKnown: boolean
  /** False since a price or size was finer than the instrument's steps. */
  readonly areStepsKnown: boolean
  readonly isBookValid: boolean
  /** Sales need holdings and purchases need cash: the account has no margin for it. */
  readonly isCashTraded: boolean
  /** Newest best prices; NaN without them. */
  readonly bid: number
  readonly ask: number
  /** Price at which it is valued, also without best prices; 0 before the first mark. */
  readonly mark: number
  /** Positive long, negative short. */
  readonly positionUnits: bigint
  /** Units that working orders may still buy and sell. */
  readonly workingBuyUnits: bigint
  readonly workingSellUnits: bigint
  isSessionOpen(nowUs: number): boolean
  /** Units, in whole lots, that participation leaves. */
  participationUnits(nowUs: number): bigint
}

/** The state of the account that checks read at the moment of the check. */
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
  /** Cash that working orders do not need, US dollars. */
  freeCashUsd(): number
}

/** An intent as the checks read it: in units, clipped where only closing is allowed. */
export interface Candidate {
  readonly intent: OrderIntent
  /** Undefined for an unknown instrument. */
  readonly instrument: InstrumentRisk | undefined
  /** The opening part of the intent's quantity was cut off: the rest only closes. */
  readonly isClipped: boolean
  /** 0 if the quantity cannot be read in the instrument's scale, or nothing is left to close. */
  readonly quantityUnits: bigint
  /** The same as the nearest double, base units. */
  readonly quantity: number
  /** 0 if there is no limit price, or it cannot be read in the instrument's scale. */
  readonly limitUnits: bigint
  /** The same as the nearest double, quote currency. */
  readonly limitPrice: number
}
