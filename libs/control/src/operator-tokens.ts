import { createHash, timingSafeEqual } from 'node:crypto'
import { ConfigError } from '@triplane/config'
import { err, ok, type Result } from '@triplane/kernel'

/** An operator who may give orders. Only the bearer knows the token itself. */
export interface OperatorToken {
  /** The operator's name, as in the audit. */
  readonly name: string
  /** SHA-256 of the token, 64 hex digits. */
  readonly hash: string
}

const VARIABLE = 'TRIPLANE_OPERATOR_TOKENS'
const NAME = /^\w[\w.@-]{0,63}$/
const HASH = /^[0-9a-f]{64}$/i

/** SHA-256 of a token, 64 hex digits, for the environment. A plain hash is enough for 256 random bits. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** An invalid entry of the list. Its text is never shown, because it might contain a token. */
export interface TokenEntryRefusal {
  /** Its index, from 0. */
  readonly entry: number
  readonly expected: string
  readonly found: string
}

/**
 * Reads `name:sha256hex,name2:sha256hex`: the tokens, and every invalid entry: a bad name, a bad hash, a duplicate name
 * or token. An empty text has no tokens.
 */
export function readOperatorTokens(text: string | undefined): {
  readonly tokens: readonly OperatorToken[]
  readonly refusals: readonly TokenEntryRefusal[]
} {
  const entries = (text ?? '').split(',').map((entry) => entry.trim())
  const tokens: OperatorToken[] = []
  const refusals: TokenEntryRefusal[] = []
  if (entries.length === 1 && entries[0] === '') return { tokens, refusals }
  for (const [index, entry] of entries.entries()) {
    const [name = '', hash = '', ...more] = entry.split(':')
    const refuse = (expected: string, found: string) => refusals.push({ entry: index, expected, found })
    if (!entry.includes(':')) refuse('name:sha256hex', 'no colon')
    else if (!NAME.test(name)) refuse('name:sha256hex, the name of letters, digits and "._@-"', 'another name')
    else if (!HASH.test(hash) || more.length > 0)
      refuse('64 hex digits behind the name and its colon', `${entry.length - name.length - 1} characters`)
    else if (tokens.some((token) => token.name === name)) refuse('each name once', 'a name of another entry')
    else if (tokens.some((token) => token.hash === hash.toLowerCase()))
      refuse('a token of its own for each name', 'the token of another name')
    else tokens.push({ name, hash: hash.toLowerCase() })
  }
  return { tokens, refusals }
}

/** Reads the list as `readOperatorTokens` does. Throws a `ConfigError` that names every invalid entry. */
export function parseOperatorTokens(text: string | undefined): readonly OperatorToken[] {
  const { tokens, refusals } = readOperatorTokens(text)
  if (refusals.length === 0) return tokens
  throw new ConfigError(
    VARIABLE,
    refusals.map(({ entry, ...refusal }) => ({ path: `${VARIABLE}[${entry}]`, ...refusal })),
  )
}

/** Why a request was not authorised. */
export const tokenRefusals = ['no_token', 'wrong_token'] as const
export type TokenRefusal = (typeof tokenRefusals)[number]

/**
 * The name that belongs to the token of an `Authorization: Bearer <token>` header. Compares every hash in constant
 * time, so any wrong token takes equally long.
 */
export function authenticate(
  tokens: readonly OperatorToken[],
  header: string | undefined,
): Result<string, TokenRefusal> {
  const token = /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1]
  if (token === undefined) return err('no_token')
  const given = Buffer.from(hashToken(token), 'hex')
  let name: string | undefined
  for (const known of tokens) if (timingSafeEqual(given, Buffer.from(known.hash, 'hex'))) name = known.name
  return name === undefined ? err('wrong_token') : ok(name)
}
