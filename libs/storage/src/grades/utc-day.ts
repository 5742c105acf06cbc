const MS_PER_DAY = 86_400_000

/** The date of a day counted from the epoch: `2024-08-08`. */
export function utcDay(day: number): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10)
}
