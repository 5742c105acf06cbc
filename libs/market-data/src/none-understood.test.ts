import { normalizeRefusals, zeroCounts } from '@triplane/contracts'
import { explainNoneUnderstood } from './none-understood.ts'

it.each([
  {
    name: 'names the commonest reason when none was understood',
    framesIn: 5,
    refused: { not_json: 1, unknown_instrument: 4 },
    want: 'Expected frames of known instruments, understood none of the 5 of a file: most often 4 times unknown_instrument.',
  },
  { name: 'says nothing when one was understood', framesIn: 5, refused: { unknown_instrument: 4 }, want: undefined },
  { name: 'says nothing when there were none', framesIn: 0, refused: {}, want: undefined },
])('$name', ({ framesIn, refused, want }) => {
  expect(explainNoneUnderstood(framesIn, { ...zeroCounts(normalizeRefusals), ...refused }, 'a file')).toBe(want)
})
