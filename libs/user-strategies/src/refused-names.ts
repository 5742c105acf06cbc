const CLOCK = 'time is in the events'
const CHANCE = 'a strategy gives the same for the same events'
const UNSTEADY = 'its last bits differ between Node versions'
const OUTSIDE = 'a strategy hears events and nothing else'

/** Names that a strategy may not use, and why: with them the same events might give other decisions. */
export const refusedNames: Readonly<Record<string, string>> = {
  Date: CLOCK,
  performance: CLOCK,
  setTimeout: CLOCK,
  setInterval: CLOCK,
  setImmediate: CLOCK,
  queueMicrotask: CLOCK,
  Intl: 'what it gives depends on the machine',
  'Math.random': CHANCE,
  crypto: CHANCE,
  'Math.pow': UNSTEADY,
  'Math.sin': UNSTEADY,
  'Math.cos': UNSTEADY,
  'Math.tan': UNSTEADY,
  WeakRef: 'what it gives depends on the garbage collector',
  FinalizationRegistry: 'when it calls depends on the garbage collector',
  globalThis: OUTSIDE,
  global: OUTSIDE,
  process: OUTSIDE,
  fetch: OUTSIDE,
  console: OUTSIDE,
  eval: OUTSIDE,
  Function: OUTSIDE,
  'import.meta': OUTSIDE,
}
