import type { Request, RequestHandler, Response } from 'express'
import { ipKeyGenerator, rateLimit as rateLimiter } from 'express-rate-limit'
import { authenticate, tokenRefusals, type OperatorToken } from './operator-tokens.ts'

/** Why a request was refused before any order. */
export const controlRefusals = [
  ...tokenRefusals,
  'rate_limited',
  'bad_request',
  'foreign_host',
  'foreign_origin',
] as const
export type ControlRefusal = (typeof controlRefusals)[number]

/** The limit on wrong tokens from one address. */
interface WrongTokenLimit {
  /** The number allowed in a window; further requests get 429. */
  readonly limit: number
  readonly windowMs: number
}

export interface OperatorGateOptions {
  readonly tokens: readonly OperatorToken[]
  /** Default: 10 a minute. */
  readonly rateLimit?: WrongTokenLimit
  /** Called with each refused request and the address that it came from. */
  readonly onRefused?: (reason: ControlRefusal, address: string) => void
}

export const CONTROL_IS_OFF = 'control is off: no operator token configured'

/**
 * Builds the gate before operator-only requests; `operatorOf(response)` returns the operator's name.
 *
 * Invariants
 * 1. A valid token is admitted however many wrong ones came from its address: it is recognised before anything is counted.
 * 2. An address over its limit is answered 429 until the window ends.
 * 3. Only wrong tokens count.
 */
export function createOperatorGate({
  tokens,
  rateLimit,
  onRefused = () => undefined,
}: OperatorGateOptions): RequestHandler {
  const { limit, windowMs } = rateLimit ?? { limit: 10, windowMs: 60_000 }
  const tooMany = `Expected at most ${limit} wrong tokens from an address in ${windowMs / 1000} s, was more. Wait.`

  function refuse(response: Response, status: number, refusal: ControlRefusal, reason: string): void {
    onRefused(refusal, addressOf(response.req))
    if (status === 401) response.set('WWW-Authenticate', 'Bearer realm="triplane"')
    response.status(status).json({ accepted: false, reason })
  }

  const limiter = rateLimiter({
    windowMs,
    limit,
    keyGenerator: keyOf,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // The limiter warns about proxies on the console; behind a proxy, set express's `trust proxy`.
    validate: false,
    handler: (_request, response) => refuse(response, 429, 'rate_limited', tooMany),
  })

  return async (request, response, next) => {
    if (tokens.length === 0) {
      response.status(503).json({ accepted: false, reason: CONTROL_IS_OFF })
      return
    }
    const name = authenticate(tokens, request.get('authorization'))
    if (name.ok) {
      response.locals['operator'] = name.value
      return next()
    }
    if (name.error === 'no_token')
      return refuse(response, 401, 'no_token', 'Expected an Authorization header with Bearer and a token, was none.')
    await limiter(request, response, () =>
      refuse(response, 401, 'wrong_token', "Expected an operator's token, was another."),
    )
  }
}

/** The operator that the gate admitted. */
export function operatorOf(response: Response): string {
  return response.locals['operator'] as string
}

/** The address that a request came from. */
export function addressOf(request: Pick<Request, 'ip'>): string {
  return request.ip ?? ''
}

function keyOf(request: Request): string {
  return ipKeyGenerator(addressOf(request))
}
