import { durationMs } from './duration.ts'

it.each([
  ['1s', 1000],
  ['1h30m', 5_400_000],
  ['250ms', 250],
  ['1d12h', 129_600_000],
  ['0s', 0],
  ['', undefined],
  ['5', undefined],
  ['30m1h', undefined],
  ['-1s', undefined],
])('%s is %s ms', (text, ms) => expect(durationMs(text)).toBe(ms))
