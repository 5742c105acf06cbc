import { normalizeRefusals, validationRefusals, zeroCounts } from '@triplane/contracts'
import { CaptureError } from '../capture/capture-error.ts'
import { refuseNotUnderstood } from './run-source.ts'

const countsOf = (framesIn: number) => ({
  framesIn,
  understood: framesIn - 3,
  refused: { ...zeroCounts([...normalizeRefusals, ...validationRefusals]), unknown_instrument: 3 },
})

it('refuses a replay of which no frame was understood, and says how to mend it', () => {
  const refuse = () => refuseNotUnderstood(countsOf(3), { kind: 'capture', capture: '/captures/a.gz' })
  expect(refuse).toThrow(CaptureError)
  expect(refuse).toThrow(/^Capture \/captures\/a.gz: .* none of the 3 .* 3 times unknown_instrument. See TRIPLANE_/)
})

it.each([
  { name: 'a replay of which one was', framesIn: 4, kind: 'capture' as const },
  { name: 'a live venue, which goes on', framesIn: 3, kind: 'venue' as const },
])('lets $name be', ({ framesIn, kind }) => {
  expect(() => refuseNotUnderstood(countsOf(framesIn), { kind, capture: '/captures/a.gz' })).not.toThrow()
})
