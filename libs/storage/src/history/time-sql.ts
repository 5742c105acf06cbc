/** SQL for the `timestamptz` of `us`, an SQL expression of integer microseconds since the epoch. Exact. */
export function fromUs(us: string): string {
  return `timestamptz 'epoch' + ${us} * interval '1 microsecond'`
}
