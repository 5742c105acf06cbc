import { decimalsOf, fixed } from '@triplane/kernel'
import type { LevelChange } from './simulated-book.ts'
import type { SimulatedInstrument } from './simulated-instrument.ts'

/** Writes one instrument's messages in the format of Binance USD-M's combined stream and REST. Times are milliseconds. */
export class WireFormat {
  readonly #symbol: string
  readonly #stream: string
  readonly #price: (ticks: number) => string
  readonly #size: (lots: number) => string

  constructor({ venueSymbol, tickSize, lotSize }: Pick<SimulatedInstrument, 'venueSymbol' | 'tickSize' | 'lotSize'>) {
    this.#symbol = venueSymbol
    this.#stream = venueSymbol.toLowerCase()
    this.#price = stepFormat(tickSize)
    this.#size = stepFormat(lotSize)
  }

  trade(timeMs: number, id: number, ticks: number, lots: number, isBuyerMaker: boolean): string {
    return `{"stream":"${this.#stream}@trade","data":{"e":"trade","E":${timeMs},"T":${timeMs},"s":"${this.#symbol}","t":${id},"p":"${this.#price(ticks)}","q":"${this.#size(lots)}","X":"MARKET","m":${isBuyerMaker}}}`
  }

  quote(timeMs: number, updateId: number, [bid, bidLots]: LevelChange, [ask, askLots]: LevelChange): string {
    return `{"stream":"${this.#stream}@bookTicker","data":{"e":"bookTicker","u":${updateId},"s":"${this.#symbol}","b":"${this.#price(bid)}","B":"${this.#size(bidLots)}","a":"${this.#price(ask)}","A":"${this.#size(askLots)}","T":${timeMs},"E":${timeMs}}}`
  }

  depthDiff(
    timeMs: number,
    previousId: number,
    lastId: number,
    bids: readonly LevelChange[],
    asks: readonly LevelChange[],
  ): string {
    return `{"stream":"${this.#stream}@depth@100ms","data":{"e":"depthUpdate","E":${timeMs},"T":${timeMs},"s":"${this.#symbol}","U":${previousId + 1},"u":${lastId},"pu":${previousId},"b":${this.#levels(bids)},"a":${this.#levels(asks)}}}`
  }

  /** A REST snapshot, which does not name its symbol. */
  snapshot(timeMs: number, lastId: number, bids: readonly LevelChange[], asks: readonly LevelChange[]): string {
    return `{"lastUpdateId":${lastId},"E":${timeMs},"T":${timeMs},"bids":${this.#levels(bids)},"asks":${this.#levels(asks)}}`
  }

  #levels(levels: readonly LevelChange[]): string {
    let text = '['
    for (const [ticks, lots] of levels)
      text += `${text.length > 1 ? ',' : ''}["${this.#price(ticks)}","${this.#size(lots)}"]`
    return text + ']'
  }
}

/** Prints a count of steps as a decimal with the step's own number of digits: 618003 steps of "0.1" are "61800.3". */
function stepFormat(step: string): (count: number) => string {
  const decimals = decimalsOf(step)
  const unitsPerStep = Number(fixed(step, decimals))
  if (decimals === 0) return (count) => String(count * unitsPerStep)
  const unitsPerOne = 10 ** decimals
  return (count) => {
    const units = Math.abs(count * unitsPerStep)
    const whole = Math.floor(units / unitsPerOne)
    const fraction = String(units - whole * unitsPerOne).padStart(decimals, '0')
    return `${count < 0 ? '-' : ''}${whole}.${fraction}`
  }
}
