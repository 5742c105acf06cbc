/** A gap cut into a recorded capture (`reference/gap_cases`): the lines to remove, and what must then be detected. */
export interface GapCase {
  readonly files: readonly string[]
  /** Line numbers count from 1 over all files. */
  readonly removeLines: readonly number[]
  readonly expectedGapDetectedAt: {
    readonly line: number
    readonly U: number
    readonly pu: number | null
    readonly lastGoodU: number
  }
  /** The snapshot is delivered right after this line. */
  readonly snapshotAfterLine: number
  readonly snapshotFile: string
  readonly expectedFinalTop50: {
    readonly lastU: number
    readonly bids: readonly (readonly string[])[]
    readonly asks: readonly (readonly string[])[]
  }
}

/** Levels of reference files, pairs of decimal strings, as a flat list of price, size, price, size. */
export function levelNumbers(levels: readonly (readonly string[])[]): number[] {
  return levels.flat().map(Number)
}
