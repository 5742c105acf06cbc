/**
 * Property tests draw the same cases in every run, so that a gate's result depends on the change and not on luck.
 * `FAST_CHECK_SEED=7 npm test` draws others; a failure prints the seed and path that reproduce it.
 */
import fc from 'fast-check'

const seed = Number(process.env.FAST_CHECK_SEED ?? 1)
if (!Number.isInteger(seed))
  throw new Error(`FAST_CHECK_SEED must be an integer, found "${process.env.FAST_CHECK_SEED}"`)
fc.configureGlobal({ seed })
