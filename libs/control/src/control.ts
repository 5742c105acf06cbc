import { operatorCommands } from '@triplane/contracts'
import express, { Router, type Request, type Response } from 'express'
import { createOperatorDesk, type OperatorDeskOptions, type OrderRefusal, type Outcome } from './operator-desk.ts'
import { CONTROL_IS_OFF, createOperatorGate, operatorOf, type OperatorGateOptions } from './operator-gate.ts'
import type { StandingOrder } from './operator-order.ts'
import { parseOpening } from './parse-opening.ts'
import { parseTuning } from './parse-tuning.ts'
import { parseWhy } from './parse-why.ts'
import { parseRedrive } from './redrive-order.ts'
import { MAX_REDRIVEN_BYTES } from './redrive-route.ts'
import { createBodyRefusals } from './refuse-body.ts'
import { parseRunOrder } from './run-order.ts'

const MAX_BODY_BYTES = 4096
/** Enough for the account of a run with hundreds of instruments. */
const MAX_DOCUMENT_BYTES = 1_000_000

const statusOf: Readonly<Record<OrderRefusal, number>> = {
  enforce_failed: 500,
  publish_failed: 503,
  file_failed: 503,
  audit_failed: 503,
  superseded: 409,
  not_opened: 409,
  no_runs: 409,
  not_redriven: 409,
}

export type ControlOptions = OperatorDeskOptions & OperatorGateOptions

export interface Control {
  /** `POST /control/{halt,reduce,resume,rearm,adopt,tune,open,run,redrive}`. */
  readonly routes: Router
  /** One line for the log: whose orders are accepted, or that control is off; and the standing order. */
  describe(): string
  /**
   * Enforces, publishes and audits the order that stood when the process ended. Call it before the plane handles its
   * first input.
   */
  restore(): void
  /** Halts by the plane's own order. */
  halt(who: string, why: string): Promise<void>
  /** The operators' newest order still in force. */
  readonly standing: StandingOrder
}

/**
 * The control surface of an order plane. Without tokens it answers 503; a halt in the file is in force all the same.
 */
export function createControl(options: ControlOptions): Control {
  const { tokens } = options
  const desk = createOperatorDesk(options)
  const gate = createOperatorGate(options)
  const readBody = express.json({ limit: MAX_BODY_BYTES, type: () => true })
  const readDocument = express.json({ limit: MAX_DOCUMENT_BYTES, type: () => true })
  const readRecord = express.json({ limit: MAX_REDRIVEN_BYTES, type: () => true })
  const { refuse: refuseBody, unreadable } = createBodyRefusals(options, MAX_BODY_BYTES)

  const routes = Router()
  for (const command of operatorCommands) {
    routes.post(`/control/${command}`, gate, readBody, async (request: Request, response: Response) => {
      const why = parseWhy(request.body)
      if (!why.ok) return refuseBody(response, why.error)
      answer(response, await desk.order(command, operatorOf(response), why.value))
    })
  }
  routes.post('/control/tune', gate, readBody, async (request: Request, response: Response) => {
    const wanted = parseTuning(request.body)
    if (!wanted.ok) return refuseBody(response, wanted.error)
    const { why, ...tuning } = wanted.value
    answer(response, await desk.tune(tuning, operatorOf(response), why))
  })
  routes.post('/control/open', gate, readDocument, async (request: Request, response: Response) => {
    const wanted = parseOpening(request.body)
    if (!wanted.ok) return refuseBody(response, wanted.error)
    const { why, document } = wanted.value
    answer(response, await desk.open(document, operatorOf(response), why))
  })
  routes.post('/control/run', gate, readBody, async (request: Request, response: Response) => {
    const wanted = parseRunOrder(request.body)
    if (!wanted.ok) return refuseBody(response, wanted.error)
    const { why, ...order } = wanted.value
    answer(response, await desk.startRun(order, operatorOf(response), why))
  })
  routes.post('/control/redrive', gate, readRecord, async (request: Request, response: Response) => {
    const wanted = parseRedrive(request.body)
    if (!wanted.ok) return refuseBody(response, wanted.error)
    const { why, record } = wanted.value
    answer(response, await desk.redrive(record, operatorOf(response), why))
  })
  routes.use(unreadable)

  return {
    routes,
    describe() {
      const names = tokens.map(({ name }) => name).join(', ')
      const who = names === '' ? CONTROL_IS_OFF : `control is on for ${names}`
      const { state, who: by, why } = desk.standing
      return state === 'active' ? who : `${who}; ${state} by order of ${by}: ${why}`
    },
    restore: () => desk.restore(),
    async halt(who, why) {
      await desk.order('halt', who, why)
    },
    get standing() {
      return desk.standing
    },
  }
}

function answer(response: Response, { refusal, ...outcome }: Outcome<string>): void {
  response.status(refusal === undefined ? 200 : statusOf[refusal]).json(outcome)
}
