import type { RuledCheck } from '@triplane/health'
import type { StrategyCore } from '@triplane/strategy-core'

/**
 * Healthy when every strategy has received its declared history of every instrument; the details name those that have
 * not. Degraded at worst: the plane works, and does not trade what has not warmed up.
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
