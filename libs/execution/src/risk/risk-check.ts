import type { OrderIntent, SwitchType, TradingState } from '@triplane/contracts'
import type { TradingTerms } from '@triplane/instruments'

/** What checks know of one instrument, read at the moment of the check. */
export interface InstrumentRisk {
  readonly terms: TradingTerms
  /** Market time at which the best prices were last known to hold; 0 before the first. A trade says nothing about them. */
  readonly lastMarketUs: number
  /** The data plane called the instrument's market stale. */
  readonly isStale: boolean
  /** The data plane says that what comes of the instrument is old when it comes. */
  readonly isLate: boolean
  /** There is a rate of its quote currency by which may be traded. */
  readonly isRateKnown: boolean
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
