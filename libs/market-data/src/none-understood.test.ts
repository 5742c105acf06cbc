import { normalizeRefusals, zeroCounts } from '@triplane/contracts'
import { explainNoneUnderstood } from './none-understood.ts'

it.each([
  {
    name: 'names the commonest reason when none was understood',
    counts: { framesIn: 5, understood: 0 },
    refused: { not_json: 1, unknown_instrument: 4 },
    want: 'Expected frames of known instruments, understood none of the 5 of a file: most often 4 times unknown_instrument.',
  },
  {
    name: 'counts what says nothing about the market as nothing',
    counts: { framesIn: 5, understood: 0 },
    refused: { unknown_instrument: 2 },
    want: 'Expected frames of known instruments, understood none of the 5 of a file: most often 2 times unknown_instrument.',
  },
  {
    name: 'says nothing when one was understood',
    counts: { framesIn: 2, understood: 1 },
    refused: { unknown_instrument: 4 },
    want: undefined,
  },
  { name: 'says nothing when there were none', counts: { framesIn: 0, understood: 0 }, refused: {}, want: undefined },
])('$name', ({ counts, refused, want }) => {
  const all = { ...counts, refused: { ...zeroCounts(normalizeRefusals), ...refused } }
  expect(explainNoneUnderstood(all, 'a file')).toBe(want)
})
