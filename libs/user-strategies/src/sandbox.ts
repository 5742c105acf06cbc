import { createContext, runInContext, Script } from 'node:vm'

/** The globals of a strategy: the language, without clock, chance, locale or anything outside. */
const allowed = [
  ...['Object', 'Array', 'Map', 'Set', 'WeakMap', 'WeakSet', 'Number', 'BigInt', 'String', 'Boolean', 'Symbol'],
  ...['Math', 'JSON', 'Reflect', 'Proxy', 'RegExp', 'ArrayBuffer', 'DataView', 'Iterator'],
  ...['Error', 'AggregateError', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'],
  ...['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array'],
  ...['Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array'],
  ...['NaN', 'Infinity', 'undefined', 'isNaN', 'isFinite', 'parseFloat', 'parseInt'],
]

/** Runs first in a context and removes everything else. */
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

/** The modules of a script, by name. */
export type Modules = Readonly<Record<string, unknown>>

/**
 * Runs a CommonJS script in a context of its own, without code generation from strings and with no modules but
 * `modules`. This keeps a strategy deterministic; it is no sandbox for untrusted code.
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
