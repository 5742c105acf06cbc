import { invariant } from '@triplane/kernel'
import { ByteText } from '../../byte-text.ts'

/** The kinds of holes in a layout; this one is an integer. */
export const INTEGER = 0
/** A decimal in a string; the quotes belong to the literals. */
export const DECIMAL = 1
export const FLAG = 2
/** Book levels, from the opening bracket to the closing one. */
export const LEVELS = 3
/** A venue symbol; the quotes belong to the literals. */
export const SYMBOL = 4
/** A text that no event is made of, such as the name of a stream; the quotes belong to the literals. */
const TEXT = 5

/** How each kind of hole is written, by kind. What is text but no decimal is a hole under some keys only. */
const FORMS = [
  String.raw`(\d+)(?=[,}])`,
  String.raw`"(\d+(?:\.\d+)?)"`,
  String.raw`(true|false)`,
  String.raw`(\[\]|\[\["[\d.]+","[\d.]+"\](?:,\["[\d.]+","[\d.]+"\])*\])`,
  String.raw`"([^"]*)"`,
]
const LEVEL_KEYS: ReadonlySet<string> = new Set(['b', 'a', 'bids', 'asks'])
/** Keys of texts that the mapper does not read. */
const TEXT_KEYS: ReadonlySet<string> = new Set(['stream', 'k.s'])
/** A key of letters and a value that may vary; group `kind + 2` is the value. */
const FIELD = new RegExp(`"([A-Za-z]+)":(?:${FORMS.join('|')})`, 'dg')
const TOKEN = /"([^"]*)"(:)?|[{}]/g
/** Printable ASCII without white space and escapes: there is only one way to write anything. */
const PLAIN = /^[\x21-\x5b\x5d-\x7e]*$/

/** Keys of the object that a kline holds under `k`, by that name. */
const KLINE = 'k.'
// prettier-ignore
const KEPT_KEYS = [
  's', 'E', 'T', 't', 'p', 'q', 'm', 'U', 'u', 'pu', 'b', 'B', 'a', 'A', 'f', 'l', 'lastUpdateId', 'bids', 'asks',
  'k.t', 'k.o', 'k.h', 'k.l', 'k.c', 'k.v', 'k.q', 'k.V', 'k.n', 'k.x',
] as const
/** A key whose value is kept. */
export type KeptKey = (typeof KEPT_KEYS)[number]
/** Number of slots: one for each kept key, and one for all other values. */
export const SLOT_COUNT = KEPT_KEYS.length + 1

/** The slot of a key. */
export function slotOf(key: KeptKey): number {
  return KEPT_KEYS.indexOf(key)
}

/**
 * The text of a frame with holes for the varying values: literal, hole, literal, ..., literal. The literals contain every key
 * and name, and fix their order.
 */
export interface FrameLayout {
  /** One more than the number of holes. */
  readonly literals: readonly ByteText[]
  /** Kind and slot of each hole. */
  readonly kinds: Uint8Array
  readonly slots: Uint8Array
  /** Where a reader keeps it, if it does. */
  place: number
}

/**
 * Learns the layout of a frame that `parseFrame` understood. Returns undefined when the value of one of `neededKeys` has
 * another form than the holes allow, and for text that is not plain: escapes, white space, anything but printable ASCII, a key
 * twice.
 *
 * Why a layout can be trusted: a frame that fits it differs from the learned one in integers, decimals in strings, flags,
 * levels, the symbol and texts that nobody reads only, each of the same form again. So `JSON.parse` gives an object with the
 * same keys and names, and the mapper goes the same way. Since no key stands twice, the value behind a kept key is the one that
 * it reads.
 */
export function learnLayout(text: string, neededKeys: readonly KeptKey[]): FrameLayout | undefined {
  const names = PLAIN.test(text) ? keyNames(text) : undefined
  if (names === undefined) return undefined
  const literals: ByteText[] = []
  const kinds: number[] = []
  const keys: string[] = []
  let literalStart = 0
  for (const match of text.matchAll(FIELD)) {
    const key = names.get(match.index) as string
    const kind = kindOf(
      key,
      FORMS.findIndex((_, form) => match[form + 2] !== undefined),
    )
    if (kind === undefined) continue
    const value = match.indices?.find((indices, group) => group > 1 && indices !== undefined)
    invariant(value !== undefined, 'every alternative of FIELD has a value')
    literals.push(new ByteText(text.slice(literalStart, value[0])))
    kinds.push(kind)
    keys.push(key)
    literalStart = value[1]
  }
  literals.push(new ByteText(text.slice(literalStart)))
  if (!neededKeys.every((key) => keys.includes(key))) return undefined
  const slots = keys.map((key) => ((KEPT_KEYS as readonly string[]).indexOf(key) + SLOT_COUNT) % SLOT_COUNT)
  return { literals, kinds: Uint8Array.from(kinds), slots: Uint8Array.from(slots), place: 0 }
}

/** What may vary under a key whose value has this form; undefined when nothing may. */
function kindOf(key: string, form: number): number | undefined {
  if (form === LEVELS) return LEVEL_KEYS.has(key) ? LEVELS : undefined
  if (form === SYMBOL || form === DECIMAL) {
    if (key === 's') return SYMBOL
    if (TEXT_KEYS.has(key)) return TEXT
  }
  return form === SYMBOL ? undefined : form
}

/** The name of each key by the place of its quote; undefined when one stands twice. */
function keyNames(text: string): ReadonlyMap<number, string> | undefined {
  const names = new Map<number, string>()
  /** How many braces are open from that of the kline on. */
  let klineDepth = 0
  for (const { 0: token, 1: key, 2: colon, index } of text.matchAll(TOKEN)) {
    if (token === '}' && klineDepth > 0) klineDepth--
    else if (token === '{' && (klineDepth > 0 || text.endsWith('"k":', index))) klineDepth++
    else if (colon !== undefined) names.set(index, klineDepth > 0 ? `${KLINE}${key}` : (key as string))
  }
  return new Set(names.values()).size < names.size ? undefined : names
}
