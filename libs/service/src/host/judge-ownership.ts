import { judgeOwner } from '@triplane/contracts'
import type { Judge } from './judge.ts'

/** Refuses what its topic's owner did not write, unless it only makes trading stricter. */
export const judgeOwnership: Judge = (record, events) => judgeOwner(record, events)
