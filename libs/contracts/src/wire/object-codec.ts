import type { TObject } from '@sinclair/typebox'
import { decoderSource } from './decoder-source.ts'
import { encoderSource } from './encoder-source.ts'
import { layoutOf, type WireObject } from './wire-layout.ts'
import type { WireReader } from './wire-reader.ts'
import type { Labels, WireWriter } from './wire-writer.ts'

/** Writes and reads the objects of one schema, in the layout of its fields. */
export interface ObjectCodec {
  readonly encode: (value: object, writer: WireWriter, labels: Labels) => void
  /** Returns undefined when it cannot be read; the reader has the problem. The object is valid unless `isWrong` is set. */
  readonly decode: (reader: WireReader, at: number, limit: number) => object | undefined
}

/**
 * Compiles the codec of an event: `head` is its number and version. As for checks, the source is generated from the schema,
 * once.
 */
export function eventCodec(schema: TObject, tag: string, head: number): ObjectCodec {
  return compile(layoutOf(schema), tag, head, tag)
}

function compile(layout: WireObject, tag: string | undefined, head: number, path: string): ObjectCodec {
  const { fields } = layout
  const children = fields.map(({ object, name }) => object && compile(object, undefined, 0, `${path}/${name}`))
  const numberOf = fields.map(({ choices }) => choices && indexOf(choices))
  const patterns = fields.map(({ schema }) => new RegExp((schema['pattern'] as string | undefined) ?? ''))
  return {
    encode: evaluate(encoderSource(layout), {
      code: head,
      choices: numberOf,
      children: children.map((child) => child?.encode),
    }) as ObjectCodec['encode'],
    decode: evaluate(decoderSource(layout, tag, path), {
      choices: fields.map(({ choices }) => choices),
      children: children.map((child) => child?.decode),
      patterns,
    }) as ObjectCodec['decode'],
  }
}

/** A look-up without a prototype. */
function indexOf(choices: readonly string[]): Readonly<Record<string, number>> {
  const entries = choices.map((choice, i) => [choice, i] as const)
  return Object.assign(Object.create(null) as object, Object.fromEntries(entries))
}

/** The function defined by a source, in which `names` are bound to their values. */
function evaluate(source: string, names: Readonly<Record<string, unknown>>): unknown {
  // The source is made of our own schemas, never of what was received.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const make = new Function(...Object.keys(names), `'use strict'\n${source}`) as (...values: unknown[]) => unknown
  return make(...Object.values(names))
}
