import { type InstrumentId } from '@triplane/contracts'
/** An instrument, its source, and the market time of its newest event; 0 before the first. */
export interface SeenInstrument {
  readonly id: InstrumentId
  readonly venue: string
  /** Label of the feed; '' before the first event. */
  source: string
  lastSeenUs: number
}

/** The source silent for the longest, and for how long. */
export interface Silence {
  /** Feed and venue; '' when none is silent. */
  readonly source: string
  readonly silentMs: number
}

/** One feed at one venue is one source. */
export function sourceKey(source: string, venue: string): string {
  return `${source} at ${venue}`
}

/**
 * The longest silence of a whole source: no event of any instrument whose session is open. Silence begins when the
 * session opens. Instruments without any event yet do not count, nor does a source whose recording pauses (`isPaused`).
 */
export function longestSilence(
  instruments: readonly SeenInstrument[],
  nowUs: number,
  isSessionOpen: (id: InstrumentId, timeUs: number) => boolean,
  isPaused: (source: string) => boolean = () => false,
): Silence {
  const lastSeenUsOf = new Map<string, number>()
  for (const instrument of instruments) {
    if (instrument.lastSeenUs === 0) continue
    const key = sourceKey(instrument.source, instrument.venue)
    if (isPaused(key)) continue
    if (isSessionOpen(instrument.id, nowUs))
      lastSeenUsOf.set(key, Math.max(instrument.lastSeenUs, lastSeenUsOf.get(key) ?? 0))
    else instrument.lastSeenUs = nowUs
  }
  let source = ''
  let silentUs = 0
  for (const [key, lastSeenUs] of lastSeenUsOf) {
    if (nowUs - lastSeenUs <= silentUs) continue
    source = key
    silentUs = nowUs - lastSeenUs
  }
  return { source, silentMs: silentUs / 1000 }
}
