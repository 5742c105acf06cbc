/** What the live view shows. Money in USD, times in microseconds. */
export interface LiveStatus {
  readonly marketTimeUs: number
  readonly frames: number
  readonly refused: number
  readonly gaps: number
  readonly signals: number
  readonly intents: number
  readonly orders: number
  readonly denied: number
  readonly fills: number
  readonly openOrders: number
  readonly tradingState: string
  readonly instruments: readonly {
    /** The symbol, or the id where several venues have that symbol. */
    readonly name: string
    readonly bid: number | undefined
    readonly ask: number | undefined
    readonly position: string
    /** Also true for an instrument without a book. */
    readonly bookValid: boolean
    /** The minute in progress lacks trades. */
    readonly barIncomplete: boolean
  }[]
  readonly equityUsd: number
  readonly pnlUsd: number
  readonly drawdownRatio: number
  readonly switches: readonly { readonly type: string; readonly active: boolean; readonly distanceRatio: number }[]
  /** Share of the input read so far, 0-1; absent for a live market. */
  readonly progress?: number
  readonly storedRows?: number
}

/** A terminal, or a substitute for one. */
export interface Screen {
  readonly isTTY: boolean
  readonly columns: number
  write(text: string): void
}

/** Seconds of wall time between two draws on a terminal, and between two lines elsewhere. */
const DRAW_EVERY_MS = 500
const LINE_EVERY_MS = 5000

const integer = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const money = new Intl.NumberFormat('en-US', {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
  signDisplay: 'exceptZero',
})
const plain = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const price = (value: number | undefined) => (value === undefined ? '-' : plain.format(value))

/**
 * Shows the progress of a run: refreshed in place on a terminal, one line every few seconds elsewhere. `show` may be called any
 * number of times.
 */
export class LiveView {
  readonly #screen: Screen
  readonly #urls: readonly string[]
  readonly #nowMs: () => number
  #drawnLines = 0
  #shownMs = Number.NEGATIVE_INFINITY
  #shownFrames = 0

  constructor(screen: Screen, urls: readonly string[], nowMs: () => number) {
    this.#screen = screen
    this.#urls = urls
    this.#nowMs = nowMs
  }

  /** Draws when it is due, and only then calls `status`. */
  show(status: () => LiveStatus): void {
    const nowMs = this.#nowMs()
    if (nowMs - this.#shownMs < (this.#screen.isTTY ? DRAW_EVERY_MS : LINE_EVERY_MS)) return
    const seen = status()
    const framesPerSecond = ((seen.frames - this.#shownFrames) * 1000) / (nowMs - this.#shownMs)
    this.#shownMs = nowMs
    this.#shownFrames = seen.frames
    if (this.#screen.isTTY) this.#draw(blockOf(seen, framesPerSecond, this.#urls))
    else this.#screen.write(`${lineOf(seen, framesPerSecond)}\n`)
  }

  /** Clears the view, so that the next output takes its place on the terminal. */
  clear(): void {
    if (this.#drawnLines > 0) this.#screen.write(`\x1b[${this.#drawnLines}A\x1b[J`)
    this.#drawnLines = 0
  }

  #draw(lines: readonly string[]): void {
    const width = Math.max(40, this.#screen.columns - 1)
    this.clear()
    this.#screen.write(lines.map((line) => `${line.slice(0, width)}\n`).join(''))
    this.#drawnLines = lines.length
  }
}

const clock = (us: number) => new Date(us / 1000).toISOString().slice(0, 19).replace('T', ' ')
const tripped = (status: LiveStatus) => status.switches.filter((each) => each.active).map((each) => each.type)

function lineOf(status: LiveStatus, framesPerSecond: number): string {
  const alarm = tripped(status)
  return [
    clock(status.marketTimeUs),
    status.progress === undefined ? '' : `${Math.floor(status.progress * 100)}%`,
    `${integer.format(framesPerSecond)} frames/s`,
    `${integer.format(status.fills)} fills`,
    `${status.openOrders} open`,
    `equity ${plain.format(status.equityUsd)} (${money.format(status.pnlUsd)})`,
    `${status.tradingState}${alarm.length > 0 ? `: ${alarm.join(', ')}` : ''}`,
  ]
    .filter((part) => part !== '')
    .join('  ')
}

function blockOf(status: LiveStatus, framesPerSecond: number, urls: readonly string[]): string[] {
  const switches = status.switches.map(
    ({ type, active, distanceRatio }) => `${type} ${active ? 'TRIPPED' : distanceRatio.toFixed(2)}`,
  )
  const off = 'metrics off'
  const [dataUrl = off, orderUrl = off, strategyUrl = off] = urls
  const nameWidth = Math.max(14, ...status.instruments.map(({ name }) => name.length))
  return [
    `Triplane  ${clock(status.marketTimeUs)} UTC${status.progress === undefined ? '' : `  ${progressBar(status.progress)}`}   Ctrl-C stops`,
    '',
    `data      ${dataUrl}`,
    `  ${integer.format(framesPerSecond)} frames/s, ${integer.format(status.frames)} in, ${integer.format(status.refused)} refused, ${status.gaps} gaps${status.storedRows === undefined ? '' : `, ${integer.format(status.storedRows)} rows stored`}`,
    ...status.instruments.map(
      ({ name, bid, ask, position, bookValid, barIncomplete }) =>
        `  ${name.padEnd(nameWidth)} ${price(bid).padStart(12)} ${price(ask).padStart(12)}   position ${position.padStart(10)}${bookValid ? '' : '  book invalid'}${barIncomplete ? '  incomplete' : ''}`,
    ),
    `strategy  ${strategyUrl}`,
    `  equity ${plain.format(status.equityUsd)} USD (${money.format(status.pnlUsd)}), drawdown ${(status.drawdownRatio * 100).toFixed(3)} %`,
    `  ${integer.format(status.signals)} signals, ${integer.format(status.intents)} intents`,
    `  ${switches.join('  ')}`,
    `order     ${orderUrl}`,
    `  ${status.tradingState}; ${integer.format(status.orders)} orders, ${integer.format(status.denied)} denied, ${integer.format(status.fills)} fills, ${status.openOrders} open`,
  ]
}

function progressBar(share: number): string {
  const full = Math.round(Math.min(1, share) * 20)
  return `[${'#'.repeat(full)}${'.'.repeat(20 - full)}] ${Math.floor(Math.min(1, share) * 100)} %`
}
