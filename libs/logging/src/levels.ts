/** Levels of a log line, the least first. */
export const levels = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const
export type Level = (typeof levels)[number]

/**
 * The level of the module `name` ("feeds.binance"): that of the longest listed part of its name ("feeds"), else `level`.
 */
export function levelOf(name: string, level: Level, byModule: Readonly<Record<string, Level>>): Level {
  const parts = name.split('.')
  for (let length = parts.length; length > 0; length--) {
    const listed = byModule[parts.slice(0, length).join('.')]
    if (listed) return listed
  }
  return level
}
