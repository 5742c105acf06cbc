import { portfolioState } from '@triplane/ledger'
import type { StatusViews } from '@triplane/service'
import type { StrategyCore } from '@triplane/strategy-core'

type Summary = ReturnType<StrategyCore['summary']>

/** What the strategy plane shows of itself to people and scripts, as JSON; quantities and money are decimal strings. */
export function strategyViews(summary: () => Summary | undefined, marketUs: () => number): StatusViews {
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
    'kill-switches': () => summary()?.switches,
    strategies: () => summary()?.active,
  }
}
