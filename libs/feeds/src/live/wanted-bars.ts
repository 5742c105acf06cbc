import { timeframes, type Timeframe } from '@triplane/contracts'
import { z } from 'zod'

/** Bars of the time before that a feed asks its venue for, of each instrument. */
export interface WantedBars {
  readonly timeframe: Timeframe
  /** How many of the newest that are over; a venue may have fewer. */
  readonly bars: number
}

/** More bars of a length than this nobody may want. */
const MOST_BARS = 10_000
const WANTED = new RegExp(`^(?:${timeframes.join('|')}):[1-9]\\d{0,4}$`)

/** The setting that says which past bars are wanted: 1m:31,1d:20; each length once. */
export const wantedBarsSetting = z
  .array(z.string().regex(WANTED, 'Expected a length and how many, such as 1m:31'))
  .refine(
    (all) => new Set(all.map((one) => one.split(':')[0])).size === all.length,
    'Expected each length of bars once',
  )
  .refine((all) => all.every((one) => Number(one.split(':')[1]) <= MOST_BARS), `Expected at most ${MOST_BARS} bars`)
  .default([])

/** What a value of that setting says. */
export function readWantedBars(setting: readonly string[]): readonly WantedBars[] {
  return setting.map((one) => {
    const [timeframe, bars] = one.split(':')
    return { timeframe: timeframe as Timeframe, bars: Number(bars) }
  })
}
