/** One way to do the work of a bench. */
export interface Contender {
  readonly name: string
  /** Loads what is needed, untimed. Returns a function that does all of the work once, from fresh state. */
  readonly prepare: () => Promise<() => unknown>
  /** Our own, as the first one is: its ratios to the others are in the baseline. */
  readonly isOurs?: boolean
  /** It does less work than the others and returns no result: a yardstick. */
  readonly isYardstick?: boolean
  /** It takes so long that ratios to it would take minutes: it is not compared with the baseline. */
  readonly isSlow?: boolean
  /** What a run costs, from its result, in any unit. Absent: its CPU time. */
  readonly costOf?: (result: unknown) => number
}
