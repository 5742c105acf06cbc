import type { TSchema } from '@sinclair/typebox'
import { wordsOf } from './encoder-source.ts'
import { WORD, type WireBit, type WireField, type WireObject } from './wire-layout.ts'

/**
 * The source of a function `decode(r, at, limit)` that reads the object at `at`, which must end at or before `limit`, and
 * checks everything in its schema. It returns the object, or undefined with the problem in the reader. It skips words beyond
 * the known ones, unless the object is closed. It uses `choices[i]`, values by index, `patterns[i]` and `children[i]`, of the
 * field i; `type` is the tag of an event.
 */
export function decoderSource(object: WireObject, tag: string | undefined, path: string): string {
  const { fields, words, leastWords, flags, isClosed } = object
  const names = fields.map((_, i) => `v${i}`)
  const said = (text: string) => JSON.stringify(`${path}: ${text}`)
  return [
    // A constructor with room for every field, although it makes a plain object.
    `function Plain(${names.join(', ')}) {`,
    tag === undefined ? '' : `this.type = ${JSON.stringify(tag)}`,
    ...fields.map(({ name, presence }, i) => {
      const assign = `this.${name} = v${i}`
      return presence ? `if (v${i} !== undefined) ${assign}` : assign
    }),
    '}',
    'Plain.prototype = Object.prototype',
    'return function decode(r, at, limit) {',
    'const view = r.view',
    `if (limit - at < ${WORD}) return r.fail(${said('Expected an object, was the end')})`,
    `const words = view.getUint16(at + 2, true), end = at + view.getUint32(at + 4, true) * ${WORD}`,
    `let tail = at + words * ${WORD}`,
    `if (words < ${leastWords} || tail > end || end > limit) return r.fail(${said(`Expected at least ${leastWords} words and what they announce, was `)} + words)`,
    ...(isClosed ? closed(object, said('Expected no other field, was one')) : []),
    ...flags.map(
      ({ at }) =>
        `const f${at} = ${at < leastWords * WORD ? '' : `${at} >= words * ${WORD} ? 0 : `}view.getUint8(at + ${at})`,
    ),
    ...fields.map((field, i) => read(field, i, leastWords, `${path}/${field.name}`)),
    'r.next = end',
    `return new Plain(${names.join(', ')})`,
    '}',
  ].join('\n')

  function closed({ unused, flags: known }: WireObject, refusal: string): string[] {
    const isSet = (at: number, mask: number) =>
      `(${at} < words * ${WORD} && (view.getUint8(at + ${at}) & ${mask}) !== 0)`
    const tests = [
      `words > ${words}`,
      ...unused.map((at) => isSet(at, 0xff)),
      ...known.map(({ at, mask }) => isSet(at, ~mask & 0xff)),
    ]
    return [`if (${tests.join(' || ')}) return r.fail(${refusal})`]
  }
}

const has = ({ at, bit }: WireBit) => `(f${at} & ${1 << bit}) !== 0`

function read(field: WireField, i: number, leastWords: number, path: string): string {
  const { presence, schema } = field
  const checks = checksOf(field, i)
  const lines = [
    value(field, i, path),
    ...(checks.length > 0 ? [`if (!(${checks.join(' && ')})) r.isWrong = true`] : []),
  ]
  if (!presence) return `let ${lines.join('\n')}`
  const needed = wordsOf(field)
  const whole = `if (words < ${needed}) return r.fail(${JSON.stringify(`${path}: Expected a ${String(schema['type'] ?? 'value')}, was the end`)})`
  return [`let v${i}`, `if (${has(presence)}) {`, needed > leastWords ? whole : '', ...lines, '}'].join('\n')
}

function value({ kind, at, bit, wraps }: WireField, i: number, path: string): string {
  const fail = (expected: string, was: string) =>
    `r.fail(${JSON.stringify(`${path}: Expected ${expected}, was `)} + ${was})`
  const text = `r.text(tail, view.getUint32(at + ${at}, true), end); tail = r.next`
  switch (kind) {
    case 'number':
      return `v${i} = view.getFloat64(at + ${at}, true)`
    case 'flag':
      return `v${i} = ${has(bit as WireBit)}`
    case 'choice':
      return `v${i} = choices[${i}][view.getUint8(at + ${at})] ?? ${fail('union value', `'number ' + view.getUint8(at + ${at})`)}`
    case 'label':
      return `v${i} = r.labels[view.getUint16(at + ${at}, true)] ?? ${fail('a label', `'number ' + view.getUint16(at + ${at}, true)`)} ?? ''`
    case 'text':
      return `v${i} = ${text}`
    case 'id':
      return `v${i} = 0\nif (${has(bit as WireBit)}) { v${i} = ${text} } else v${i} = view.getFloat64(at + ${at}, true)`
    case 'numbers':
      return `v${i} = r.numbers(tail, view.getUint32(at + ${at}, true), end); tail = r.next`
    case 'list':
      return [
        `v${i} = []`,
        `for (let n = view.getUint32(at + ${at}, true); n > 0; n--) {`,
        `const item = children[${i}](r, tail, end)`,
        'if (item === undefined) return undefined',
        `v${i}.push(item${wraps ? '.item' : ''})`,
        'tail = r.next',
        '}',
      ].join('\n')
    case 'object':
      return `v${i} = children[${i}](r, tail, end)\nif (v${i} === undefined) return undefined\ntail = r.next`
  }
}

function checksOf({ kind, schema }: WireField, i: number): string[] {
  const v = `v${i}`
  if (kind === 'number') return numberChecks(schema, v)
  if (kind === 'text' || kind === 'label') return textChecks(schema, v, i)
  if (kind === 'list' || kind === 'numbers') return limits(schema, `${v}.length`, 'minItems', 'maxItems')
  if (kind !== 'id') return []
  const [integer, text] = schema['anyOf'] as readonly [TSchema, TSchema]
  const either = [numberChecks(integer, v), textChecks(text, v, i)].map((checks) => checks.join(' && '))
  return [`(typeof ${v} === 'number' ? ${either[0]} : ${either[1]})`]
}

function numberChecks(schema: TSchema, v: string): string[] {
  return [
    schema['type'] === 'integer' ? `Number.isInteger(${v})` : `${v} - ${v} === 0`,
    ...limits(schema, v, 'minimum', 'maximum'),
  ]
}

function textChecks(schema: TSchema, v: string, i: number): string[] {
  const pattern = schema['pattern'] === undefined ? [] : [`patterns[${i}].test(${v})`]
  return [...limits(schema, `${v}.length`, 'minLength', 'maxLength'), ...pattern]
}

function limits(schema: TSchema, measured: string, least: string, most: string): string[] {
  return [
    ...(schema[least] === undefined ? [] : [`${measured} >= ${Number(schema[least])}`]),
    ...(schema[most] === undefined ? [] : [`${measured} <= ${Number(schema[most])}`]),
  ]
}
