import { createContext, runInContext, Script } from 'node:vm'

/** What a strategy finds without importing it: the language, without clock, chance, locale or anything outside. */
const allowed = [
  ...['Object', 'Array', 'Map', 'Set', 'WeakMap', 'WeakSet', 'Number', 'BigInt', 'String', 'Boolean', 'Symbol'],
  ...['Math', 'JSON', 'Reflect', 'Proxy', 'RegExp', 'ArrayBuffer', 'DataView', 'Iterator'],
  ...['Error', 'AggregateError', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'],
  ...['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array'],
  ...['Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array'],
  ...['NaN', 'Infinity', 'undefined', 'isNaN', 'isFinite', 'parseFloat', 'parseInt'],
]

/** Run first in a context: takes away what is not allowed. */
const BARE = `(() => {
  'use strict'
  const all = globalThis
  const allowed = new Set(${JSON.stringify(allowed)})
  for (const name of ['random', 'pow', 'sin', 'cos', 'tan']) delete Math[name]
  for (const of of [Number, BigInt, Array, Object, String, Uint8Array.__proto__]) {
    for (const name of ['toLocaleString', 'localeCompare', 'toLocaleUpperCase', 'toLocaleLowerCase']) delete of.prototype[name]
  }
  for (const name of Object.getOwnPropertyNames(all)) if (!allowed.has(name)) delete all[name]
  Object.freeze(Math)
})()`

/** What a script asks for by name. */
export type Modules = Readonly<Record<string, unknown>>

/**
 * Runs a CommonJS script in a context of its own, where code cannot be made of text and nothing but `modules` can be asked for.
 * This keeps a strategy honest, replay by replay; it is no jail for code that one does not trust.
 */
export function runInSandbox(code: string, filename: string, modules: Modules): void {
  const context = createContext(Object.create(null) as object, { codeGeneration: { strings: false, wasm: false } })
  runInContext(BARE, context)
  const script = new Script(`(function (module, exports, require) { 'use strict';${code}\n})`, { filename })
  const run = script.runInContext(context) as (
    module: { readonly exports: object },
    exports: object,
    require: (name: string) => unknown,
  ) => void
  const module = { exports: {} }
  run(module, module.exports, (name) => modules[name])
}
