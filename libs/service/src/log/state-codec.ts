import { createHash } from 'node:crypto'
import {
  createStateCheck,
  field,
  StateMisfitError,
  stateSchema,
  type SchemaOf,
  type StateSchema,
} from '@triplane/contracts'
import { invariant } from '@triplane/kernel'

/** Describes the writer: saved with the state, and compared when it is loaded. */
export interface SavedBy {
  /** Digest of the configuration in force. */
  readonly configurationDigest: string
  readonly commit: string
}

/** Saved state that fits. */
export interface LoadedState<State> {
  readonly state: State
  /** How the writer differs from the reader, for the log: another configuration, another build. */
  readonly differences: readonly string[]
}

/** Wraps state in an envelope that describes it, and unwraps exactly that. */
export interface StateCodec<State> {
  /** The envelope as one line of JSON. State that its own schema refuses is a bug, and is not written. */
  encode(state: unknown): string
  /**
   * Throws StateMisfitError when the text is not an envelope of this version or its state does not fit; the message
   * names the field.
   */
  decode(text: string): LoadedState<State>
  /** The same for a parsed envelope. */
  open(saved: unknown): LoadedState<State>
}

const VERSION = 1

/** Builds the codec of a state. The schema is compiled once. */
export function createStateCodec<State>(
  schema: SchemaOf<State>,
  { configurationDigest, commit }: SavedBy,
): StateCodec<State> {
  const schemaDigest = digestOfSchema(schema)
  const envelopeSchema = stateSchema({
    version: field.literal(VERSION),
    schemaDigest: field.text,
    configurationDigest: field.text,
    commit: field.text,
    node: field.text,
    state: schema,
  })
  const explainState = createStateCheck(schema, '/state')
  const explainEnvelope = createStateCheck(envelopeSchema)

  function open(saved: unknown): LoadedState<State> {
    const version = typeof saved === 'object' && saved !== null && 'version' in saved ? saved.version : undefined
    if (version !== VERSION)
      throw new StateMisfitError(`Expected /version to be ${VERSION}, was ${JSON.stringify(version) ?? 'nothing'}`)
    const problem = explainEnvelope(saved)
    if (problem !== undefined) throw new StateMisfitError(problem)
    const envelope = saved as { readonly schemaDigest: string; readonly state: State } & Saver
    if (envelope.schemaDigest !== schemaDigest)
      throw new StateMisfitError(
        `Expected /schemaDigest to be ${schemaDigest}, was ${envelope.schemaDigest}: a build with other state saved it`,
      )
    return { state: envelope.state, differences: differences(envelope, { configurationDigest, commit }) }
  }

  return {
    encode(state) {
      const problem = explainState(state)
      invariant(problem === undefined, 'what is saved fits its schema', problem)
      const node = process.version
      return JSON.stringify({ version: VERSION, schemaDigest, configurationDigest, commit, node, state })
    },

    decode: (text) => open(parse(text)),
    open,
  }
}

interface Saver extends SavedBy {
  readonly node: string
}

function differences(saver: Saver, loader: SavedBy): string[] {
  const told: string[] = []
  if (saver.configurationDigest !== loader.configurationDigest) told.push('It was saved under another configuration')
  if (saver.commit !== loader.commit) told.push(`It was saved by commit ${saver.commit}, this is ${loader.commit}`)
  if (saver.node !== process.version) told.push(`It was saved by Node ${saver.node}, this is ${process.version}`)
  return told
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new StateMisfitError('Expected JSON, was something else')
  }
}

/** SHA-256 over the schema as canonical JSON, without descriptions. */
export function digestOfSchema(schema: StateSchema): string {
  return createHash('sha256')
    .update(JSON.stringify(canonical(schema)))
    .digest('hex')
}

/** True of the list of required fields, whose order has no meaning. */
function isNames(name: string, value: unknown): value is readonly string[] {
  return name === 'required' && Array.isArray(value)
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(
    ([name, inner]) => name !== '$id' && !(name === 'description' && typeof inner === 'string'),
  )
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(
    entries.map(([name, inner]) => [name, canonical(isNames(name, inner) ? [...inner].sort() : inner)]),
  )
}
