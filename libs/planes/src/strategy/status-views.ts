import { portfolioState } from '@triplane/ledger'
import type { StatusViews } from '@triplane/service'
import type { StrategyCore } from '@triplane/strategy-core'

type Summary = ReturnType<StrategyCore['summary']>

/** The status views of the strategy plane, as JSON; quantities and money are decimal strings. */
export function strategyViews(core: () => StrategyCore | undefined, marketUs: () => number): StatusViews {
  const summary = (): Summary | undefined => core()?.summary()
  return {
    positions() {
      const seen = summary()
      if (seen === undefined) return undefined
      const {
        type: _,
        seq: __,
        ...portfolio
      } = portfolioState(seen.account, marketUs(), seen.markAgeLimitUs, seen.strategies)
      return portfolio
    },
    owned() {
      const seen = core()
      return seen && { marketUs: marketUs(), account: seen.owned(), lastFillId: seen.lastFillId() }
    },
    'kill-switches': () => summary()?.switches,
    strategies: () => summary()?.active,
  }
}
