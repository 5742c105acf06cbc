import type { InstrumentId } from '@triplane/contracts'
import { isMarkStale, numberFromMoney, type Valuation } from '@triplane/ledger'

/** Whether the mark of a position became stale after market time `sinceUs` and by `nowUs`: nothing has to come in for that. */
export function hasAged({ positions }: Valuation, sinceUs: number, nowUs: number, markAgeLimitUs: number): boolean {
  return positions.some(
    ({ position }) => isMarkStale(position, nowUs, markAgeLimitUs) && !isMarkStale(position, sinceUs, markAgeLimitUs),
  )
}

/** Share of gross exposure in instruments that are stale, 0-1; 0 without exposure. */
export function staleShare({ positions, grossUsd }: Valuation, isStale: (id: InstrumentId) => boolean): number {
  let staleUsd = 0n
  for (const { position, markValueUsd } of positions) {
    if (isStale(position.instrument)) staleUsd += markValueUsd < 0n ? -markValueUsd : markValueUsd
  }
  return staleUsd === 0n ? 0 : numberFromMoney(staleUsd) / numberFromMoney(grossUsd)
}
