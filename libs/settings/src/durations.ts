import { z } from 'zod'

/** A setting that is a duration, milliseconds; fractions are microseconds. Its name ends with `Ms`. */
export const durationMs = (defaultMs: number, maxMs: number) => z.number().min(0.001).max(maxMs).default(defaultMs)

/** The same settings with their durations in microseconds, as the cores count: `staleAfterMs` is `staleAfterUs`. */
export type InMicroseconds<Settings> = {
  [Name in keyof Settings as Name extends `${infer Stem}Ms` ? `${Stem}Us` : Name]: Settings[Name] extends
    readonly unknown[] | number | string | boolean | undefined
    ? Settings[Name]
    : InMicroseconds<Settings[Name]>
}

/** Converts settings from milliseconds to the cores' whole microseconds; the only place that does. */
export function inMicroseconds<Settings extends object>(settings: Settings): InMicroseconds<Settings> {
  const converted = Object.entries(settings).map(([name, value]: [string, unknown]) => {
    if (typeof value === 'number' && name.endsWith('Ms')) return [`${name.slice(0, -2)}Us`, Math.round(value * 1000)]
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value)
    return [name, isGroup ? inMicroseconds(value) : value]
  })
  return Object.fromEntries(converted) as InMicroseconds<Settings>
}
