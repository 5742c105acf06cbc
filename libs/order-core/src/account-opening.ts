import {
  trippableSwitches,
  type AccountOpened,
  type AccountOpening,
  type EventDraft,
  type OwnedAccount,
  type TrippableSwitch,
} from '@triplane/contracts'
import type { OrderStore, TradingMode } from '@triplane/execution'
import { err, type Result } from '@triplane/kernel'
import type { Ledger, OpeningRefusal } from '@triplane/ledger'
import type { WaitingIntents } from './waiting-intents.ts'

/** The content of an account opening. */
export type Opening = Pick<AccountOpening, 'openingId' | 'account' | 'switches'>

/** Why an opening is refused, by the ledger or by the plane. `detail` says what was found. */
export interface AccountRefusal {
  /**
   * - `not_halted`: no operator has halted trading
   * - `orders_work`: orders are open
   * - `no_market_time`: no market data was received yet
   */
  readonly code: OpeningRefusal['code'] | 'not_halted' | 'orders_work' | 'no_market_time'
  readonly detail: string
}

/** What the account owns, whatever the run, and its latched kill switches except the manual one. */
export interface OwnedView {
  readonly account: OwnedAccount
  readonly switches: readonly Exclude<TrippableSwitch, 'manual'>[]
}

/** What the account owns now. */
interface OwnedNow extends OwnedView {
  /** The fill that was booked last: the account is as of it. Undefined before the first. */
  readonly lastFillId: string | undefined
}

const automatic = trippableSwitches.filter((type) => type !== 'manual')

interface OpeningParts {
  readonly ledger: Ledger
  readonly mode: TradingMode
  readonly orders: OrderStore
  readonly waiting: WaitingIntents
  /** Market time; 0 before the first input. */
  readonly nowUs: () => number
}

/**
 * Opens the account of a new run with what it owned before, and reports what it owns now. Opening requires an operator's halt:
 * any other halt may end by itself, and an operator should check the opened account before it trades.
 */
export class AccountOpenings {
  readonly #parts: OpeningParts

  constructor(parts: OpeningParts) {
    this.#parts = parts
  }

  owned(): OwnedNow {
    const { ledger, mode } = this.#parts
    const { switches } = mode.snapshot()
    return {
      account: ledger.owned(),
      switches: automatic.filter((type) => switches.includes(type)),
      lastFillId: ledger.lastFillId,
    }
  }

  /** Whether `open` would open it now (`new`), already has (`known`), or why not. Changes nothing. */
  wouldOpen({ openingId, account }: Opening): Result<'new' | 'known', AccountRefusal> {
    const { ledger, mode, orders, waiting, nowUs } = this.#parts
    const verdict = ledger.wouldOpen(openingId, account)
    if (verdict.ok && verdict.value === 'known') return verdict
    const refuse = (code: AccountRefusal['code'], detail: string) => err({ code, detail })
    const { operator } = mode.snapshot()
    if (operator !== 'halted') return refuse('not_halted', `trading is ${operator} by the operators' orders`)
    const open = orders.open().length + waiting.size
    if (open > 0) return refuse('orders_work', `${open} orders are open`)
    if (nowUs() === 0) return refuse('no_market_time', 'nothing was heard of the market yet')
    return verdict
  }

  /** Books what the account owned and returns the event to publish. A refused or known opening changes nothing. */
  open(opening: Opening, effectUs: number): EventDraft<AccountOpened> | undefined {
    const verdict = this.wouldOpen(opening)
    if (!verdict.ok || verdict.value === 'known') return undefined
    const { openingId, account, switches } = opening
    this.#parts.ledger.open(openingId, account)
    return { type: 'accountOpened', effectUs, openingId, account, switches }
  }
}
