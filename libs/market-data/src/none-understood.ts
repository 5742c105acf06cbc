import { normalizeRefusals, type NormalizeRefusal } from '@triplane/contracts'

/** The counts for the frames of a replay. */
export interface FrameCounts {
  readonly framesIn: number
  /** Events that were understood. */
  readonly understood: number
  readonly refused: Readonly<Record<NormalizeRefusal, number>>
}

/**
 * Why the frames of `source` were useless: some were refused and none was understood. Undefined when one was, or when there
 * were none.
 */
export function explainNoneUnderstood(
  { framesIn, understood, refused }: FrameCounts,
  source: string,
): string | undefined {
  const reasons = [...normalizeRefusals].sort((a, b) => refused[b] - refused[a])
  const [reason = 'bad_line'] = reasons
  if (understood > 0 || refused[reason] === 0) return undefined
  const most = `${refused[reason]} times ${reason}`
  return `Expected frames of known instruments, understood none of the ${framesIn} of ${source}: most often ${most}.`
}
