import { WORD, type WireBit, type WireField, type WireObject } from './wire-layout.ts'

/**
 * The source of a function `encode(e, w, labels)` that appends an object to the writer: zeros, fixed part, tail. It also uses
 * `code`, the first two bytes of the head, `choices[i]`, an index by value, and `children[i]`, of the field i. The fixed part
 * ends with the last field that is present, so that an unused field changes no byte.
 */
export function encoderSource({ fields, words, leastWords, flags }: WireObject): string {
  const always = new Set(fields.filter(({ kind, presence }) => kind === 'number' && !presence).map(({ at }) => at))
  const zeros = Array.from({ length: words - 1 }, (_, i) => (i + 1) * WORD).filter((at) => !always.has(at))
  return [
    'return function encode(e, w, labels) {',
    `w.reserve(${words * WORD})`,
    'const at = w.length, view = w.view',
    `let words = ${leastWords}`,
    ...flags.map(({ at }) => `let f${at} = 0`),
    ...zeros.map((at) => `view.setFloat64(at + ${at}, 0, true)`),
    ...fields.map((field, i) => inFixedPart(field, i, leastWords)),
    `w.length = at + words * ${WORD}`,
    ...fields.map(inTail),
    ...flags.map(({ at }) => `w.view.setUint8(at + ${at}, f${at})`),
    'w.view.setUint32(at, code | (words << 16), true)',
    `w.view.setUint32(at + 4, (w.length - at) / ${WORD}, true)`,
    '}',
  ].join('\n')
}

/** Words of the fixed part up to the end of a field. */
export function wordsOf({ kind, at, presence, bit }: WireField): number {
  const last = Math.max(kind === 'object' ? 0 : at, presence?.at ?? 0, bit?.at ?? 0)
  return Math.floor(last / WORD) + 1
}

const set = ({ at, bit }: WireBit) => `f${at} |= ${1 << bit}`

function inFixedPart(field: WireField, i: number, leastWords: number): string {
  const { name, presence } = field
  const write = placed(field, `e.${name}`, i)
  if (!presence) return write
  const needed = wordsOf(field)
  const longer = needed > leastWords ? `if (words < ${needed}) words = ${needed}` : ''
  return `if (e.${name} !== undefined) { ${set(presence)}; ${longer}\n${write} }`
}

function placed({ kind, at, bit }: WireField, value: string, i: number): string {
  switch (kind) {
    case 'number':
      // -0 is 0, as in JSON.
      return `view.setFloat64(at + ${at}, ${value} + 0, true)`
    case 'flag':
      return `if (${value}) ${set(bit as WireBit)}`
    case 'choice':
      return `view.setUint8(at + ${at}, choices[${i}][${value}] ?? 255)`
    case 'label':
      return `view.setUint16(at + ${at}, labels.numberOf(${value}), true)`
    case 'id':
      return `if (typeof ${value} === 'number') view.setFloat64(at + ${at}, ${value} + 0, true); else ${set(bit as WireBit)}`
    default:
      return ''
  }
}

function inTail(field: WireField, i: number): string {
  const { name, presence } = field
  const value = `e.${name}`
  const write = tailed(field, value, i)
  return write && presence ? `if (${value} !== undefined) { ${write} }` : write
}

function tailed({ kind, at, wraps }: WireField, value: string, i: number): string {
  // The writer may have replaced its view while writing.
  const length = (count: string) => `w.view.setUint32(at + ${at}, ${count}, true)`
  switch (kind) {
    case 'text':
      return `const n${i} = w.text(${value}); ${length(`n${i}`)}`
    case 'id':
      return `if (typeof ${value} === 'string') { const n${i} = w.text(${value}); ${length(`n${i}`)} }`
    case 'numbers':
      return `w.numbers(${value}); ${length(`${value}.length`)}`
    case 'list':
      return `for (const item of ${value}) children[${i}](${wraps ? '{ item }' : 'item'}, w, labels); ${length(`${value}.length`)}`
    case 'object':
      return `children[${i}](${value}, w, labels)`
    default:
      return ''
  }
}
