import { err, ok, type Result } from '@triplane/kernel'
import express, { Router, type Request, type Response } from 'express'
import { messageOf } from './control-error.ts'
import { addressOf, createOperatorGate, operatorOf, type OperatorGateOptions } from './operator-gate.ts'
import { parseWhy } from './parse-why.ts'

const MAX_BODY_BYTES = 4096

/** An order to go on without a record of the bus. */
export interface SkipOrder {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** The name of the operator's token. */
  readonly who: string
  readonly why: string
}

export interface SkipRouteOptions extends OperatorGateOptions {
  /** Why the plane would not skip the record now; undefined when it would, or has. */
  readonly whyNot: (order: SkipOrder) => string | undefined
  /** Commits the audit row before anything is done; rejects when it cannot. */
  readonly audit?: ((order: SkipOrder) => Promise<void>) | undefined
  /** Skips it; throws when that cannot be remembered. */
  readonly skip: (order: SkipOrder) => void
}

/** `POST /control/skip` with `{topic, partition, offset, why}`: the plane goes on behind the record at which it is suspended. */
export function skipRoute({ whyNot, audit, skip, ...gated }: SkipRouteOptions): Router {
  const routes = Router()
  const readBody = express.json({ limit: MAX_BODY_BYTES, type: () => true })
  routes.post('/control/skip', createOperatorGate(gated), readBody, async (request: Request, response: Response) => {
    const refuse = (status: number, reason: string) => response.status(status).json({ accepted: false, reason })
    const wanted = parseSkip(request.body)
    if (!wanted.ok) {
      gated.onRefused?.('bad_request', addressOf(request))
      return refuse(400, wanted.error)
    }
    const order = { ...wanted.value, who: operatorOf(response) }
    const problem = whyNot(order)
    if (problem !== undefined) return refuse(409, `${problem}. Nothing was skipped.`)
    try {
      await audit?.(order)
    } catch (error) {
      return refuse(503, `Cannot commit the audit row of skip: ${messageOf(error)}. Nothing was skipped.`)
    }
    try {
      skip(order)
    } catch (error) {
      return refuse(503, `Cannot remember the skip: ${messageOf(error)}. Nothing was skipped.`)
    }
    return response.json({ accepted: true, ...order, audited: audit !== undefined })
  })
  return routes
}

function parseSkip(body: unknown): Result<Omit<SkipOrder, 'who'>, string> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return err('Expected a body, was something else.')
  const { topic, partition, offset, ...rest } = body as Readonly<Record<string, unknown>>
  if (typeof topic !== 'string' || !isCount(partition) || !isCount(offset))
    return err('Expected the name of a topic, a partition and an offset, was something else.')
  const why = parseWhy(rest)
  return why.ok ? ok({ topic, partition, offset, why: why.value }) : why
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
