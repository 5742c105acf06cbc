import { SerialQueue, withTimeout } from '@triplane/async'
import { tradingStates, type OperatorCommandCode, type Run, type TradingState } from '@triplane/contracts'
import { err, type Clock, type Result } from '@triplane/kernel'
import { ControlError, messageOf, type ControlErrorCode } from './control-error.ts'
import type { HaltFile } from './halt-file.ts'
import type { OwnedDocument } from './owned-document.ts'
import {
  commandFor,
  stateOrderedBy,
  type AuditEntry,
  type OpeningOrder,
  type OperatorOrder,
  type StandingOrder,
  type Tuning,
  type TuningOrder,
} from './operator-order.ts'
import type { RedriveDesk, RedrivenRecord } from './redrive-order.ts'
import { isOfVenues, type RunOrder, type RunRequest } from './run-order.ts'

/** The runs on the bus; rejects while the bus is away. */
export interface RunDesk {
  current(): Promise<Run | undefined>
  /** Publishes a run, by which all planes begin it. */
  start(run: RunRequest, who: string): Promise<Run>
}

export interface OperatorDeskOptions {
  readonly haltFile: HaltFile
  /** Enforces the order on the plane, synchronously. */
  readonly enforce: (order: OperatorOrder | OpeningOrder) => void
  /**
   * Whether the plane would open its account with it now (`new`), already has (`known`), or why not. Changes nothing.
   */
  readonly judgeOpening: (document: OwnedDocument) => Result<'new' | 'known', string>
  /** The runs on the bus. Without them, as in `npm start`, none can be ordered. */
  readonly runs?: RunDesk | undefined
  /** What the plane makes of refused records. Without it, as in `npm start`, none can be given to it. */
  readonly redriving?: RedriveDesk | undefined
  /** Notifies the other planes; must not wait. */
  readonly publish: (order: OperatorOrder | TuningOrder) => void
  /** Commits an audit row; rejects while the database is down. */
  readonly audit: (entry: AuditEntry) => Promise<void>
  /** Commits the row eventually; must not wait. */
  readonly auditEventually: (entry: AuditEntry) => void
  /** The current trading state. */
  readonly state: () => TradingState
  /** The trading state once a command has taken effect: the strictest reason that remains; undefined without a run. */
  readonly stateAfter: (command: OperatorCommandCode) => TradingState | undefined
  readonly clock: Pick<Clock, 'nowUs'>
  /** Called with every fault. */
  readonly onFault?: (fault: ControlError) => void
  /** How long an order waits for the halt file; default 2000. */
  readonly fileTimeoutMs?: number
  /** How long `resume`, `rearm`, `adopt` and `tune` wait for their audit row; default 5000. */
  readonly auditTimeoutMs?: number
  /** How long a run waits for the bus; default 10,000. */
  readonly busTimeoutMs?: number
  /** How long after an order the trading state is held against its audit row; default 5000. */
  readonly settleMs?: number
}

/**
 * Why an order was not carried out. `superseded`: a halt or a reduce was ordered in the meantime. `not_opened`: the
 * plane cannot open its account with the document. `no_runs`: this process has its one run. `not_redriven`: trading is not
 * halted, or the plane does not take the record.
 */
export type OrderRefusal = ControlErrorCode | 'superseded' | 'not_opened' | 'no_runs' | 'not_redriven'

/** The outcome of an order. */
export interface Outcome<Command extends string = OperatorCommandCode> {
  readonly accepted: boolean
  readonly command: Command
  readonly who: string
  /** The current trading state. */
  readonly tradingState: TradingState
  /**
   * The halt file holds the order, so it survives a restart. Never true of a re-arm or a tuning, which the file does
   * not record.
   */
  readonly persisted: boolean
  /** The audit row is committed. For a halt or a reduce it follows as soon as possible. */
  readonly audited: boolean
  readonly refusal?: OrderRefusal
  /** What failed, and why. */
  readonly reason?: string
}

/** The outcome of an order to start a run: the current run then. `started` is false when it was there before. */
interface RunOutcome extends Outcome<'start'> {
  readonly started: boolean
  readonly run?: Run
}

/** The outcome of an order to redrive a record: the number of events that the plane was given. */
interface RedriveOutcome extends Outcome<'redrive'> {
  readonly events: number
}

interface GivenOrder<Command extends string> {
  readonly command: Command
  readonly who: string
}

export interface OperatorDesk {
  /** Carries out a command. Never rejects. */
  order(command: OperatorCommandCode, who: string, why: string): Promise<Outcome>
  /** Changes parameters of a strategy; its plane decides whether they fit. Never rejects. */
  tune(tuning: Tuning, who: string, why: string): Promise<Outcome<'tune'>>
  /**
   * Opens the account with what it owned before the run, once: the same document again is accepted and changes nothing.
   * Never rejects.
   */
  open(document: OwnedDocument, who: string, why: string): Promise<Outcome<'open'>>
  /** Starts a run, once it is audited; the planes drain the one that they are in. Never rejects. */
  startRun(order: RunOrder, who: string, why: string): Promise<RunOutcome>
  /** Gives a refused record to the halted plane, once it is audited; the same again changes nothing. Never rejects. */
  redrive(record: RedrivenRecord, who: string, why: string): Promise<RedriveOutcome>
  /**
   * Enforces, publishes and audits the order that stood when the process ended. Call it before the plane handles its
   * first input.
   */
  restore(): void
  readonly standing: StandingOrder
}

/**
 * Carries out operators' orders on one order plane.
 *
 * Invariants
 * 1. An order that makes trading stricter is enforced before anything else; no fault of file, bus or audit prevents it.
 * 2. An order that loosens (`resume`, `rearm`, `adopt`, `reduce` while halted by an operator), tunes, opens the account, starts a
 *    run or redrives a record acts only after its audit row is committed.
 * 3. It is in the halt file before it is enforced: a crash in between leaves an audited order, an earlier one the stricter
 *    order.
 * 4. A halt or a reduce overrules every earlier loosening order that is still under way.
 * 5. The last order written to the halt file is the standing order.
 */
export function createOperatorDesk(options: OperatorDeskOptions): OperatorDesk {
  const { haltFile, enforce, judgeOpening, publish, audit, auditEventually, state, stateAfter, clock } = options
  const { onFault = () => undefined, fileTimeoutMs = 2000, auditTimeoutMs = 5000, settleMs = 5000 } = options
  const { busTimeoutMs = 10_000, runs, redriving } = options
  let standing = haltFile.read()
  /** The number of halts and reduces. */
  let stops = 0
  /** The number of orders whose outcome was to be compared, or was overtaken. */
  let compared = 0
  const loosenings = new SerialQueue()
  const starts = new SerialQueue()

  /** Runs the action; reports a failure and returns it. */
  function attempt(code: ControlErrorCode, failure: string, act: () => void): ControlError | undefined {
    try {
      return void act()
    } catch (error) {
      return told(new ControlError(code, `${failure}: ${messageOf(error)}`, error))
    }
  }

  function told(fault: ControlError): ControlError {
    onFault(fault)
    return fault
  }

  const enforced = (order: OperatorOrder | OpeningOrder) =>
    attempt('enforce_failed', `Cannot enforce ${order.command}`, () => enforce(order))
  const published = (order: OperatorOrder | TuningOrder) =>
    attempt('publish_failed', `Cannot publish ${order.command}`, () => publish(order))
  const auditLater = (entry: AuditEntry) =>
    attempt('audit_failed', `Cannot queue the audit row of ${entry.command}`, () => auditEventually(entry))

  async function saved(order: StandingOrder): Promise<ControlError | undefined> {
    try {
      return await withTimeout(haltFile.write(order), { ms: fileTimeoutMs, what: 'an end' }).then(() => undefined)
    } catch (error) {
      return told(error instanceof ControlError ? error : new ControlError('file_failed', messageOf(error), error))
    }
  }

  async function audited(entry: AuditEntry): Promise<ControlError | undefined> {
    try {
      return await withTimeout(audit(entry), { ms: auditTimeoutMs, what: 'an end' }).then(() => undefined)
    } catch (error) {
      const message = `Cannot commit the audit row of ${entry.command}: ${messageOf(error)}`
      return told(new ControlError('audit_failed', message, error))
    }
  }

  function outcome<Command extends string>(
    order: GivenOrder<Command>,
    done: Pick<Outcome, 'accepted' | 'persisted' | 'audited'>,
  ): Outcome<Command> {
    const { command, who } = order
    const { accepted, persisted, audited } = done
    return { accepted, command, who, tradingState: state(), persisted, audited }
  }

  function refused<Command extends string>(
    order: GivenOrder<Command>,
    refusal: OrderRefusal,
    reason: string,
    done: Partial<Pick<Outcome, 'persisted' | 'audited'>> = {},
  ): Outcome<Command> {
    return { ...outcome(order, { accepted: false, persisted: false, audited: false, ...done }), refusal, reason }
  }

  async function tighten(order: OperatorOrder, wanted: TradingState): Promise<Outcome> {
    const before = state()
    standing = standingOf(order, wanted)
    const bug = enforced(order)
    const after = state()
    const notSaved = await saved(standing)
    published(order)
    auditLater({ ...order, asked: wanted, before, after })
    const persisted = notSaved === undefined
    if (bug) return refused(order, 'enforce_failed', bug.message, { persisted })
    const reason = notSaved && `In force, but a restart will not remember it. ${notSaved.message}`
    return { ...outcome(order, { accepted: true, persisted, audited: false }), ...(reason && { reason }) }
  }

  async function loosen(order: OperatorOrder, wanted: TradingState, mark: number): Promise<Outcome> {
    const overruled = 'Expected the newest order, was overruled by a halt or a reduce: nothing was loosened.'
    if (stops !== mark) return refused(order, 'superseded', overruled)
    const after = stateAfter(order.command) ?? wanted
    const notAudited = await audited({ ...order, asked: wanted, before: state(), after })
    if (notAudited) return refused(order, 'audit_failed', `${notAudited.message}. Nothing was loosened.`)
    const done = { audited: true }
    if (stops !== mark) return refused(order, 'superseded', overruled, done)

    const notSaved = await saved(standingOf(order, wanted))
    if (notSaved || stops !== mark) {
      // The file may hold, now or later, an order that must not stand.
      void saved(standing)
      if (!notSaved) return refused(order, 'superseded', overruled, done)
      return refused(order, 'file_failed', `${notSaved.message}. Nothing was loosened.`, done)
    }
    standing = standingOf(order, wanted)
    compareLater(order, after)
    return act(order, { ...done, persisted: true })
  }

  /** A re-arm or an adoption, which leave the operators' standing order as it is. */
  async function actAudited(order: OperatorOrder): Promise<Outcome> {
    const before = state()
    const after = stateAfter(order.command) ?? before
    const notAudited = await audited({ ...order, before, after })
    const undone = order.command === 'adopt' ? 'Nothing was adopted.' : 'Nothing was re-armed.'
    if (notAudited) return refused(order, 'audit_failed', `${notAudited.message}. ${undone}`)
    compareLater(order, after)
    return act(order, { audited: true, persisted: false })
  }

  /** A second row says what came out, when that is not what the first one expected and no later order is the reason. */
  function compareLater(order: OperatorOrder, expected: TradingState): void {
    const mark = ++compared
    const compare = () => {
      const after = state()
      if (mark !== compared || after === expected) return
      auditLater({ ...order, why: `came out otherwise: ${order.why}`, atUs: clock.nowUs(), before: expected, after })
    }
    setTimeout(compare, settleMs).unref()
  }

  /** Carries out an order that loosens. A reduce by itself never does: the halt before it is undone first. */
  function act(order: OperatorOrder, done: Pick<Outcome, 'persisted' | 'audited'>): Outcome {
    const steps = order.command === 'reduce' ? [{ ...order, command: 'resume' as const }, order] : [order]
    for (const step of steps) {
      const bug = enforced(step)
      if (bug) return refused(order, 'enforce_failed', bug.message, done)
    }
    for (const step of steps) published(step)
    return outcome(order, { accepted: true, ...done })
  }

  async function start({ run, ifNone }: RunOrder, who: string, why: string): Promise<RunOutcome> {
    const order = { command: 'start' as const, who, why, atUs: clock.nowUs(), run }
    const unstarted = (refusal: OrderRefusal, reason: string, done = {}) => {
      return { ...refused(order, refusal, `${reason}. No run was started.`, done), started: false }
    }
    if (runs === undefined)
      return unstarted('no_runs', 'Expected a plane of several services, was one with its own run')
    const within = { ms: busTimeoutMs, what: 'the bus' }
    const done = { audited: false, persisted: false }
    try {
      const current = ifNone ? await withTimeout(runs.current(), within) : undefined
      if (current && isOfVenues(current, run.venues))
        return { ...outcome(order, { accepted: true, ...done }), started: false, run: current }
      const before = state()
      const notAudited = await audited({ ...order, before, after: before })
      if (notAudited) return unstarted('audit_failed', notAudited.message)
      done.audited = true
      const started = await withTimeout(runs.start(run, who), within)
      return { ...outcome(order, { accepted: true, ...done }), started: true, run: started }
    } catch (error) {
      return unstarted(
        'publish_failed',
        told(new ControlError('publish_failed', messageOf(error), error)).message,
        done,
      )
    }
  }

  /** Only while trading is halted: what is heard late is not what the market is now. */
  function judgeRedrive(record: RedrivenRecord): Result<number, string> {
    if (redriving === undefined) return err('Expected a plane of several services, was one with its own run')
    if (state() !== 'halted') return err(`Expected trading to be halted, was ${state()}`)
    return redriving.judge(record)
  }

  async function redrive(record: RedrivenRecord, who: string, why: string): Promise<RedriveOutcome> {
    const order = { command: 'redrive' as const, who, why, atUs: clock.nowUs(), record }
    const done = { audited: false, persisted: false }
    const undone = (refusal: OrderRefusal, reason: string) => {
      return { ...refused(order, refusal, `${reason}. Nothing was redriven.`, done), events: 0 }
    }
    const before = judgeRedrive(record)
    if (!before.ok) return undone('not_redriven', before.error)
    const notAudited = await audited({ ...order, before: state(), after: state() })
    if (notAudited) return undone('audit_failed', notAudited.message)
    done.audited = true
    const since = judgeRedrive(record)
    if (!since.ok) return undone('not_redriven', since.error)
    try {
      const given = (redriving as RedriveDesk).give(record)
      if (!given.ok) return undone('not_redriven', given.error)
      return { ...outcome(order, { accepted: true, ...done }), events: given.value }
    } catch (error) {
      const bug = told(new ControlError('enforce_failed', `Cannot redrive: ${messageOf(error)}`, error))
      return undone('enforce_failed', bug.message)
    }
  }

  return {
    redrive,

    startRun: (order, who, why) => starts.run(() => start(order, who, why)),

    order(command, who, why) {
      const order = { command, who, why, atUs: clock.nowUs() }
      const wanted = stateOrderedBy[command]
      compared++
      if (wanted === undefined) return actAudited(order)
      if (command !== 'resume') stops++
      if (command !== 'resume' && strictness(wanted) >= strictness(standing.state)) return tighten(order, wanted)
      const mark = stops
      return loosenings.run(() => loosen(order, wanted, mark))
    },

    async tune({ strategy, parameters }, who, why) {
      const order = { command: 'tune' as const, who, why, atUs: clock.nowUs(), strategy, parameters }
      const before = state()
      const notAudited = await audited({ ...order, before, after: before })
      if (notAudited) return refused(order, 'audit_failed', `${notAudited.message}. Nothing was tuned.`)
      const done = { audited: true, persisted: false }
      // The strategy plane applies it, not this one.
      const untold = published(order)
      if (untold) return refused(order, 'publish_failed', `${untold.message}. Nothing was tuned.`, done)
      return outcome(order, { accepted: true, ...done })
    },

    async open(document, who, why) {
      const order = { command: 'open' as const, who, why, atUs: clock.nowUs(), document }
      const nothingDone = 'Nothing was opened.'
      const verdict = judgeOpening(document)
      if (!verdict.ok) return refused(order, 'not_opened', `${verdict.error}. ${nothingDone}`)
      if (verdict.value === 'known') return outcome(order, { accepted: true, persisted: false, audited: false })
      const before = state()
      const notAudited = await audited({ ...order, before, after: before })
      if (notAudited) return refused(order, 'audit_failed', `${notAudited.message}. ${nothingDone}`)
      const done = { audited: true, persisted: false }
      const bug = enforced(order)
      if (bug) return refused(order, 'enforce_failed', bug.message, done)
      const since = judgeOpening(document)
      if (since.ok && since.value === 'known') return outcome(order, { accepted: true, ...done })
      const reason = since.ok ? 'The plane has not opened its account yet' : since.error
      return refused(order, 'not_opened', `${reason}. ${nothingDone}`, done)
    },

    restore() {
      if (standing.state === 'active') return
      const order = {
        command: commandFor[standing.state],
        who: standing.who,
        why: `still in force after a restart: ${standing.why}`,
        atUs: clock.nowUs(),
      }
      const before = state()
      enforce(order)
      published(order)
      auditLater({ ...order, before, after: state() })
    },

    get standing() {
      return standing
    },
  }
}

function standingOf({ who, why, atUs }: OperatorOrder, state: TradingState): StandingOrder {
  return { state, who, why, atUs }
}

function strictness(state: TradingState): number {
  return tradingStates.indexOf(state)
}
