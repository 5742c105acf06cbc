import { normalizeRefusals, type NormalizeRefusal } from '@triplane/contracts'

/**
 * Why the frames of `source` were of no use: there were `framesIn` and none was understood. Undefined when one was, or when there
 * were none.
 */
export function explainNoneUnderstood(
  framesIn: number,
  refused: Readonly<Record<NormalizeRefusal, number>>,
  source: string,
): string | undefined {
  const reasons = [...normalizeRefusals].sort((a, b) => refused[b] - refused[a])
  const notUnderstood = reasons.reduce((sum, reason) => sum + refused[reason], 0)
  if (framesIn === 0 || notUnderstood < framesIn) return undefined
  const [reason = 'bad_line'] = reasons
  const most = `${refused[reason]} times ${reason}`
  return `Expected frames of known instruments, understood none of the ${framesIn} of ${source}: most often ${most}.`
}
