import {
  field,
  stateSchema,
  topics,
  type Event,
  type ExecutionEvent,
  type Instrument,
  type OrderIntent,
  type Stage,
  type StateOf,
} from '@triplane/contracts'
import type { Source } from '@triplane/feeds'
import type { Clock } from '@triplane/kernel'
import { quotedOf, tradableOf, type ConfiguredRates } from '@triplane/instruments'
import { logEvent, type Logger } from '@triplane/logging'
import { OutputHash, outputHashSchema, runHash, steppedFields, type Bus, type PlaneRunner } from '@triplane/messaging'
import { exportBusStats, type BusTopics, type Metrics } from '@triplane/metrics'
import type { OrderPlaneCore, OrderPlaneInput, SwitchRelease } from '@triplane/order-core'
import { composeDataPlane, dataPlane, orderPlane, strategyPlaneOf, type DataPlane } from '@triplane/planes'
import { strategies as builtIn, type StrategyDefinition } from '@triplane/strategy'
import { simulatedAccount } from '@triplane/service'
import type { StrategyCore, StrategyInput, StrategyOutput } from '@triplane/strategy-core'
import type { StandaloneConfig } from './config.ts'
import { joinPlane, type JoinedPlane } from './join-plane.ts'
import { Lockstep } from './lockstep.ts'
import { RunTally, runTallySchema } from './run-tally.ts'

export interface PlanesOptions {
  /** The strategies that the settings may name; default: the built-in ones. */
  readonly strategies?: readonly StrategyDefinition[]
  readonly config: StandaloneConfig
  readonly source: Source['name']
  readonly instruments: readonly Instrument[]
  readonly rates: ConfiguredRates
  readonly isSessionOpen: (session: Instrument['session'], timeUs: number) => boolean
  readonly bus: Bus
  readonly runId: string
  readonly metrics: PlaneMetrics
  readonly clock: Clock
  /** Wall time, read once a turn. */
  readonly turnUs: () => number
  readonly hash: boolean
  readonly logger: Logger
  /** Called with each output of the data plane, once a turn. */
  readonly onMarketEvent?: (event: Event) => void
  /** Called when a kill switch has released itself, for the audit. */
  readonly onReleased?: (release: SwitchRelease) => void
  readonly resumed?: PlanesState
}

export interface PlaneMetrics {
  readonly data: Metrics<'data_plane'>
  readonly order: Metrics<'order_plane'>
  readonly strategy: Metrics<'strategy_plane'>
}

/** The saved state of all three planes and of the tally of their outputs, with that of these strategies. */
export const planesSchema = (strategies: readonly StrategyDefinition[]) => {
  const strategyPlane = strategyPlaneOf(strategies)
  return stateSchema({
    nowUs: field.timeUs,
    data: dataPlane.stateSchema,
    strategy: stateSchema(steppedFields(strategyPlane.stateSchema, strategyPlane.inputSchema)),
    order: stateSchema(steppedFields(orderPlane.stateSchema, orderPlane.inputSchema)),
    tally: runTallySchema,
    /** Null in a run without one. */
    hashes: field.orNull(stateSchema({ data: outputHashSchema, order: outputHashSchema, strategy: outputHashSchema })),
    latenciesUs: field.list(field.real),
  })
}
type PlanesState = StateOf<ReturnType<typeof planesSchema>>

/** The three planes in lockstep, and the tally of their outputs. */
export interface Planes {
  readonly data: DataPlane
  readonly strategy: JoinedPlane<StrategyInput, StrategyOutput, StrategyCore>
  readonly order: JoinedPlane<OrderPlaneInput, ExecutionEvent, OrderPlaneCore>
  readonly lockstep: Lockstep
  /** Digest of all outputs of the planes. */
  readonly tally: RunTally
  /** Wall time of the newest turn. */
  readonly turnUs: () => number
  /** Wall time from the hand-over of a frame to the approval of an order that it caused, microseconds. */
  readonly latenciesUs: number[]
  /** Counts, hashes and logs the outputs of the planes since the last call: once a turn, and before they are read here. */
  observe(): void
  hashes():
    | {
        readonly hash: string
        readonly hashes: { readonly data: string; readonly order: string; readonly strategy: string }
      }
    | undefined
  state(): PlanesState
}

/** Latencies kept for the report: the first ones of a run. */
const MAX_LATENCIES = 1_000_000

/** Composes the three planes on one bus. */
export function composePlanes(options: PlanesOptions): Planes {
  const { config, source, instruments, rates, isSessionOpen, bus, runId, metrics, clock, turnUs, logger, resumed } =
    options
  const tally = new RunTally(resumed?.tally)
  const hashOf = (plane: Stage) => new OutputHash(resumed?.hashes?.[plane])
  const chains = options.hash
    ? { data: hashOf('data'), order: hashOf('order'), strategy: hashOf('strategy') }
    : undefined
  const observer = (plane: Stage) => {
    const chain = chains?.[plane]
    const planeLogger = logger.child(`${plane}_plane`)
    const tell = plane === 'data' ? options.onMarketEvent : undefined
    return (event: Event) => {
      tally.observe(event)
      chain?.add(event)
      logEvent(planeLogger, event)
      tell?.(event)
    }
  }
  const latenciesUs: number[] = resumed ? [...resumed.latenciesUs] : []
  const joined = { bus, runId, account: simulatedAccount(runId) }
  const tradable = tradableOf(instruments, rates)

  const data = composeDataPlane({
    ...joined,
    nowUs: turnUs,
    monotonicUs: () => clock.monotonicUs(),
    instruments,
    isSessionOpen,
    config: config.data,
    source,
    metrics: metrics.data,
    observe: observer('data'),
    ...(resumed && { resumed: resumed.data }),
  })
  const market = { instruments: tradable, rates, isSessionOpen }
  const strategyPlane = strategyPlaneOf(options.strategies ?? builtIn)
  const strategy = joinPlane(
    {
      ...joined,
      plane: strategyPlane.build(
        {
          ...market,
          quoted: quotedOf(instruments),
          config: config.strategy,
          metrics: metrics.strategy,
          logger: logger.child('strategy_plane'),
        },
        resumed?.strategy.core,
      ),
      metrics: metrics.strategy,
      observe: observer('strategy'),
    },
    resumed?.strategy.inputs,
  )
  const onApproved = (intent: OrderIntent) => noteApproval(clock.monotonicUs(), intent.effectUs)
  const order = joinPlane(
    {
      ...joined,
      plane: orderPlane.build(
        {
          ...{ ...market, config: config.order, metrics: metrics.order, onApproved },
          ...(options.onReleased && { onReleased: options.onReleased }),
        },
        resumed?.order.core,
      ),
      metrics: metrics.order,
      observe: observer('order'),
    },
    resumed?.order.inputs,
  )
  exportBus(metrics.strategy, strategyPlane.topics, strategy)
  exportBus(metrics.order, orderPlane.topics, order)
  const lockstep = new Lockstep({ data, strategy: strategy.runner, order: order.runner }, clock, resumed?.nowUs)

  /** In one process a plane sends its heartbeats itself. */
  function exportBus(
    of: Metrics<string>,
    known: BusTopics,
    { runner }: { readonly runner: Pick<PlaneRunner<never, never>, 'producer' | 'consumer'> },
  ): void {
    const produced = [...known.produced, topics.heartbeats]
    exportBusStats(of, { ...known, produced }, () => [...runner.producer.stats(), ...runner.consumer.stats(turnUs())])
  }

  /** Only a decision caused by a frame has a hand-over to measure from. */
  function noteApproval(nowUs: number, intentUs: number): void {
    if (intentUs !== lockstep.frameUs) return
    const latencyUs = nowUs - lockstep.handoverUs
    metrics.order.tickToOrder.observe(latencyUs / 1e6)
    if (latenciesUs.length < MAX_LATENCIES) latenciesUs.push(latencyUs)
  }

  function observe(): void {
    data.observe()
    strategy.runner.observe()
    order.runner.observe()
  }

  return {
    data,
    strategy,
    order,
    lockstep,
    get tally() {
      observe()
      return tally
    },
    turnUs,
    latenciesUs,
    observe,
    hashes() {
      if (!chains) return undefined
      observe()
      const hashes = { data: chains.data.digest(), order: chains.order.digest(), strategy: chains.strategy.digest() }
      return { hash: runHash(hashes), hashes }
    },
    state() {
      observe()
      return {
        nowUs: lockstep.nowUs ?? 0,
        data: data.state(),
        strategy: strategy.state(),
        order: order.state(),
        tally: tally.snapshot(),
        latenciesUs: [...latenciesUs],
        hashes: chains
          ? { data: chains.data.state(), order: chains.order.state(), strategy: chains.strategy.state() }
          : null,
      }
    },
  }
}
