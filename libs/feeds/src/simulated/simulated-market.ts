import { field, stateSchema, type StateOf } from '@triplane/contracts'
import { invariant, Random, US_PER_SECOND } from '@triplane/kernel'
import { isSessionOpen, nextSessionOpenUs, type FeedItem } from '@triplane/market-data'
import { OUTAGE } from '../disconnect-reasons.ts'
import { agendaOf, type AgendaEntry } from './agenda.ts'
import { BadTicks, badTicksSchema, type BadTickKind, type BadTicksState } from './bad-ticks.ts'
import { FrameWriter, messageSchema, type Message } from './frame-writer.ts'
import { randomStateSchema } from './random-state.ts'
import { clockErrorUs, conditionsAt, type Scenario } from './scenario.ts'
import { simulatedInstruments, type SimulatedInstrument } from './simulated-instrument.ts'
import { SimulatedSymbol, symbolStateSchema } from './simulated-symbol.ts'

export interface SimulatedMarketConfig {
  /** An integer in [0, 2^40); with the start it reproduces every byte. */
  readonly seed: number
  /** The start of the market, microseconds. */
  readonly startUs: number
  readonly scenario?: Scenario
  /** `real`: equities trade in New York's hours only. */
  readonly sessions?: 'always' | 'real'
  readonly instruments?: readonly SimulatedInstrument[]
}

/** The state from which a market with the same configuration continues. */
export const simulatedMarketSchema = stateSchema({
  nowUs: field.timeUs,
  isConnected: field.flag,
  lastRecvUs: field.timeUs,
  agendaDone: field.count,
  latency: randomStateSchema,
  /** By index of the instrument, like the two lists below. */
  symbols: field.list(symbolStateSchema),
  nextDiffUs: field.list(field.timeUs),
  diffsToLose: field.list(field.count),
  /** Null in a scenario without bad ticks. */
  badTicks: field.orNull(badTicksSchema),
  inFlight: field.list(messageSchema),
})
export type SimulatedMarketState = StateOf<typeof simulatedMarketSchema>

/** A simulated venue and our connection to it. */
export interface SimulatedMarket {
  /** Everything received before this time has been handed over, microseconds. */
  nowUs(): number
  /** Returns the items received from `nowUs()` on and before `untilUs`. */
  generate(untilUs: number): FeedItem[]
  /** Bad frames so far, by kind; all 0 in scenarios without. */
  badTickCounts(): Readonly<Partial<Record<BadTickKind, number>>>
  snapshot(): SimulatedMarketState
}

const DIFF_EVERY_US = 100_000
const MIN_LATENCY_US = 2_000
const MEAN_JITTER_US = 700
const origin = { source: 'sim', venue: 'sim' } as const

/**
 * Simulates a venue with Binance USD-M's protocol: bookTicker, trade, depth@100ms and REST snapshots, after every connect and
 * where the scenario requires them.
 *
 * Invariants
 * 1. The same configuration gives the same items with the same bytes, however `generate` divides time into steps, and after
 *    a snapshot is restored. All state is here and in the symbols; behaviour depends on event times only.
 * 2. Receive time is venue time plus a random latency of at least 2 ms, and never falls.
 * 3. While disconnected the venue continues, and nothing is received.
 */
export function createSimulatedMarket(config: SimulatedMarketConfig, state?: SimulatedMarketState): SimulatedMarket {
  return new Market(config, state)
}

class Market implements SimulatedMarket {
  readonly #startUs: number
  readonly #scenario: Scenario
  readonly #hasSessions: boolean
  readonly #agenda: readonly AgendaEntry[]
  readonly #symbols: readonly SimulatedSymbol[]
  readonly #nextDiffUs: number[]
  readonly #diffsToLose: number[]
  readonly #badTicks: BadTicks | undefined
  readonly #latency: Random
  readonly #writer = new FrameWriter(origin)
  #nowUs: number
  #isConnected: boolean
  #lastRecvUs: number
  #agendaDone: number
  /** Messages sent, and received at or after `nowUs`. */
  readonly #inFlight: Message[]
  readonly #received: FeedItem[] = []

  constructor(
    {
      seed,
      startUs,
      scenario = { about: 'calm' },
      sessions = 'always',
      instruments = simulatedInstruments,
    }: SimulatedMarketConfig,
    state?: SimulatedMarketState,
  ) {
    invariant(
      Number.isInteger(seed) && seed >= 0 && seed < 2 ** 40,
      'the seed is an integer from 0 to below 2^40',
      seed,
    )
    const seedOf = (stream: number) => seed * 4096 + stream
    this.#startUs = startUs
    this.#scenario = scenario
    this.#hasSessions = sessions === 'real'
    this.#agenda = agendaOf(scenario, startUs, instruments.length)
    this.#symbols = instruments.map((spec, index) => {
      const symbol = state?.symbols[index]
      return symbol ? new SimulatedSymbol(spec, symbol) : SimulatedSymbol.opening(spec, seedOf(index + 2), startUs)
    })
    // Instruments send their diffs one after the other, not all at the same moment.
    this.#nextDiffUs = state
      ? [...state.nextDiffUs]
      : instruments.map((_, index) => startUs + Math.floor((DIFF_EVERY_US * (index + 1)) / instruments.length))
    this.#diffsToLose = state ? [...state.diffsToLose] : instruments.map(() => 0)
    this.#badTicks = badTicksOf(scenario, startUs, seedOf(1), instruments.length, state?.badTicks ?? undefined)
    const saved = state ?? { nowUs: startUs, isConnected: false, lastRecvUs: startUs, agendaDone: 0, inFlight: [] }
    this.#latency = new Random(state ? state.latency : seedOf(0))
    this.#nowUs = saved.nowUs
    this.#isConnected = saved.isConnected
    this.#lastRecvUs = saved.lastRecvUs
    this.#agendaDone = saved.agendaDone
    this.#inFlight = [...saved.inFlight]
  }

  nowUs(): number {
    return this.#nowUs
  }

  generate(untilUs: number): FeedItem[] {
    this.#nowUs = Math.max(this.#nowUs, untilUs)
    for (const message of this.#inFlight.splice(0)) this.#receive(message)
    while (this.#handleNextBefore(untilUs));
    return this.#received.splice(0)
  }

  badTickCounts(): Readonly<Partial<Record<BadTickKind, number>>> {
    return this.#badTicks?.counts ?? {}
  }

  snapshot(): SimulatedMarketState {
    return {
      nowUs: this.#nowUs,
      isConnected: this.#isConnected,
      lastRecvUs: this.#lastRecvUs,
      agendaDone: this.#agendaDone,
      latency: this.#latency.state(),
      symbols: this.#symbols.map((symbol) => symbol.snapshot()),
      nextDiffUs: [...this.#nextDiffUs],
      diffsToLose: [...this.#diffsToLose],
      badTicks: this.#badTicks ? this.#badTicks.snapshot() : null,
      inFlight: [...this.#inFlight],
    }
  }

  /** Handles the next event of the venue if it is before `untilUs`. Of equal times: agenda, diffs, orders, bad ticks. */
  #handleNextBefore(untilUs: number): boolean {
    const entry = this.#agenda[this.#agendaDone]
    let nextUs = entry?.atUs ?? Infinity
    let handle: 'agenda' | 'diff' | 'order' | 'badTick' = 'agenda'
    let index = 0
    for (let i = 0; i < this.#symbols.length; i++) {
      const diffUs = this.#nextDiffUs[i] as number
      if (diffUs < nextUs) {
        nextUs = diffUs
        handle = 'diff'
        index = i
      }
      const orderUs = (this.#symbols[i] as SimulatedSymbol).nextOrderUs
      if (orderUs < nextUs) {
        nextUs = orderUs
        handle = 'order'
        index = i
      }
    }
    const badTickUs = this.#badTicks?.nextUs ?? Infinity
    if (badTickUs < nextUs) {
      nextUs = badTickUs
      handle = 'badTick'
    }
    if (nextUs >= untilUs) return false

    if (handle === 'order') this.#order(index, nextUs)
    else if (handle === 'diff') this.#diff(index, nextUs)
    else if (handle === 'badTick') this.#badTick(nextUs)
    else if (entry) this.#agendaEntry(entry)
    return true
  }

  #order(index: number, timeUs: number): void {
    const symbol = this.#symbols[index] as SimulatedSymbol
    const { session } = symbol.spec
    if (this.#hasSessions && !isSessionOpen(session, timeUs))
      return symbol.restUntil(nextSessionOpenUs(session, timeUs))
    symbol.order(timeUs, this.#venueMs(timeUs), conditionsAt(this.#scenario, this.#secondsAt(timeUs)), (kind, text) => {
      this.#badTicks?.remember(index, kind, text)
      this.#send(timeUs, text)
    })
  }

  #diff(index: number, timeUs: number): void {
    this.#nextDiffUs[index] = timeUs + DIFF_EVERY_US
    const text = (this.#symbols[index] as SimulatedSymbol).takeDiff(this.#venueMs(timeUs))
    if (text === undefined) return
    const toLose = this.#diffsToLose[index] as number
    if (toLose > 0) this.#diffsToLose[index] = toLose - 1
    else this.#send(timeUs, text)
  }

  #badTick(timeUs: number): void {
    const text = this.#badTicks?.make(this.#symbols, this.#venueMs(timeUs))
    if (text !== undefined) this.#send(timeUs, text)
  }

  #agendaEntry(entry: AgendaEntry): void {
    this.#agendaDone++
    switch (entry.kind) {
      case 'connect':
        this.#isConnected = true
        this.#receive({ type: 'connect', tsRecvUs: this.#receiveAt(entry.atUs) })
        break
      case 'disconnect':
        this.#isConnected = false
        this.#receive({ type: 'disconnect', tsRecvUs: this.#receiveAt(entry.atUs), reason: OUTAGE })
        break
      case 'loseDiff':
        this.#diffsToLose[entry.index] = 1
        break
      case 'snapshot': {
        const symbol = this.#symbols[entry.index] as SimulatedSymbol
        this.#send(entry.atUs, symbol.bookSnapshot(this.#venueMs(entry.atUs)), symbol.spec.venueSymbol)
        break
      }
    }
  }

  #send(timeUs: number, text: string, snapshotSymbol?: string): void {
    if (!this.#isConnected) return
    const latencyUs = MIN_LATENCY_US + Math.floor(this.#latency.exponential(MEAN_JITTER_US))
    const tsRecvUs = this.#receiveAt(timeUs + latencyUs)
    this.#receive({ type: 'frame', tsRecvUs, text, snapshotSymbol: snapshotSymbol ?? null })
  }

  /** Hands the message over if it is received before `nowUs`. */
  #receive(message: Message): void {
    if (message.tsRecvUs < this.#nowUs) this.#received.push(this.#writer.item(message))
    else this.#inFlight.push(message)
  }

  /** Receive time of a message that would arrive at `timeUs`: messages do not overtake each other. */
  #receiveAt(timeUs: number): number {
    this.#lastRecvUs = Math.max(this.#lastRecvUs, timeUs)
    return this.#lastRecvUs
  }

  /** The reading of the venue's clock, milliseconds. */
  #venueMs(timeUs: number): number {
    return Math.floor((timeUs + clockErrorUs(this.#scenario, this.#secondsAt(timeUs))) / 1000)
  }

  #secondsAt(timeUs: number): number {
    return (timeUs - this.#startUs) / US_PER_SECOND
  }
}

function badTicksOf(
  { badTicks }: Scenario,
  startUs: number,
  seed: number,
  instruments: number,
  state: BadTicksState | undefined,
): BadTicks | undefined {
  if (!badTicks) return undefined
  if (state) return new BadTicks(badTicks.everyS, state)
  return BadTicks.start(badTicks.everyS, startUs + badTicks.fromS * US_PER_SECOND, seed, instruments)
}
