import {
  isAbout,
  knownSteps,
  Outbox,
  rank,
  switchTypes,
  type AccountOpened,
  type Fill,
  type LedgerStated,
  type MarketStatus,
  type OperatorCommand,
  type OrderEvent,
  type Rank,
  type Tuning,
  instrumentId,
  type InstrumentId,
} from '@triplane/contracts'
import { changeSteps, RunRates } from '@triplane/instruments'
import { floorTime, invariant, numberFromFixed } from '@triplane/kernel'
import { createLedger, numberFromMoney, portfolioState } from '@triplane/ledger'
import {
  Connections,
  constructPortfolio,
  createKillSwitches,
  longestSilence,
  noTargets,
  sourceKey,
  strategies as builtIn,
  type Decision,
  type PortfolioLimits,
  type SignalWeight,
  type SwitchChange,
} from '@triplane/strategy'
import { ActiveStrategies } from './active-strategies.ts'
import type { ActiveStrategy } from './active-strategy.ts'
import { longestLimitUs, type StrategyConfig } from './config.ts'
import { KnownOrders } from './known-orders.ts'
import { LedgerComparison } from './ledger-comparison.ts'
import { OrderPursuit } from './order-pursuit.ts'
import { holeOf, QuotedInstruments } from './quoted-instruments.ts'
import { hasAged, staleShare } from './stale-marks.ts'
import type {
  ExecutionInput,
  MarketInput,
  StrategyCore,
  StrategyDeps,
  StrategyInput,
  StrategyOutput,
  StrategySnapshot,
} from './strategy-plane-core.ts'
import { followInstrument, snapshotInstrument, type TradedInstrument } from './traded-instrument.ts'

/**
 * The life of a decision in the strategy plane. Read it top to bottom: the inputs, the targets, the orders, the value of the
 * account and when to stop.
 *
 * Invariants
 * 1. Outputs carry the market time of the input or timer that caused them.
 * 2. While a kill switch is active there are no targets and no intents; cancels pass.
 * 3. An instrument has at most one order of ours under way, so orders never overshoot the target together.
 * 4. Positions are valued only at marks, which include fed rates, so at any market time their value is that of the order plane.
 * 5. Evaluations are due at whole intervals of market time after the first input, before orders and after data of their
 *    microsecond, however finely time advances. While no source is connected they report changes only, and are skipped once
 *    nothing can change by itself any more: a hole of any length costs the same.
 */
export function createStrategyCore(
  config: StrategyConfig,
  {
    instruments,
    rates: configuredRates,
    quoted = [],
    isSessionOpen,
    strategies: definitions = builtIn,
    onNotice = () => undefined,
  }: StrategyDeps,
  snapshot?: StrategySnapshot,
): StrategyCore {
  const evaluationIntervalUs = config.evaluationIntervalMs * 1000
  const markAgeLimitUs = config.markAgeLimitMs * 1000
  const idleAfterUs = longestLimitUs(config)

  const outbox = new Outbox<StrategyOutput>(snapshot?.outboxSeq)
  const rates = new RunRates(configuredRates, snapshot?.rates)
  const ledger = createLedger({ startingCashUsd: config.startingCashUsd, instruments, rates }, snapshot?.ledger)
  const switches = createKillSwitches(config.killSwitches, snapshot?.switches)
  const saved = new Map(snapshot?.instruments.map((instrument) => [instrument.id, instrument]))
  const held = (strategy: string, id: InstrumentId) =>
    numberFromFixed(ledger.parts(id).get(strategy)?.quantity ?? 0n, ledger.position(id).quantityScale)
  const world = { universe: instruments, quoted, position: held }
  const strategies = new ActiveStrategies(
    config,
    definitions,
    world,
    { onDecisions, onSuspended, onNotice },
    snapshot?.strategies,
  )
  const weightOf = new Map(strategies.all.map(({ name, weight }) => [name, weight]))
  const traded = instruments.map((instrument) =>
    followInstrument(instrument, strategies.all, config, { ledger, rates }, saved.get(instrumentId(instrument))),
  )
  for (const { id, terms } of traded) ledger.setMinNotional(id, terms.steps.minNotional)
  const tradedById = new Map(traded.map((instrument) => [instrument.id, instrument]))
  const seen = new QuotedInstruments(quoted, snapshot?.quoted)
  const connections = new Connections(snapshot?.connections)
  let { isReducing, refusedTunings } = snapshot ?? { isReducing: false, refusedTunings: 0 }
  const known = new KnownOrders(snapshot?.knownOrders)
  const comparison = new LedgerComparison({ ledger, outbox, onNotice }, snapshot?.comparison)
  const pursuit = new OrderPursuit(config, {
    ...{ ledger, isSessionOpen },
    outbox: known.noting(outbox),
    isHalted: () => switches.anyActive,
    isReducing: () => isReducing || !comparison.agrees,
  })
  /** Of market time. Fields of an object hold such numbers in place; a variable would be given a new one with every input. */
  const time = {
    nextEvaluationUs: snapshot?.nextEvaluationUs ?? 0,
    lastInputUs: snapshot?.lastInputUs ?? 0,
    /** That of the strategies' next decisions. */
    askedUs: 0,
  }

  // Inputs

  function process(event: StrategyInput): void {
    switch (event.type) {
      case 'orderEvent':
      case 'fill':
      case 'accountOpened':
      case 'ledgerDigest':
      case 'ledgerStated':
        evaluateBefore(event.effectUs, rank.order)
        return onExecution(event)
      case 'operatorCommand':
      case 'tuning':
        evaluateBefore(event.effectUs, rank.command)
        return event.type === 'tuning' ? onTuning(event) : onCommand(event)
      default:
        evaluateBefore(event.tsRecvUs, rank.data)
        onMarket(event)
    }
  }

  /** Handles the evaluations due before an input. A command from before any market time starts none. */
  function evaluateBefore(effectUs: number, inputRank: Rank): void {
    if (effectUs === 0) return
    if (time.nextEvaluationUs === 0)
      time.nextEvaluationUs = floorTime(effectUs, evaluationIntervalUs) + evaluationIntervalUs
    while (time.nextEvaluationUs < effectUs || (time.nextEvaluationUs === effectUs && rank.timer < inputRank)) {
      if (isIdle())
        time.nextEvaluationUs = Math.max(
          floorTime(effectUs, evaluationIntervalUs),
          time.nextEvaluationUs + evaluationIntervalUs,
        )
      else evaluateNext()
    }
    time.lastInputUs = Math.max(time.lastInputUs, effectUs)
  }

  /**
   * No source is connected, and every time limit since the newest input is over: an evaluation would change nothing.
   */
  function isIdle(): boolean {
    return connections.areAllDown && time.nextEvaluationUs > time.lastInputUs + idleAfterUs
  }

  function onMarket(event: MarketInput): void {
    if (event.type === 'marketStatus') return onMarketStatus(event)
    if (event.type === 'mark') rates.onMark(event)
    const instrument = tradedById.get(event.instrument)
    time.askedUs = event.tsRecvUs
    if (instrument === undefined) return seen.hears(event) ? strategies.on(event) : undefined
    if (event.type === 'pastBar') return strategies.onPastBar(event)
    instrument.source = event.source
    if (event.type === 'mark') {
      const knownUs = event.tsRecvUs - event.ageUs
      // When only the quotes of a source have died, books and trades still give marks.
      instrument.lastSeenUs = Math.max(instrument.lastSeenUs, knownUs)
      return ledger.mark(event.instrument, event.price, knownUs)
    }
    // Live, the events of a backlog are older than the last evaluation: that is no silence.
    instrument.lastSeenUs = Math.max(event.tsRecvUs, time.nextEvaluationUs - evaluationIntervalUs)
    if (event.type === 'quote') {
      instrument.bid = event.bid
      instrument.ask = event.ask
      instrument.isQuoted = true
      instrument.quotedUs = event.tsRecvUs
    } else if (event.type === 'ofi') {
      instrument.quotedUs = event.tsRecvUs
    }
    if (instrument.isLate && event.type !== 'bar') return
    strategies.on(event)
  }

  function onMarketStatus(event: MarketStatus): void {
    const { status, tsRecvUs } = event
    connections.onStatus(event)
    time.askedUs = tsRecvUs
    const hole = holeOf(event)
    const quotedIds = seen.onStatus(event)
    if (hole) for (const id of quotedIds) strategies.onHole(id, hole)
    for (const instrument of traded) {
      if (!isAbout(event, instrument.id, instrument.source)) continue
      if (status === 'disconnected') instrument.isQuoted = instrument.isBookValid = false
      if (status === 'late' || status === 'on_time') instrument.isLate = status === 'late'
      if (status === 'steps_unknown') instrument.areStepsKnown = false
      if (status === 'steps_known') onStepsKnown(instrument, event)
      if (status === 'book_invalid' || status === 'book_valid') instrument.isBookValid = status === 'book_valid'
      if (status === 'stale' || status === 'fresh') instrument.isStale = status === 'stale'
      // Silence is measured from the connection on.
      if (status === 'connected' && instrument.lastSeenUs > 0) instrument.lastSeenUs = tsRecvUs
      if (hole) strategies.onHole(instrument.id, hole)
      if (!instrument.areStepsKnown) pursuit.cancelAll(instrument, 'steps_unknown', tsRecvUs)
      if (instrument.isLate) pursuit.cancelOpening(instrument, tsRecvUs)
      if (status === 'stale' || status === 'disconnected') pursuit.pursueTarget(instrument, tsRecvUs)
    }
    if (rates.onStatus(event)) pursueTargets(tsRecvUs)
  }

  /** Resting orders were placed in the old steps. */
  function onStepsKnown(instrument: TradedInstrument, event: MarketStatus): void {
    const steps = knownSteps(event)
    instrument.areStepsKnown = true
    if (!steps) return
    changeSteps(instrument.terms, steps)
    ledger.setMinNotional(instrument.id, steps.minNotional)
    pursuit.cancelAll(instrument, 'replaced', event.tsRecvUs)
  }

  function onExecution(event: ExecutionInput): void {
    switch (event.type) {
      case 'accountOpened':
        return onOpened(event)
      case 'ledgerDigest':
        return comparison.onDigest(event)
      case 'ledgerStated':
        return onStated(event)
      case 'orderEvent':
        known.add(event.intentId)
        return onOrder(event)
      case 'fill':
        return onFill(event)
    }
  }

  /** Books what the order plane has booked. A fill of an order that never was is none. */
  function onFill(event: Fill): void {
    const reason = known.has(event.intentId) ? ledger.fillRefusal(event) : 'unknown_order'
    if (reason) {
      const detail = `${event.fillId} of ${event.intentId} in ${event.instrument}`
      return onNotice({ code: 'fill_refused', reason, detail })
    }
    if (ledger.book(event)) onOrder(event)
  }

  function onOrder(event: OrderEvent | Fill): void {
    const instrument = tradedById.get(event.instrument)
    if (instrument === undefined) return
    const desk = instrument.requestDesks.find(({ strategy }) => strategy === event.strategy) ?? instrument.desk
    const hasEnded = event.type === 'fill' ? desk.fill(event) : desk.follow(event)
    if (hasEnded) pursuit.pursueTarget(instrument, event.effectUs)
  }

  /**
   * The order plane has opened the account: this ledger, as flat as that one was, books the same. Latched switches
   * latch again.
   */
  function onOpened({ openingId, account, switches: latched, effectUs }: AccountOpened): void {
    const opened = ledger.open(openingId, account)
    invariant(opened.ok, 'what the order plane has opened is opened here', opened.ok ? '' : opened.error.detail)
    if (opened.value === 'known') return
    onSwitchChanges(switches.latch(latched, 'still active when the account was opened'), effectUs)
  }

  function onStated(stated: LedgerStated): void {
    if (!comparison.adopt(stated)) return
    for (const { desk, requestDesks } of traded) for (const one of [desk, ...requestDesks]) one.settle()
  }

  function onCommand({ command, who, why, effectUs: commandedUs }: OperatorCommand): void {
    // A halt counts from when it is read. What undoes it may say an earlier time, and must not reach the order plane before it.
    const effectUs = Math.max(commandedUs, time.lastInputUs)
    switch (command) {
      case 'halt': {
        const tripped = switches.trip(who, why)
        return tripped && onSwitchChanges([tripped], effectUs)
      }
      case 'reduce':
        isReducing = true
        return
      case 'resume':
        isReducing = false
        return onSwitchChanges(switches.rearm(['manual'], who, why), effectUs)
      case 'adopt':
        // The order plane answers it with its ledger.
        return
      case 'rearm':
        strategies.release(who, onNotice)
        return onSwitchChanges(switches.rearm(switchTypes, who, why), effectUs)
    }
  }

  function onTuning({ strategy, parameters, who, effectUs }: Tuning): void {
    const tuned = strategies.tune(strategy, parameters)
    if (!tuned.ok) {
      refusedTunings++
      const { code: reason, detail } = tuned.error
      return onNotice({ code: 'tuning_refused', strategy, reason, detail })
    }
    onNotice({ code: 'tuned', strategy, detail: `${parameters} by ${who}` })
    const { limits } = tuned.value
    if (!limits) return
    for (const { requestDesks } of traded) {
      const desk = requestDesks.find((one) => one.strategy === strategy)
      desk?.limit(limits)
      desk?.cancelAll('replaced', effectUs, outbox)
    }
  }

  // Targets

  function onDecisions({ name }: ActiveStrategy, decisions: readonly Decision[]): void {
    let hasOpinions = false
    for (const decision of decisions) {
      const instrument = tradedById.get(decision.instrument)
      invariant(instrument !== undefined, 'decisions are about instruments of the run', decision.instrument)
      if (decision.type === 'orders') {
        const desk = instrument.requestDesks.find(({ strategy }) => strategy === name)
        invariant(desk !== undefined, 'a strategy with limits has a desk', name)
        desk.request(decision.orders)
        pursuit.pursueRequests(instrument, time.askedUs)
      } else {
        onOpinion(instrument, name, decision.strength)
        hasOpinions = true
      }
    }
    if (hasOpinions && !switches.anyActive) retarget(time.askedUs)
  }

  function onOpinion({ id, targets }: TradedInstrument, name: string, strength: number): void {
    const target = targets.find(({ strategy }) => strategy === name)
    invariant(target !== undefined, 'a strategy without limits has a target', name)
    target.strength = strength
    const direction = strength > 0 ? 'BUY' : strength < 0 ? 'SELL' : 'FLAT'
    outbox.add({ type: 'signal', seq: 0, strategy: name, instrument: id, effectUs: time.askedUs, strength, direction })
  }

  /** Clears what it wants: its targets become flat, its requested orders are cancelled. */
  function onSuspended({ name, suspendedWhy = '' }: ActiveStrategy): void {
    onNotice({ code: 'suspended', strategy: name, detail: suspendedWhy })
    let hadOpinions = false
    for (const instrument of traded) {
      if (instrument.targets.some(({ strategy, strength }) => strategy === name && strength !== 0)) {
        onOpinion(instrument, name, 0)
        hadOpinions = true
      }
      const desk = instrument.requestDesks.find(({ strategy }) => strategy === name)
      desk?.request([])
      desk?.cancelAll('replaced', time.askedUs, outbox)
    }
    if (hadOpinions && !switches.anyActive) retarget(time.askedUs)
  }

  function retarget(nowUs: number): void {
    const isHalted = switches.anyActive
    const weights: SignalWeight[] = []
    for (const instrument of traded) {
      const { id, isLongOnly, targets } = instrument
      instrument.targetUsd = isHalted ? undefined : 0
      for (const target of targets) {
        target.targetUsd = 0
        const strength = target.strength * (weightOf.get(target.strategy) ?? 1)
        if (strength !== 0) weights.push({ strategy: target.strategy, instrument: id, strength, isLongOnly })
      }
    }
    const wanted = isHalted ? noTargets : constructPortfolio(weights, portfolioLimits())
    for (const { strategy, instrument: id, notionalUsd } of wanted.targets) {
      const instrument = tradedById.get(id)
      const target = instrument?.targets.find((one) => one.strategy === strategy)
      if (!instrument || !target) continue
      target.targetUsd = notionalUsd
      instrument.targetUsd = (instrument.targetUsd ?? 0) + notionalUsd
    }
    const { targets, grossUsd, netUsd, scale } = wanted
    outbox.add({ type: 'targetPortfolio', seq: 0, effectUs: nowUs, targets, grossUsd, netUsd, scale })
    pursueTargets(nowUs)
  }

  /** A cash account buys only what it can pay for: it never targets more than its equity. */
  function portfolioLimits(): PortfolioLimits {
    if (!traded.some(({ isLongOnly }) => isLongOnly)) return config.portfolio
    const grossLimitUsd = Math.min(
      config.portfolio.grossLimitUsd,
      Math.max(0, numberFromMoney(ledger.value().equityUsd)),
    )
    return { ...config.portfolio, grossLimitUsd }
  }

  // Orders: see `OrderPursuit`

  function pursueTargets(nowUs: number): void {
    for (const instrument of traded) pursuit.pursueTarget(instrument, nowUs)
  }

  // Valuation and kill switches

  function evaluateNext(): void {
    const nowUs = time.nextEvaluationUs
    time.nextEvaluationUs += evaluationIntervalUs
    time.askedUs = nowUs
    strategies.onTimer(nowUs)
    const account = ledger.observe()
    const beforeUs = nowUs - evaluationIntervalUs
    const isNews =
      !connections.areAllDown || time.lastInputUs >= beforeUs || hasAged(account, beforeUs, nowUs, markAgeLimitUs)
    if (isNews) outbox.add(portfolioState(account, nowUs, markAgeLimitUs, strategies.made(ledger)))
    const lossUsd = -numberFromMoney(account.realizedUsd + account.unrealizedUsd)
    const silence = longestSilence(traded, nowUs, isSessionOpen, (source) => connections.isPaused(source))
    const staleExposureRatio = staleShare(account, (id) => isStale(id, nowUs))
    const { drawdownRatio } = account
    const areSourcesUp = connections.areAllUp
    const measured = { nowUs, lossUsd, drawdownRatio, silence, areSourcesUp, staleExposureRatio }
    onSwitchChanges(switches.evaluate(measured), nowUs)
    pursueTargets(nowUs)
  }

  /** Whether an instrument is silent although its session is open and its source connected. */
  function isStale(id: InstrumentId, nowUs: number): boolean {
    const instrument = tradedById.get(id)
    if (!instrument?.isStale || connections.isPaused(sourceKey(instrument.source, instrument.venue))) return false
    return isSessionOpen(id, nowUs)
  }

  function onSwitchChanges(changes: readonly SwitchChange[], nowUs: number): void {
    for (const { switchType, active, value, limit, why, isSelfReleased } of changes) {
      const released = isSelfReleased && { isSelfReleased }
      outbox.add({ type: 'killSwitch', seq: 0, switchType, effectUs: nowUs, active, value, limit, why, ...released })
    }
    if (changes.length > 0) retarget(nowUs)
  }

  return {
    outbox,
    process,

    advance(throughUs) {
      while (time.nextEvaluationUs !== 0 && time.nextEvaluationUs <= throughUs && !isIdle()) evaluateNext()
    },

    nextDueUs() {
      return time.nextEvaluationUs === 0 || isIdle() ? Infinity : time.nextEvaluationUs
    },

    owned: () => ledger.owned(),
    lastFillId: () => ledger.lastFillId,

    summary() {
      return {
        account: ledger.value(),
        strategies: strategies.made(ledger),
        active: strategies.all.map(({ name, parameters, suspendedWhy, warmUp }) => ({
          ...{ name, parameters, suspendedWhy },
          warmingUp: warmUp.cold,
        })),
        refusedTunings,
        evaluatedUs: Math.max(0, time.nextEvaluationUs - evaluationIntervalUs),
        markAgeLimitUs,
        roundTrips: ledger.roundTrips,
        differences: comparison.differences,
        switches: switches.status(),
      }
    },

    snapshot() {
      invariant(outbox.size === 0, 'what was emitted is drained before a snapshot')
      return {
        outboxSeq: outbox.lastSeq,
        nextEvaluationUs: time.nextEvaluationUs,
        lastInputUs: time.lastInputUs,
        isReducing,
        refusedTunings,
        knownOrders: known.snapshot(),
        comparison: comparison.snapshot(),
        connections: connections.snapshot(),
        rates: rates.snapshot(),
        ledger: ledger.snapshot(),
        switches: switches.snapshot(),
        strategies: strategies.snapshot(),
        instruments: traded.map(snapshotInstrument),
        quoted: seen.snapshot(),
      }
    },
  }
}
