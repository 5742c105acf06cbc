import { effectUsOf, isSimulated, sourcesOf, topics, type Event, type Heartbeat, type Run } from '@triplane/contracts'
import { US_PER_SECOND, type Clock } from '@triplane/kernel'
import type { BusRecord } from '@triplane/messaging'

export interface MarketBoundOptions {
  readonly run: Run
  /** How far market time may be ahead of the clock at speed 1, microseconds. */
  readonly aheadUs: number
  /** The newest market time accepted; 0 before the first. */
  readonly marketUs: () => number
  readonly clock: Pick<Clock, 'nowUs'>
}

/** Longer than any market is closed: what may lie between two events of a market that is played as fast as it goes. */
const MAX_GAP_US = 10 * 86_400 * US_PER_SECOND
/** The fastest that a market is played, market seconds a second: that of a simulated one until a heartbeat tells. */
const MAX_SPEED = 10_000

/** Market time `marketUs` was reached at wall time `wallUs`. */
interface Anchor {
  readonly marketUs: number
  readonly wallUs: number
  /** 0: as fast as it goes; undefined: the market is not played, its time is the clock's. */
  readonly speed: number | undefined
}

/**
 * The latest plausible market time, at the edge of a plane. It belongs to no state: what follows from it is in the turns.
 *
 * Invariants
 * 1. Where a real venue is traded, nothing lies beyond the wall clock plus `aheadUs`; nor where the market is not played, which is
 *    when the heartbeats of the data plane tell no speed.
 * 2. A market that is played goes on from the data plane's newest heartbeat at the speed that this tells, and `aheadUs` counts at
 *    that speed. One that is played as fast as it goes, or in lockstep, moves by ten days at once, at most.
 * 3. A hole that the data plane has said is passed, however long it is, where the wall clock has passed it.
 * 4. Of several data planes the one that is furthest counts.
 */
export class MarketBound {
  readonly #options: MarketBoundOptions
  readonly #isSimulated: boolean
  /** Of the data planes that have sent a heartbeat, by the name of their edge. */
  readonly #anchors = new Map<string, Anchor>()
  readonly #edges: ReadonlySet<string>
  /** The edges of the data planes whose market is in a hole. */
  readonly #inHole = new Set<string>()
  /** What was found last; it only falls when a heartbeat says so. */
  #latestUs = 0

  constructor(options: MarketBoundOptions) {
    this.#options = options
    this.#isSimulated = isSimulated(options.run)
    this.#edges = new Set(sourcesOf(options.run).map(edgeOf))
  }

  /** Whether market time may come to `timeUs` now. What has been reached is always plausible. */
  allows(timeUs: number): boolean {
    if (timeUs <= this.#latestUs || timeUs <= this.#options.marketUs()) return true
    this.#latestUs = this.#cappedUs(this.#inHole.size > 0 ? Infinity : this.#playedUs())
    return timeUs <= this.#latestUs
  }

  /** The first event of a record that is beyond; undefined when none is. Behind a hole that the record says only the clock counts. */
  firstBeyond(events: readonly Event[]): Event | undefined {
    let isBehindHole = false
    return events.find((event) => {
      const timeUs = effectUsOf(event)
      const isBeyond = isBehindHole ? timeUs > this.#cappedUs(Infinity) : !this.allows(timeUs)
      isBehindHole ||= saysHole(event)
      return isBeyond
    })
  }

  /** Whether a heartbeat of a data plane is plausible. It is what data is judged by, so at a speed it may be ahead by ten days. */
  allowsBeat({ effectUs, originUs, speed }: Heartbeat): boolean {
    if (originUs > this.#wallUs()) return false
    return effectUs <= (speed === undefined ? this.#wallUs() : this.#cappedUs(this.#gapUs()))
  }

  /** Notes an accepted record: heartbeats of a data plane; a hole in its market, and what connects behind it. */
  note(
    { topic, producer, tsSentUs }: Pick<BusRecord<unknown>, 'topic' | 'producer' | 'tsSentUs'>,
    events: readonly Event[],
  ): void {
    if (topic.name === topics.heartbeats.name) return this.#noteBeats(producer, events)
    if (topic.name !== topics.market.name) return
    const edge = edgeOf(producer)
    const anchor = this.#anchors.get(edge)
    if (anchor === undefined || anchor.speed === undefined) return
    for (const event of events) {
      if (event.type !== 'marketStatus') continue
      if (saysHole(event)) this.#inHole.add(edge)
      else if (event.status === 'connected' && this.#inHole.delete(edge))
        this.#moveTo(edge, {
          ...anchor,
          marketUs: event.tsRecvUs,
          wallUs: Math.min(tsSentUs, this.#options.clock.nowUs()),
        })
    }
  }

  #noteBeats(edge: string, events: readonly Event[]): void {
    if (!this.#edges.has(edge)) return
    for (const event of events) {
      if (event.type !== 'heartbeat' || event.effectUs === 0) continue
      const { effectUs, originUs, speed } = event
      if (originUs < (this.#anchors.get(edge)?.wallUs ?? 0)) continue
      this.#moveTo(edge, { marketUs: effectUs, wallUs: originUs, speed })
    }
  }

  #moveTo(edge: string, anchor: Anchor): void {
    this.#anchors.set(edge, anchor)
    this.#latestUs = 0
  }

  #playedUs(): number {
    const { run } = this.#options
    if (run.mode === 'lockstep') return this.#gapUs()
    if (this.#anchors.size > 0)
      return Math.max(...Array.from(this.#anchors.values(), (anchor) => this.#goneOnUs(anchor)))
    const startUs = run.startUs ?? run.startedAtUs
    return this.#goneOnUs({
      marketUs: startUs,
      wallUs: run.startedAtUs,
      speed: this.#isSimulated ? MAX_SPEED : undefined,
    })
  }

  #goneOnUs({ marketUs, wallUs, speed }: Anchor): number {
    if (speed === undefined) return this.#wallUs()
    if (speed === 0) return this.#gapUs()
    return marketUs + (this.#wallUs() - wallUs) * speed
  }

  /** Ten days behind what has been reached; before anything was, only the clock counts. */
  #gapUs(): number {
    const { run, marketUs } = this.#options
    const reachedUs = marketUs() || (this.#isSimulated ? (run.startUs ?? run.startedAtUs) : 0)
    return reachedUs === 0 ? this.#wallUs() : reachedUs + MAX_GAP_US
  }

  #wallUs(): number {
    return this.#options.clock.nowUs() + this.#options.aheadUs
  }

  /** A real venue is not ahead of the clock. */
  #cappedUs(timeUs: number): number {
    return this.#isSimulated ? timeUs : Math.min(timeUs, this.#wallUs())
  }
}

const edgeOf = (source: string) => `${source}.edge`

function saysHole(event: Event): boolean {
  return event.type === 'marketStatus' && event.status === 'disconnected' && event.reason === 'hole'
}
