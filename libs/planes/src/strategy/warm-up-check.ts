import type { RuledCheck } from '@triplane/health'
import type { StrategyCore } from '@triplane/strategy-core'

/**
 * Whether every strategy has had the history that it declares, of every instrument; those that have not are in the details. Degraded
 * at worst: the plane works, and does not trade what is not warm.
 */
export function warmUpCheck(core: () => Pick<StrategyCore, 'summary'> | undefined): RuledCheck {
  return {
    failsAs: 'degraded',
    check() {
      const cold = (core()?.summary().active ?? []).filter(({ warmingUp }) => warmingUp.length > 0)
      const warmingUp = Object.fromEntries(cold.map((strategy) => [strategy.name, strategy.warmingUp]))
      return { healthy: cold.length === 0, details: { warming_up: warmingUp } }
    },
  }
}
