/** An instrument and the market time of the newest that was heard of it; 0 when nothing was heard yet. */
export interface Heard {
  readonly symbol: string
  heardUs: number
}

/** The instrument that has been silent for the longest, and for how long. */
export interface Silence {
  readonly symbol: string
  readonly silentMs: number
}

/**
 * The longest silence among instruments whose session is open. A closed session counts as hearing: silence begins when it
 * opens. An instrument that was never heard is not expected.
 */
export function longestSilence(
  instruments: readonly Heard[],
  nowUs: number,
  isSessionOpen: (symbol: string, timeUs: number) => boolean,
): Silence {
  let symbol = ''
  let silentUs = 0
  for (const instrument of instruments) {
    if (instrument.heardUs === 0) continue
    if (!isSessionOpen(instrument.symbol, nowUs)) instrument.heardUs = nowUs
    if (nowUs - instrument.heardUs > silentUs) {
      symbol = instrument.symbol
      silentUs = nowUs - instrument.heardUs
    }
  }
  return { symbol, silentMs: silentUs / 1000 }
}
