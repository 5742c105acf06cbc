import { createHash } from 'node:crypto'
import {
  createStateCheck,
  field,
  latchedSwitches,
  ownedAccountSchema,
  stateSchema,
  type AccountOpening,
  type StateOf,
} from '@triplane/contracts'
import { err, ok, type Result } from '@triplane/kernel'

const FORMAT = 'triplane-owned-state'
const VERSION = 1

const contentFields = {
  format: field.literal(FORMAT),
  version: field.literal(VERSION),
  /** The account, the run it was exported from, and the market time of the export. */
  account: field.text,
  runId: field.text,
  marketUs: field.timeUs,
  owned: ownedAccountSchema,
  switches: latchedSwitches,
}
const documentSchema = stateSchema({ ...contentFields, digest: field.text })
const explain = createStateCheck(documentSchema)

/**
 * What an account owns, as a document that one version writes and every later one reads. `digest` is the SHA-256 of the
 * rest. It leaves out what a version only keeps (books, bars, features) and what a halt has ended: working orders.
 */
export type OwnedDocument = StateOf<typeof documentSchema>

/** Writes the document of what an account owns. */
export function sealOwned(content: Omit<OwnedDocument, 'format' | 'version' | 'digest'>): OwnedDocument {
  const whole = { format: FORMAT, version: VERSION, ...content } as const
  return { ...whole, digest: digestOf(whole) }
}

/** Reads a document that `sealOwned` wrote in this version or an earlier one; otherwise gives the problem. */
export function readOwned(value: unknown): Result<OwnedDocument, string> {
  const { format, version } = (typeof value === 'object' && value !== null ? value : {}) as Partial<OwnedDocument>
  if (format !== FORMAT)
    return err(`Expected a document of the format ${FORMAT}, was ${JSON.stringify(format) ?? 'another'}`)
  if (version !== VERSION) return err(`Expected version ${VERSION} of the document, was ${JSON.stringify(version)}`)
  const problem = explain(value)
  if (problem !== undefined) return err(problem)
  const { digest, ...content } = value as OwnedDocument
  if (digestOf(content) !== digest)
    return err(`Expected the content that has the digest ${digest.slice(0, 8)}, was another: the document was changed`)
  return ok(value as OwnedDocument)
}

/** The opening that a document asks for. */
export function openingOf({
  digest,
  owned,
  switches,
}: OwnedDocument): Pick<AccountOpening, 'openingId' | 'account' | 'switches'> {
  return { openingId: digest, account: owned, switches }
}

/** Whether one account's document may open another: the same account, or both simulated. */
export function isSameAccount(from: string, to: string): boolean {
  return from === to || [from, to].every((account) => account.startsWith('sim-'))
}

function digestOf(content: object): string {
  return createHash('sha256').update(JSON.stringify(content, sorted)).digest('hex')
}

/** The order of fields has no meaning. */
function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
