import { err, ok, type Result } from '@triplane/kernel'
import { readOwned, type OwnedDocument } from './owned-document.ts'
import { parseWhy } from './parse-why.ts'

/**
 * Reads the document and the reason from the body of an opening, `{ "document": {...}, "why": "..." }`; otherwise gives
 * what was expected and found.
 */
export function parseOpening(
  body: unknown,
): Result<{ readonly document: OwnedDocument; readonly why: string }, string> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return err('Expected a body such as {"document": {...}, "why": "..."}.')
  const { document, ...rest } = body as Readonly<Record<string, unknown>>
  const why = parseWhy(rest)
  if (!why.ok) return why
  const read = readOwned(document)
  return read.ok ? ok({ document: read.value, why: why.value }) : err(`${read.error}.`)
}
