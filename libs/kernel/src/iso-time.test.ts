import { parseIsoTimeMs, parseRfc3339Us } from './iso-time.ts'

it.each([
  ['2024-02-29', Date.UTC(2024, 1, 29)],
  ['2024-08-08T14:30Z', Date.UTC(2024, 7, 8, 14, 30)],
  ['2024-12-31T23:59:59.5+01:00', Date.UTC(2024, 11, 31, 22, 59, 59, 500)],
  ['2024-02-30', undefined],
  ['2024-02-30T00:00Z', undefined],
  ['2023-02-29T12:00Z', undefined],
  ['2024-04-31T12:00Z', undefined],
  ['2024-13-01', undefined],
  ['2024-00-10', undefined],
  ['2024-01-00', undefined],
  ['2024-1-1', undefined],
  ['2024-01-011', undefined],
  ['yesterday', undefined],
  ['2024-08-08T25:00Z', undefined],
])('reads %s as %s', (text, want) => {
  expect(parseIsoTimeMs(text)).toBe(want)
})

it.each([
  ['2021-05-11T19:47:09.896860Z', Date.UTC(2021, 4, 11, 19, 47, 9) * 1000 + 896_860],
  ['2021-05-11T19:47:09.8Z', Date.UTC(2021, 4, 11, 19, 47, 9) * 1000 + 800_000],
  ['2021-05-11T19:47:09Z', Date.UTC(2021, 4, 11, 19, 47, 9) * 1000],
  ['2021-05-11T21:47:09.000001+02:00', Date.UTC(2021, 4, 11, 19, 47, 9) * 1000 + 1],
  ['2021-05-11T19:47:09.123456999Z', Date.UTC(2021, 4, 11, 19, 47, 9) * 1000 + 123_456],
  ['2021-02-29T19:47:09.896860Z', undefined],
  ['2021-05-11T19:47:09.896860', undefined],
  ['2021-05-11T19:47:09.Z', undefined],
  ['2021-05-11T19:47Z', undefined],
  ['1620762429.896860', undefined],
  ['', undefined],
])('reads the microseconds of %s as %s', (text, want) => {
  expect(parseRfc3339Us(text)).toBe(want)
})
