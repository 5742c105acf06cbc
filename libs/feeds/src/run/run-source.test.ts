import { normalizeRefusals, validationRefusals, zeroCounts } from '@triplane/contracts'
import { CaptureError } from '../capture/capture-error.ts'
import { readWantedBars } from '../live/wanted-bars.ts'
import { refuseNotUnderstood, runSourceSchema } from './run-source.ts'

const countsOf = (framesIn: number) => ({
  framesIn,
  understood: framesIn - 3,
  refused: { ...zeroCounts([...normalizeRefusals, ...validationRefusals]), unknown_instrument: 3 },
})

it('refuses a replay without an understood frame, and says how to fix it', () => {
  const refuse = () => refuseNotUnderstood(countsOf(3), { kind: 'capture', capture: '/captures/a.gz' })
  expect(refuse).toThrow(CaptureError)
  expect(refuse).toThrow(/^Capture \/captures\/a.gz: .* none of the 3 .* 3 times unknown_instrument. See TRIPLANE_/)
})

it.each([
  { name: 'a replay with an understood frame', framesIn: 4, kind: 'capture' as const },
  { name: 'a live venue, which continues', framesIn: 3, kind: 'venue' as const },
])('accepts $name', ({ framesIn, kind }) => {
  expect(() => refuseNotUnderstood(countsOf(framesIn), { kind, capture: '/captures/a.gz' })).not.toThrow()
})

it('parses the past bars to request, each length once', () => {
  const wanted = (pastBars: readonly string[]) => runSourceSchema.safeParse({ pastBars })
  const given = wanted(['1m:31', '1d:20'])
  expect(given.success && readWantedBars(given.data.pastBars)).toEqual([
    { timeframe: '1m', bars: 31 },
    { timeframe: '1d', bars: 20 },
  ])
  expect(runSourceSchema.parse({}).pastBars).toEqual([])
  for (const wrong of [['1m'], ['2m:5'], ['1m:0'], ['1m:-1'], ['1m:1e3'], ['1m:10001'], ['1m:5', '1m:6']])
    expect([wrong, wanted(wrong).success]).toEqual([wrong, false])
})
