/** One fault and what came of it. */
export interface Struck {
  readonly fault: string
  /** From the end of its cause to the next fill; undefined when there was none in time. */
  readonly secondsToTrading: number | undefined
  readonly lost: number
  readonly doubled: number
  /** Alerts that fired. */
  readonly alerts: readonly string[]
  /** Kill switches that wait for an operator by design, and were re-armed by command. */
  readonly latches: readonly string[]
  /** What went wrong, in words; empty when nothing did. */
  readonly problems: readonly string[]
}

/** Whether nothing was lost or doubled, and nobody was needed but for latches that wait for an operator by design. */
export function isPassed(struck: readonly Struck[]): boolean {
  return struck.every(
    ({ secondsToTrading, lost, doubled, problems }) =>
      secondsToTrading !== undefined && lost + doubled + problems.length === 0,
  )
}

/** The table at the end, and its sums. */
export function reportText(struck: readonly Struck[]): string {
  const rows = struck.map((one) => [
    one.fault,
    one.secondsToTrading?.toFixed(1) ?? 'never',
    String(one.lost),
    String(one.doubled),
    one.latches.join(' ') || '-',
    one.alerts.join(' ') || '-',
  ])
  const lines = [['fault', 's to trading', 'lost', 'doubled', 'latches', 'alerts'], ...rows]
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? []
  const table = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  const sum = (of: (one: Struck) => number) => struck.reduce((total, one) => total + of(one), 0)
  const times = struck.flatMap(({ secondsToTrading }) => secondsToTrading ?? []).sort((a, b) => a - b)
  const problems = struck.flatMap(({ fault, problems: told }) => told.map((problem) => `${fault}: ${problem}`))
  const [median, longest] = [times[times.length >> 1] ?? 0, times.at(-1) ?? 0]
  return [
    ...table,
    '',
    `${struck.length} faults, ${sum(({ lost }) => lost)} lost, ${sum(({ doubled }) => doubled)} doubled, ` +
      `${sum(({ latches }) => latches.length)} latches re-armed; seconds to trading: median ${median.toFixed(1)}, longest ${longest.toFixed(1)}`,
    ...problems,
    isPassed(struck) ? 'PASSED' : 'FAILED',
    '',
  ].join('\n')
}
