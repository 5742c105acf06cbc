import type { Screen } from './edges.ts'

const BAR_WIDTH = 24
const integer = new Intl.NumberFormat('en-US')

/** One line that is redrawn on a terminal; elsewhere nothing is shown. */
export interface ProgressBar {
  /** Shows `done` of `total` under `name`. */
  show(name: string, done: number, total: number): void
  /** Removes the line. */
  clear(): void
}

export function createProgressBar(screen: Screen): ProgressBar {
  let shown = 0

  function write(line: string): void {
    if (!screen.isTTY) return
    const text = line.slice(0, Math.max(0, screen.columns - 1))
    screen.write(`\r${text.padEnd(shown)}`)
    shown = text.length
  }

  return {
    show(name, done, total) {
      const ratio = total === 0 ? 1 : Math.min(1, done / total)
      const bar = '#'.repeat(Math.round(ratio * BAR_WIDTH)).padEnd(BAR_WIDTH, '.')
      const percent = `${Math.floor(ratio * 100)} %`.padStart(5)
      write(`[${bar}] ${percent}  ${name}: ${integer.format(done)} of ${integer.format(total)} rows`)
    },
    clear() {
      if (shown === 0) return
      write('')
      if (screen.isTTY) screen.write('\r')
      shown = 0
    },
  }
}
