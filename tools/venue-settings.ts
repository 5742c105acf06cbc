import { invariant } from '@triplane/kernel'
import { venues } from '@triplane/venues'

/** A line of a setting that each venue has: of its fees. */
const LINE = /^ *#?TRIPLANE_ORDER_PAPER_FEES_.*\n/gm

const fees = venues.flatMap(({ id, fees }) => {
  const prefix = `TRIPLANE_ORDER_PAPER_FEES_${id.toUpperCase()}`
  return [[`${prefix}_MAKER_BPS`, fees.makerBps] as const, [`${prefix}_TAKER_BPS`, fees.takerBps] as const]
})

/** `.env.example` with the settings of every venue, at their defaults. */
export const withVenueDefaults = (text: string) =>
  withLines(
    text,
    fees.map(([name, bps]) => `#${name}=${bps}\n`),
  )

/** The settings that the compose files pass on, with those of every venue. */
export const withVenueNames = (text: string) =>
  withLines(
    text,
    fees.map(([name]) => `      ${name}:\n`),
  )

/** The text with the settings of venues, which stand together, replaced by `lines`. */
function withLines(text: string, lines: readonly string[]): string {
  const at = text.search(LINE)
  invariant(at >= 0, 'settings of venues have a place')
  const rest = text.replace(LINE, '')
  return rest.slice(0, at) + lines.join('') + rest.slice(at)
}
