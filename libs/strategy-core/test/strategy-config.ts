/** For tests of what runs the core with strategies of their own. */
export { strategyConfigOf } from '../src/config.ts'
