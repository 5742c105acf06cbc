import { readFileSync } from 'node:fs' // expect: no-restricted-imports
import 'pg' // expect: no-restricted-imports
import '@triplane/execution' // expect: @nx/enforce-module-boundaries
import '@triplane/messaging' // expect: @nx/enforce-module-boundaries
import '@triplane/testing' // expect: @nx/enforce-module-boundaries
import '@triplane/ledger'
import '../platform/illegal.ts' // expect: @nx/enforce-module-boundaries
import { Kernel } from './type-only.ts' // expect: @typescript-eslint/consistent-type-imports
export * from './type-only.ts' // expect: no-restricted-syntax

interface Approved<T> {
  readonly order: T
}

export const nowMs = Date.now() // expect: no-restricted-properties
export const today = new Date() // expect: no-restricted-syntax
export const birthday = new Date(0)
export const dice = Math.random() // expect: no-restricted-properties
export const home = process.env['HOME'] // expect: no-restricted-globals
export const tookMs = performance.now() // expect: no-restricted-globals
export const root = Math.pow(2, 0.5) // expect: no-restricted-properties
export const half = (x: number): number => x ** 0.5 // expect: no-restricted-syntax
export const square = (x: number): number => x ** 2
export const scale = (digits: number): bigint => 10n ** BigInt(digits)
export const wave = [Math.sin(1), Math.cos(1), Math.tan(1)] // expect: no-restricted-properties
export const order = {} as Approved<Kernel> // expect: no-restricted-syntax
export const forced = {} as unknown as Approved<Kernel> // expect: no-restricted-syntax

export function area(shape: 'square' | 'circle'): string {
  // expect-next: @typescript-eslint/switch-exhaustiveness-check
  switch (shape) {
    case 'square':
      return readFileSync('area', 'utf8')
  }
  console.log(shape) // expect: no-console
  Promise.resolve() // expect: @typescript-eslint/no-floating-promises
  return shape
}
export const venue = 'binance_spot' // expect: no-restricted-syntax
