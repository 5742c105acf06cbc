/** SQL for the `timestamptz` of `us`, an SQL expression of integer microseconds since the epoch. Exact. */
export function fromUs(us: string): string {
  return `timestamptz 'epoch' + ${us} * interval '1 microsecond'`
}

/** SQL for the microseconds since the epoch of `time`, an SQL expression of a `timestamptz`, as a double. Exact. */
export function toUs(time: string): string {
  return `(extract(epoch from ${time}) * 1000000)::double precision`
}
