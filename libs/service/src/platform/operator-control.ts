import { join } from 'node:path'
import {
  labelOf,
  type AccountOpening,
  type KillSwitch,
  type OperatorCommand,
  type OperatorCommandCode,
  type PlaneName,
  type Run,
  type TradingState,
  type Tuning,
} from '@triplane/contracts'
import {
  createControl,
  createHaltFile,
  isSameAccount,
  openingOf,
  RefusedAttempts,
  type Control,
  type ControlRefusal,
  type OpeningOrder,
  type OperatorOrder,
  type SkipOrder,
  type OwnedDocument,
  type RedriveDesk,
  type RedrivenRecord,
  type RefusedInMinute,
  type RunDesk,
  type TuningOrder,
} from '@triplane/control'
import { err, type Clock, type Result } from '@triplane/kernel'
import type { Logger } from '@triplane/logging'
import { createAuditLog, StorageError, type AuditLog, type AuditLogOptions } from '@triplane/storage'
import type { z } from 'zod'
import type { Edge } from '../host/edge.ts'
import { readCrashNote, removeCrashNote } from '../lifecycle/crash-note.ts'
import type { auditPart, ServiceConfig } from '../service-config.ts'

/** The key of the halt file: this order plane, whatever the run. */
const DESK = 'order-plane' satisfies PlaneName

/** What is needed to forward an operator's order to the other planes. */
type OperatorEdge = Pick<Edge, 'name' | 'nextSeq' | 'control' | 'auditLink'>

const noRedriving = err('Expected a plane of several services with a run under way, was none')

type Opening = ReturnType<typeof openingOf>

/** A kill switch released itself, and what that made of the trading state. */
interface SwitchRelease {
  readonly event: KillSwitch
  readonly before: TradingState
  readonly after: TradingState
}

/** A run that accepts orders. */
export interface Commanded {
  readonly edge: OperatorEdge
  readonly account: string
  readonly runId: string
  readonly marketUs: () => number
  readonly tradingState: () => TradingState
  /** The trading state once a command has taken effect whole. */
  readonly stateAfter: (command: OperatorCommandCode) => TradingState
  /** Whether the plane would open its account with it now (`new`), already has (`known`), or why not. */
  readonly wouldOpen: (opening: Opening) => Result<'new' | 'known', { readonly code: string; readonly detail: string }>
  /** Refused records once more; absent where the bus is in the process. */
  readonly redriving?: RedriveDesk
  inject(producer: string, event: OperatorCommand | AccountOpening): void
}

export interface OperatorControlOptions {
  readonly config: {
    readonly operator: ServiceConfig['operator']
    readonly audit: z.output<typeof auditPart>
    readonly state: Pick<ServiceConfig['state'], 'folder'>
  }
  readonly logger: Logger
  readonly clock: Clock
  /** Called with each request that was refused, to count it. */
  readonly onRefused: (reason: ControlRefusal) => void
  /** The runs on the bus, where this plane may start one. */
  readonly runs?: RunDesk
}

/**
 * Operators' orders on this order plane. It accepts them from the start of the process on, whatever else is down:
 * without a run they wait in the halt file, and are enforced before the run's first new input.
 */
export class OperatorControl {
  readonly control: Control
  readonly #options: OperatorControlOptions
  #commanded: Commanded | undefined
  #audit: AuditLog | undefined
  readonly #attempts: RefusedAttempts
  /** Orders not yet forwarded to the other planes, for lack of a run. */
  #untold: (OperatorOrder | TuningOrder)[] = []
  /** The events of orders that were enforced and are still to be forwarded. */
  readonly #events = new WeakMap<OperatorOrder, OperatorCommand>()

  private constructor(options: OperatorControlOptions) {
    const { config, logger, clock, onRefused, runs } = options
    this.#options = options
    this.#attempts = new RefusedAttempts({
      onFirst: (reason, address) => logger.warning('A request was refused', { reason, address }),
      onMinute: (refused) => this.#auditRefused(refused),
    })
    this.control = createControl({
      tokens: config.operator.tokens,
      haltFile: createHaltFile(config.state.folder, DESK),
      enforce: (order) => this.#enforce(order),
      judgeOpening: (document) => this.#judgeOpening(document),
      publish: (order) => this.#publish(order),
      audit: async (entry) => {
        await this.#auditLog().append(this.#entryOf(entry))
      },
      auditEventually: (entry) => this.#appendEventually(this.#entryOf(entry)),
      state: () => this.#commanded?.tradingState() ?? this.control.standing.state,
      stateAfter: (command) => this.#commanded?.stateAfter(command),
      clock,
      runs,
      redriving: {
        judge: (record) => this.#commanded?.redriving?.judge(record) ?? noRedriving,
        give: (record) => this.#commanded?.redriving?.give(record) ?? noRedriving,
      },
      onFault: (fault) => logger.critical("An operator's order was not carried out whole", { fault }),
      onRefused: (reason, address) => {
        onRefused(reason)
        this.noteRefused(reason, address)
      },
    })
    logger.info(this.control.describe())
  }

  /** Reads the standing order. A crash by a bug counts as a halt, ordered by this plane. */
  static async open(options: OperatorControlOptions): Promise<OperatorControl> {
    const { config, logger } = options
    const note = readCrashNote(config.state.folder, labelOf(DESK))
    if (note) {
      const why = `crashed: ${note.error.split('\n')[0] ?? ''}`
      await createHaltFile(config.state.folder, DESK).write({ state: 'halted', who: DESK, why, atUs: note.atUs })
      removeCrashNote(config.state.folder, labelOf(DESK))
      logger.critical('The previous process crashed by a bug: trading is halted until an operator resumes it', { why })
    }
    return new OperatorControl(options)
  }

  /** The destination of audit rows; without a key or a database, no loosening order is accepted. */
  openAudit(database: { readonly pool: AuditLogOptions['pool']; readonly isReady: boolean } | undefined): void {
    const { config, logger, clock } = this.#options
    if (database === undefined || config.audit.key === undefined) {
      logger.warning('No audit: resume, rearm, tune and open are refused', { has_database: database !== undefined })
      return
    }
    this.#audit = createAuditLog({
      pool: database.pool,
      isReady: () => database.isReady,
      key: Buffer.from(config.audit.key, 'hex'),
      clock,
      publish: (link) => {
        const edge = this.#commanded?.edge
        edge?.auditLink({ ...link, effectUs: clock.nowUs() })
      },
      queueFolder: join(config.state.folder, 'audit-queue'),
      onNotice: (line) => logger.warning(line),
    })
  }

  /** A run begins or resumes: enforces and forwards the standing order before its first new input. */
  attach(commanded: Commanded): void {
    this.#commanded = commanded
    const untold = this.#untold.splice(0)
    if (untold.length > 0) for (const order of untold) this.#publish(order)
    if (this.control.standing.state !== 'active') this.control.restore()
  }

  /** Audits a kill switch that released itself, once: a restart repeats the turn. */
  noteRelease({ account, runId }: Pick<Run, 'account' | 'runId'>, { event, before, after }: SwitchRelease): void {
    const { seq, switchType, why } = event
    this.#appendEventually({
      entryId: `${runId}/strategy-plane/${seq}`,
      ...{ account, runId, command: 'release', who: 'strategy-plane' satisfies PlaneName, why },
      before: { tradingState: before },
      after: { tradingState: after, switchType },
      outcome: 'done',
    })
  }

  /** Commits the audit row of a skipped record. Rejects when it cannot. */
  async auditSkip({ who, why, ...place }: SkipOrder): Promise<void> {
    const state = this.#commanded?.tradingState() ?? this.control.standing.state
    const after = { tradingState: state, ...place }
    const { account = DESK, runId = 'none' } = this.#commanded ?? {}
    const row = {
      account,
      runId,
      command: 'skip',
      who,
      why,
      before: { tradingState: state },
      after,
      outcome: 'accepted',
    }
    await this.#auditLog().append({ timeUs: this.#options.clock.nowUs(), ...row })
  }

  /** The run ended: further orders wait for the next one. */
  detach(): void {
    this.#commanded = undefined
  }

  /** A request was refused elsewhere on the port: it goes to the audit with those that were refused here. */
  noteRefused(reason: ControlRefusal, address: string): void {
    this.#attempts.note(reason, address)
  }

  async close(): Promise<void> {
    this.#attempts.flush()
    await this.#audit?.close()
  }

  #enforce(order: OperatorOrder | OpeningOrder): void {
    const run = this.#commanded
    if (run === undefined) return
    const event = order.command === 'open' ? openingEventOf(run, order) : this.#eventOf(run, order)
    run.inject(run.edge.name, event)
    if (event.type === 'accountOpening') run.edge.control(event)
  }

  #judgeOpening(document: OwnedDocument): Result<'new' | 'known', string> {
    const run = this.#commanded
    if (run === undefined) return err('Expected a run under way, was none')
    if (!isSameAccount(document.account, run.account))
      return err(`Expected what the account ${run.account} of the run owned, was that of ${document.account}`)
    const verdict = run.wouldOpen(openingOf(document))
    return verdict.ok
      ? verdict
      : err(`Expected a new, flat, halted run, was: ${verdict.error.code} (${verdict.error.detail})`)
  }

  #publish(order: OperatorOrder | TuningOrder): void {
    const run = this.#commanded
    if (run === undefined) this.#untold.push(order)
    else run.edge.control(order.command === 'tune' ? tuningOf(run, order) : this.#eventOf(run, order))
  }

  /** The same event whenever it is asked for the same order, so that its copy on the bus is known again. */
  #eventOf({ edge, marketUs }: Commanded, order: OperatorOrder): OperatorCommand {
    const { command, who, why } = order
    let event = this.#events.get(order)
    if (event === undefined) {
      event = { type: 'operatorCommand', seq: edge.nextSeq(), effectUs: marketUs(), command, who, why }
      this.#events.set(order, event)
    }
    return event
  }

  /** Rows behind every operator's: who floods the port delays none. */
  #auditRefused(refused: readonly RefusedInMinute[]): void {
    const { account, runId } = this.#auditedRun()
    for (const { address = 'all others', count, reasons } of refused)
      this.#audit?.appendBehind({
        ...{ account, runId, command: 'refused', who: address },
        why: `${count} requests refused within a minute: ${reasons}`,
        outcome: 'refused',
      })
  }

  #auditedRun(): { readonly account: string; readonly runId: string } {
    return { account: this.#commanded?.account ?? DESK, runId: this.#commanded?.runId ?? 'none' }
  }

  #appendEventually(entry: Parameters<AuditLog['appendEventually']>[0]): void {
    this.#audit
      ?.appendEventually(entry)
      .catch((fault: unknown) => this.#options.logger.error('Cannot queue a row for the audit', { fault }))
  }

  #auditLog(): AuditLog {
    if (this.#audit) return this.#audit
    throw new StorageError('unavailable', 'No audit log: set DATABASE_URL and TRIPLANE_AUDIT_KEY')
  }

  #entryOf(entry: Parameters<AuditSink>[0]) {
    const { command, who, why, before, after, asked, atUs } = entry
    return {
      timeUs: atUs,
      ...this.#auditedRun(),
      command,
      who,
      why,
      before: { tradingState: before },
      after: {
        tradingState: after,
        ...(asked !== undefined && { asked }),
        ...(entry.command === 'tune' && tuningIn(entry)),
        ...(entry.command === 'open' && documentIn(entry)),
        ...(entry.command === 'start' && { run: entry.run }),
        ...(entry.command === 'redrive' && placeIn(entry.record)),
      },
      outcome: 'accepted',
    }
  }
}

function tuningIn({ strategy, parameters }: TuningOrder): Pick<TuningOrder, 'strategy' | 'parameters'> {
  return { strategy, parameters }
}

/** Identifies the document; its content is in the event and the history. */
function documentIn({ document: { digest, account, runId } }: OpeningOrder) {
  return { digest, fromAccount: account, fromRun: runId }
}

/** Identifies the record; its bytes are on the bus, and what the core was given of it in the input log. */
function placeIn({ topic, partition, offset, producer, raw }: RedrivenRecord) {
  return { topic, partition, offset, producer, bytes: raw.length }
}

function openingEventOf({ edge, marketUs }: Commanded, { document, who, why }: OpeningOrder): AccountOpening {
  return { type: 'accountOpening', seq: edge.nextSeq(), effectUs: marketUs(), ...openingOf(document), who, why }
}

function tuningOf({ edge, marketUs }: Commanded, { strategy, parameters, who, why }: TuningOrder): Tuning {
  const effectUs = marketUs()
  return {
    type: 'tuning',
    seq: edge.nextSeq(),
    effectUs,
    strategy,
    parameters: JSON.stringify(parameters),
    who,
    why,
  }
}

type AuditSink = Parameters<typeof createControl>[0]['audit']
