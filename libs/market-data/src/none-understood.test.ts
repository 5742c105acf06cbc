import { normalizeRefusals, zeroCounts } from '@triplane/contracts'
import { explainNoneUnderstood } from './none-understood.ts'

it.each([
  {
    name: 'names the commonest reason when no frame was understood',
    counts: { framesIn: 5, understood: 0 },
    refused: { not_json: 1, unknown_instrument: 4 },
    want: 'Expected frames of known instruments, understood none of the 5 of a file: most often 4 times unknown_instrument.',
  },
  {
    name: 'does not count frames without market data',
    counts: { framesIn: 5, understood: 0 },
    refused: { unknown_instrument: 2 },
    want: 'Expected frames of known instruments, understood none of the 5 of a file: most often 2 times unknown_instrument.',
  },
  {
    name: 'is undefined when one was understood',
    counts: { framesIn: 2, understood: 1 },
    refused: { unknown_instrument: 4 },
    want: undefined,
  },
  { name: 'is undefined without frames', counts: { framesIn: 0, understood: 0 }, refused: {}, want: undefined },
])('$name', ({ counts, refused, want }) => {
  const all = { ...counts, refused: { ...zeroCounts(normalizeRefusals), ...refused } }
  expect(explainNoneUnderstood(all, 'a file')).toBe(want)
})
