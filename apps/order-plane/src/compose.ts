import {
  topics,
  tradingStates,
  type ExecutionEvent,
  type TradingCondition,
  type TradingConditionChange,
} from '@triplane/contracts'
import type { ControlRefusal, RunDesk } from '@triplane/control'
import { tradableOf } from '@triplane/instruments'
import { err } from '@triplane/kernel'
import { keptCashNotice } from '@triplane/ledger'
import { isSessionOpen } from '@triplane/market-data'
import type { SwitchRelease } from '@triplane/order-core'
import { accountRates, orderPlane, orderRehearsal, rehearsedInstrument } from '@triplane/planes'
import {
  configuredInstruments,
  digestOf,
  hostPlane,
  Liveness,
  OperatorControl,
  readActiveSwitches,
  planeParts,
  type RunContext,
  type BusSource,
  type ServiceEdges,
  type ServiceParts,
} from '@triplane/service'
import { noteEvent } from '@triplane/state'
import { createSlowestFills, slowFillOf, type SlowestFills } from '@triplane/storage'
import { createTracing, OrderSpans } from '@triplane/tracing'
import type { OrderServiceConfig } from './config.ts'

const JUDGE_EVERY_MS = 500

/** Composes the order plane as a separate service: history, operators' commands, and Kafka unless another bus is given. */
export async function composeOrderPlane(
  { order, ...config }: OrderServiceConfig,
  { logger, clock }: ServiceEdges,
  bus?: BusSource<Buffer>,
): Promise<ServiceParts> {
  const all = configuredInstruments(config)
  const rates = accountRates(order.ratesToUsd, all)
  const instruments = tradableOf(all, rates)
  const metrics = orderPlane.createMetrics({
    instruments,
    source: 'sim',
    ...config.metrics,
    logger,
  })
  const onRefused = (reason: ControlRefusal) => metrics.stageRefused.inc({ stage: 'control', reason })
  const runs: RunDesk = {
    current: () => plane.runs.current(),
    start: (run, who) => plane.runs.start(run, who),
  }
  const operators = await OperatorControl.open({ config, logger: logger.child('control'), clock, onRefused, runs })

  const rehearsed = rehearsedInstrument(instruments, rates)
  let slowest: SlowestFills | undefined

  async function host(context: RunContext, beforeScrape: (measure: () => void) => void) {
    const { run, bus, edge, latest } = context
    const tracing = await createTracing({ ...config.tracing, endpoint: config.tracing.endpoint, runId: run.runId })
    const spans = new OrderSpans(tracing)
    const parts = {
      config: order,
      instruments,
      rates,
      isSessionOpen: run.sessions === 'always' ? () => true : isSessionOpen,
      metrics: { ...metrics, beforeScrape },
      // The frame of the decision, which may differ from the one that last moved the quote.
      onApproved({ effectUs }: { readonly effectUs: number }) {
        const sentUs = hosted.isReady ? hosted.host.sentUsOf(effectUs) : undefined
        if (sentUs !== undefined) metrics.tickToOrder.observe((clock.nowUs() - sentUs) / 1e6)
      },
      onReleased: (release: SwitchRelease) => operators.noteRelease(run, release),
    }
    const hosted = await hostPlane({
      context,
      definition: orderPlane,
      build(saved) {
        const notice = keptCashNotice(saved?.ledger, order)
        if (notice) context.logger.warning(notice)
        return orderPlane.build(parts, saved)
      },
      leadUs: order.minLatencyUs,
      configDigest: digestOf({ order, instruments, sessions: run.sessions }),
      snapshotEveryMs: config.state.snapshotEveryMs,
      aheadLimitMs: config.market.aheadLimitMs,
      onRecord(record, events) {
        if (record.topic.name !== topics.intents.name) return
        for (const event of events)
          if (event.type === 'orderIntent') spans.onIntent(event, clock.nowUs(), record.traceparent)
      },
      observe(event: ExecutionEvent, isNew) {
        if (!isNew) return
        const trace = spans.onOutput(event, clock.nowUs())
        if (event.type === 'fill')
          slowest?.note(slowFillOf(run.runId, event, trace?.isSampled ? trace.traceId : undefined))
        if (latest) noteEvent(latest, event)
      },
      rehearse: rehearsed && orderRehearsal({ config: order, instrument: rehearsed, rates }),
      onPause(what) {
        if (what === 'paused') judged('paused', 'reducing', 'The order plane was paused, and reads what it missed')
        else judged('paused', 'active', 'The order plane has read what it missed')
      },
      onUnheard(producers) {
        if (producers.length === 0) judged('duplicates', 'active', 'All producers are heard again')
        else judged('duplicates', 'reducing', `Not heard, for all that it says is a duplicate: ${producers.join(', ')}`)
      },
      async beforeLive() {
        operators.attach({
          edge,
          account: run.account,
          runId: run.runId,
          marketUs: () => hosted.marketUs,
          tradingState: () => hosted.plane.core.view().tradingState,
          stateAfter: (command) => hosted.plane.core.stateAfter(command),
          wouldOpen: (opening) =>
            hosted.isLogDown
              ? err({ code: 'log_down', detail: 'the input log cannot be written' })
              : hosted.plane.core.account.wouldOpen(opening),
          redriving: hosted.redriving,
          inject: (producer, event) => hosted.host.inject(producer, event),
        })
        // A process that starts was not paused, and has counted no duplicates yet.
        if (run.mode === 'live' && hosted.plane.core.view().tradingState !== 'active')
          for (const condition of ['paused', 'duplicates'] as const)
            hosted.host.inject(edge.name, changeOf(condition, 'active', 'The order plane has started'))
        // Planes in lockstep read the topic together, up to its watermarks.
        if (run.mode === 'lockstep') return
        for (const active of await readActiveSwitches(bus, 'order-plane.switches', run))
          hosted.host.inject('strategy-plane', active)
        const liveness = new Liveness({
          limitUs: config.liveness.strategySilenceMs * 1000,
          lastSeenUs: () => edge.lastSeenUs,
          mayStand: hosted.plane.core.view().tradingState !== 'active',
          judge: (state, why) => judged('heartbeat', state, why),
          clock,
        })
        judging = setInterval(() => liveness.check(), JUDGE_EVERY_MS)
      },
      async afterwards() {
        clearInterval(judging)
        operators.detach()
        await tracing.close()
      },
    })

    function changeOf(condition: TradingCondition, state: 'reducing' | 'active', why: string): TradingConditionChange {
      const seq = edge.nextSeq()
      return { type: 'tradingCondition', seq, effectUs: hosted.marketUs, condition, state, why }
    }

    /** Tells the core what the edge judged, and everybody else. */
    function judged(condition: TradingCondition, state: 'reducing' | 'active', why: string): void {
      const change = changeOf(condition, state, why)
      context.logger.warning(why, { trading_state: state })
      hosted.host.inject(edge.name, change)
      edge.control(change)
    }

    let judging: NodeJS.Timeout | undefined
    return hosted
  }

  const plane = planeParts(
    config,
    {
      definition: orderPlane,
      metrics,
      ...(bus && { source: bus }),
      host,
      auditSkip: (order) => operators.auditSkip(order),
      async onSuspended(why) {
        for (const state of tradingStates) metrics.tradingState.set({ state }, state === 'halted' ? 1 : 0)
        await operators.control.halt('order-plane', why)
      },
      views: (hosted) =>
        orderPlane.views(
          () => hosted()?.plane.core,
          () => hosted()?.marketUs ?? 0,
        ),
    },
    { logger, clock },
  )
  const { database } = plane
  operators.openAudit(database)
  if (database) {
    const onFault = (fault: Error) => logger.warning('Cannot store the slowest fills', { fault })
    slowest = createSlowestFills({ pool: database.pool, isReady: () => database.isReady, onFault })
  }
  // Users of the database close before it does.
  return {
    metrics,
    parts: [
      ...plane.parts,
      { close: async () => slowest?.close() },
      {
        routes: [operators.control.routes],
        onRefused: (reason, address) => operators.noteRefused(reason, address),
        close: () => operators.close(),
      },
    ],
  }
}
