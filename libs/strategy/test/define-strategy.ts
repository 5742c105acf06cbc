/** For tests of what runs strategies. */
export { defineStrategy } from '../src/strategies/define-strategy.ts'
