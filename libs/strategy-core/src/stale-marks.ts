import type { InstrumentId } from '@triplane/contracts'
import { isMarkStale, numberFromMoney, type Valuation } from '@triplane/ledger'

/** Whether a position's mark became stale between market times `sinceUs` and `nowUs`, by time alone. */
export function hasAged({ positions }: Valuation, sinceUs: number, nowUs: number, markAgeLimitUs: number): boolean {
  return positions.some(
    ({ position }) => isMarkStale(position, nowUs, markAgeLimitUs) && !isMarkStale(position, sinceUs, markAgeLimitUs),
  )
}

/** The share of gross exposure in stale instruments, 0-1; 0 without exposure. */
export function staleShare({ positions, grossUsd }: Valuation, isStale: (id: InstrumentId) => boolean): number {
  let staleUsd = 0n
  for (const { position, markValueUsd } of positions) {
    if (isStale(position.instrument)) staleUsd += markValueUsd < 0n ? -markValueUsd : markValueUsd
  }
  return staleUsd === 0n ? 0 : numberFromMoney(staleUsd) / numberFromMoney(grossUsd)
}
