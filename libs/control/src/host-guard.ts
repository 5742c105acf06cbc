import type { Request, RequestHandler } from 'express'
import { addressOf, type ControlRefusal } from './operator-gate.ts'
import { authenticate, type OperatorToken } from './operator-tokens.ts'

export interface HostGuardOptions {
  /** Names by which the port is reached, beside those of this machine's loopback and the address of the connection. */
  readonly names: readonly string[]
  readonly tokens: readonly OperatorToken[]
  readonly onRefused?: (reason: ControlRefusal, address: string) => void
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/

/**
 * Refuses (403) what a browser sends on behalf of a foreign page, on every path: a request with an `Origin`, and one whose
 * `Host` is none of ours, as after DNS rebinding. A `Host` is ours when it is absent, a name of loopback, the address of the
 * connection, or one of `names`. An operator's token passes with any `Host`.
 */
export function hostGuard({ names, tokens, onRefused = () => undefined }: HostGuardOptions): RequestHandler {
  const known = new Set(names.map((name) => name.toLowerCase()))

  function refusalOf(request: Request): ControlRefusal | undefined {
    if (request.get('origin') !== undefined) return 'foreign_origin'
    const host = request.get('host')
    if (host === undefined || host === '' || isOurs(nameIn(host), request)) return undefined
    return authenticate(tokens, request.get('authorization')).ok ? undefined : 'foreign_host'
  }

  function isOurs(name: string, { socket }: Request): boolean {
    return LOOPBACK.test(name) || known.has(name) || name === plainAddress(socket.localAddress ?? '')
  }

  return (request, response, next) => {
    const refusal = refusalOf(request)
    if (refusal === undefined) return next()
    onRefused(refusal, addressOf(request))
    response.status(403).json({ accepted: false, reason: `Expected ${expectedOf[refusal]}, was another.` })
  }
}

const expectedOf: Partial<Readonly<Record<ControlRefusal, string>>> = {
  foreign_origin: 'a request without an Origin',
  foreign_host: 'a Host of TRIPLANE_HTTP_NAMES',
}

/** The name or address in a `Host` header, without its port. */
function nameIn(host: string): string {
  const lower = host.toLowerCase()
  if (lower.startsWith('[')) return lower.slice(1, lower.indexOf(']'))
  return lower.split(':')[0] ?? ''
}

/** An IPv4 address that a socket shows as IPv6, as itself. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
}
