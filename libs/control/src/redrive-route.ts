import express, { Router, type Request, type Response } from 'express'
import { createOperatorGate, type OperatorGateOptions } from './operator-gate.ts'
import { parseRedrive, type RedriveDesk } from './redrive-order.ts'
import { createBodyRefusals } from './refuse-body.ts'

/** Enough for the 64 kB that a dead letter has at most, in base64. */
export const MAX_REDRIVEN_BYTES = 100_000

/**
 * `POST /control/redrive` of a plane that has no audit of its own: an order plane audits the record first. Answers 200 with
 * the number of `events` that the core was given, 409 with a reason.
 */
export function redriveRoute(options: OperatorGateOptions & { readonly desk: RedriveDesk }): Router {
  const refusals = createBodyRefusals(options, MAX_REDRIVEN_BYTES)
  const readBody = express.json({ limit: MAX_REDRIVEN_BYTES, type: () => true })
  const routes = Router()
  routes.post('/control/redrive', createOperatorGate(options), readBody, (request: Request, response: Response) => {
    const wanted = parseRedrive(request.body)
    if (!wanted.ok) return refusals.refuse(response, wanted.error)
    const given = options.desk.give(wanted.value.record)
    if (given.ok) response.json({ accepted: true, events: given.value })
    else response.status(409).json({ accepted: false, reason: given.error })
  })
  routes.use(refusals.unreadable)
  return routes
}
