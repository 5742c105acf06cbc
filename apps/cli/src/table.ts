/** Characters that a terminal would interpret. */
const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu
const GAP = '  '

/** The text of a cell; "-" for nothing. */
export type Cell = string | number | boolean | undefined

/**
 * Rows as text: columns as wide as their widest cell, numbers to the right, no frame. Shows control characters, which outside
 * data may contain, as spaces. Returns `empty` when there is no row.
 */
export function formatTable(heads: readonly string[], rows: readonly (readonly Cell[])[], empty: string): string {
  if (rows.length === 0) return `${empty}\n`
  const isNumeric = heads.map((_, column) => rows.every((row) => isNumber(row[column])))
  const lines = [heads, ...rows.map((row) => heads.map((_, column) => cellText(row[column])))]
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const text = lines.map((line) => {
    const cells = line.map((cell, column) => {
      const width = widths[column] ?? 0
      return isNumeric[column] ? cell.padStart(width) : cell.padEnd(width)
    })
    return cells.join(GAP).trimEnd()
  })
  return `${text.join('\n')}\n`
}

/** Outside text as one line. */
export function cellText(cell: Cell): string {
  if (cell === undefined || cell === '') return '-'
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no'
  return String(cell).replace(CONTROL_CHARACTERS, ' ')
}

/** A field of an outside JSON object as a cell. */
export function asCell(value: unknown): Cell {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return value === undefined || value === null ? undefined : JSON.stringify(value)
}

/** Microseconds as "2024-08-08 14:30:00.123Z". */
export function timeText(us: number | undefined): string | undefined {
  return us === undefined ? undefined : new Date(us / 1000).toISOString().replace('T', ' ')
}

function isNumber(cell: Cell): boolean {
  return typeof cell === 'number' || (typeof cell === 'string' && /^-?\d+(\.\d+)?$/.test(cell))
}
