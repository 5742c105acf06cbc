/**
 * Property tests draw the same cases in every run, so that a run of the gate says something about the change and not
 * about luck. `FAST_CHECK_SEED=7 npm test` draws others; a failure prints the seed and path that show it again.
 */
import fc from 'fast-check'

const seed = Number(process.env.FAST_CHECK_SEED ?? 1)
if (!Number.isInteger(seed))
  throw new Error(`FAST_CHECK_SEED must be an integer, found "${process.env.FAST_CHECK_SEED}"`)
fc.configureGlobal({ seed })
