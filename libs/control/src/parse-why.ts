import { err, ok, type Result } from '@triplane/kernel'

const MAX_LENGTH = 500
/** Line breaks would let a reason forge lines of a log. */
const CONTROL_CHARACTERS = /\p{Cc}+/gu

/**
 * Reads the reason from the body of an order, `{ "why": "..." }`, as one line; otherwise gives what was expected and
 * found.
 */
export function parseWhy(body: unknown): Result<string, string> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return err('Expected a body such as {"why": "..."}, was something else.')
  const { why, ...others } = body as Readonly<Record<string, unknown>>
  const [other] = Object.keys(others)
  if (other !== undefined) return err(`Expected nothing but why, was also ${JSON.stringify(other.slice(0, 40))}.`)
  if (typeof why !== 'string')
    return err(`Expected why to be a text, was ${why === undefined ? 'none' : `a ${typeof why}`}.`)
  const line = why.replace(CONTROL_CHARACTERS, ' ').trim()
  if (line.length >= 1 && line.length <= MAX_LENGTH) return ok(line)
  return err(`Expected why to have 1 to ${MAX_LENGTH} characters, was ${line.length}.`)
}
