/** A gap that was cut into a recorded capture (`reference/gap_cases`): what to take out, and what must then be noticed. */
export interface GapCase {
  readonly files: readonly string[]
  /** Lines are counted from 1 over all files. */
  readonly removeLines: readonly number[]
  readonly expectedGapDetectedAt: {
    readonly line: number
    readonly U: number
    readonly pu: number | null
    readonly lastGoodU: number
  }
  /** The snapshot is delivered right behind this line. */
  readonly snapshotAfterLine: number
  readonly snapshotFile: string
  readonly expectedFinalTop50: {
    readonly lastU: number
    readonly bids: readonly (readonly string[])[]
    readonly asks: readonly (readonly string[])[]
  }
}

/** Levels of reference files, decimal strings in pairs, as a flat list of price, size, price, size. */
export function levelNumbers(levels: readonly (readonly string[])[]): number[] {
  return levels.flat().map(Number)
}
