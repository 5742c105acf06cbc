import { timeframes, type Timeframe } from '@triplane/contracts'
import { z } from 'zod'

/** The past bars that a feed requests from its venue, for each instrument. */
export interface WantedBars {
  readonly timeframe: Timeframe
  /** Number of finished bars, the newest; a venue may have fewer. */
  readonly bars: number
}

/** Maximum number of bars of one length. */
const MOST_BARS = 10_000
const WANTED = new RegExp(`^(?:${timeframes.join('|')}):[1-9]\\d{0,4}$`)

/** The setting for the past bars to request: 1m:31,1d:20; each length once. */
export const wantedBarsSetting = z
  .array(z.string().regex(WANTED, 'Expected a length and how many, such as 1m:31'))
  .refine(
    (all) => new Set(all.map((one) => one.split(':')[0])).size === all.length,
    'Expected each length of bars once',
  )
  .refine((all) => all.every((one) => Number(one.split(':')[1]) <= MOST_BARS), `Expected at most ${MOST_BARS} bars`)
  .default([])

/** Reads a value of that setting. */
export function readWantedBars(setting: readonly string[]): readonly WantedBars[] {
  return setting.map((one) => {
    const [timeframe, bars] = one.split(':')
    return { timeframe: timeframe as Timeframe, bars: Number(bars) }
  })
}
