import type { Instrument } from '@triplane/contracts'
import { US_PER_DAY, US_PER_HOUR, US_PER_MINUTE } from '@triplane/kernel'
import { earlyCloses, exchangeHolidays } from './exchange-days.ts'

/** When an instrument trades. */
export type Session = Instrument['session']

const OPENS_US = 9 * US_PER_HOUR + 30 * US_PER_MINUTE
const CLOSES_US = 16 * US_PER_HOUR
const CLOSES_EARLY_US = 13 * US_PER_HOUR
const SUNDAY = 0
const SATURDAY = 6

/**
 * True while the session is open at `timeUs` (UTC): always for `24x7`; for `us_equity` from 09:30 to 16:00 (13:00 on early
 * closes, end excluded) New York time on exchange days.
 */
export function isSessionOpen(session: Session, timeUs: number): boolean {
  if (session === '24x7') return true
  const newYorkUs = timeUs + newYorkOffsetUs(timeUs)
  const dayUs = newYorkUs - Math.floor(newYorkUs / US_PER_DAY) * US_PER_DAY
  return dayUs >= OPENS_US && dayUs < closeOfDayUs(newYorkUs)
}

/** The first time at or after `timeUs` at which the session is open. */
export function nextSessionOpenUs(session: Session, timeUs: number): number {
  if (isSessionOpen(session, timeUs)) return timeUs
  const newYorkUs = timeUs + newYorkOffsetUs(timeUs)
  for (let midnightUs = Math.floor(newYorkUs / US_PER_DAY) * US_PER_DAY; ; midnightUs += US_PER_DAY) {
    // Clocks change on Sundays only, so the offset at noon UTC is that of the opening on a trading day.
    const opensUs = midnightUs + OPENS_US - newYorkOffsetUs(midnightUs + US_PER_DAY / 2)
    if (opensUs >= timeUs && closeOfDayUs(midnightUs) > 0) return opensUs
  }
}

/** How much of the time from `fromUs` to `toUs` the session is open, microseconds. Takes one step per day. */
export function openTimeUs(session: Session, fromUs: number, toUs: number): number {
  if (session === '24x7') return Math.max(0, toUs - fromUs)
  let openUs = 0
  for (let timeUs = nextSessionOpenUs(session, fromUs); timeUs < toUs; timeUs = nextSessionOpenUs(session, timeUs)) {
    const newYorkUs = timeUs + newYorkOffsetUs(timeUs)
    const closesUs = Math.floor(newYorkUs / US_PER_DAY) * US_PER_DAY + closeOfDayUs(newYorkUs) - newYorkOffsetUs(timeUs)
    openUs += Math.min(closesUs, toUs) - timeUs
    timeUs = closesUs
  }
  return openUs
}

/** Microseconds after midnight at which the New York day of `newYorkUs` stops trading; 0 when it does not trade. */
function closeOfDayUs(newYorkUs: number): number {
  const weekday = weekdayOf(newYorkUs)
  if (weekday === SUNDAY || weekday === SATURDAY) return 0
  const date = new Date(newYorkUs / 1000)
  const yyyymmdd = date.getUTCFullYear() * 10_000 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate()
  if (exchangeHolidays.has(yyyymmdd)) return 0
  return earlyCloses.has(yyyymmdd) ? CLOSES_EARLY_US : CLOSES_US
}

/**
 * New York time minus UTC. Daylight time runs from the second Sunday of March, 07:00 UTC, to the first Sunday of November,
 * 06:00 UTC (Energy Policy Act of 2005: correct from 2007 on).
 */
function newYorkOffsetUs(timeUs: number): number {
  const year = new Date(timeUs / 1000).getUTCFullYear()
  const beginsUs = sundayOnOrAfter(Date.UTC(year, 2, 8) * 1000) + 7 * US_PER_HOUR
  const endsUs = sundayOnOrAfter(Date.UTC(year, 10, 1) * 1000) + 6 * US_PER_HOUR
  return timeUs >= beginsUs && timeUs < endsUs ? -4 * US_PER_HOUR : -5 * US_PER_HOUR
}

function sundayOnOrAfter(midnightUs: number): number {
  return midnightUs + ((7 - weekdayOf(midnightUs)) % 7) * US_PER_DAY
}

/** 0 is Sunday. The epoch was a Thursday. */
function weekdayOf(timeUs: number): number {
  return (Math.floor(timeUs / US_PER_DAY) + 4) % 7
}
