/** Throws when `condition` is false: a bug of ours, never caught. `rule` is the positive rule, e.g. "quantity is > 0". */
export function invariant(condition: boolean, rule: string, was?: unknown): asserts condition {
  if (!condition) throw new Error(`Invariant: ${rule}${was === undefined ? '' : `, was ${String(was)}`}`)
}
