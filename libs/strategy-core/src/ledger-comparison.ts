import {
  field,
  stateSchema,
  type LedgerAnswer,
  type LedgerDigest,
  type LedgerStated,
  type Outbox,
  type StateOf,
} from '@triplane/contracts'
import { isAgreed, ledgerDifferences, noDifferences, type Ledger, type LedgerDifferences } from '@triplane/ledger'
import type { LedgerNotice } from './ledger-notice.ts'

/** The saved comparison. */
export const ledgerComparisonSchema = stateSchema({
  bookings: field.count,
  positions: field.count,
  isDisputed: field.flag,
})
type LedgerComparisonSnapshot = StateOf<typeof ledgerComparisonSchema>

interface LedgerComparisonDeps {
  readonly ledger: Pick<Ledger, 'totals' | 'adopt'>
  readonly outbox: Pick<Outbox<LedgerAnswer>, 'add'>
  readonly onNotice: (notice: LedgerNotice) => void
}

/**
 * Compares this ledger with the digests of the order plane's, each as of the fill before it.
 *
 * Invariant: from a difference on, of which either plane knows, it disagrees until a digest that agrees. No strategies cross
 * meanwhile, so what is adopted holds every cross.
 */
export class LedgerComparison {
  readonly #deps: LedgerComparisonDeps
  #differences: LedgerDifferences
  #isDisputed: boolean

  constructor(
    deps: LedgerComparisonDeps,
    { bookings, positions, isDisputed }: LedgerComparisonSnapshot = { ...noDifferences, isDisputed: false },
  ) {
    this.#deps = deps
    this.#differences = { bookings, positions }
    this.#isDisputed = isDisputed
  }

  /** What this ledger differed in. */
  get differences(): LedgerDifferences {
    return this.#differences
  }

  /** Neither plane knows of a difference. */
  get agrees(): boolean {
    return isAgreed(this.#differences) && !this.#isDisputed
  }

  /** Compares and answers. Crosses are the order plane's to compare: those under way are not in its digest. */
  onDigest({ effectUs, digest, isDisputed, ...theirs }: LedgerDigest): void {
    const { ledger, outbox, onNotice } = this.#deps
    const agreed = this.agrees
    const totals = ledger.totals()
    this.#differences = ledgerDifferences(theirs, totals, false)
    this.#isDisputed = isDisputed
    outbox.add({ type: 'ledgerAnswer', effectUs, digest, ...totals })
    if (this.agrees === agreed) return
    const { bookings, positions } = this.#differences
    const detail = `${bookings} bookings and ${positions} positions differ after ${theirs.fills} fills`
    onNotice({ code: agreed ? 'ledgers_differ' : 'ledgers_agree', detail })
  }

  /** Adopts the ledger of the order plane, the authority, where this one differs. True if it did. */
  adopt({ account, lastFillId, ...totals }: LedgerStated): boolean {
    const { ledger, onNotice } = this.#deps
    const adopted = this.agrees ? undefined : ledger.adopt(account, totals, lastFillId)
    if (adopted?.ok) onNotice({ code: 'ledger_adopted', detail: `after ${totals.fills} fills` })
    else onNotice({ code: 'ledger_not_adopted', detail: adopted ? adopted.error.detail : 'the ledgers agree' })
    return adopted?.ok ?? false
  }

  snapshot(): LedgerComparisonSnapshot {
    return { ...this.#differences, isDisputed: this.#isDisputed }
  }
}
