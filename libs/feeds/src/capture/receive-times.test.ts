import { ReceiveTimes } from './receive-times.ts'

/** The verdict on each time, in the order in which it is known: `+` trusted, `-` impossible, `?` undecided. */
function judge(times: readonly number[], startUs?: number): string[] {
  const judged = new ReceiveTimes(60, startUs)
  const said: string[] = []
  let held: number | undefined
  for (const timeUs of times) {
    const verdict = judged.judgeHeld(timeUs)
    if (verdict !== undefined) said.push(`${verdict === 'confirmed' ? '+' : '-'}${held}`)
    held = undefined
    if (judged.trusts(timeUs)) said.push(`+${timeUs}`)
    else held = timeUs
  }
  if (held !== undefined) said.push(`?${held}`)
  return said
}

describe('ReceiveTimes', () => {
  it.each([
    { name: 'trusts a time within the limit, both ways', times: [100, 160, 100], want: ['+100', '+160', '+100'] },
    { name: 'trusts a jump that the next time confirms', times: [100, 500, 501], want: ['+100', '+500', '+501'] },
    { name: 'trusts one jump after another', times: [100, 500, 900, 901], want: ['+100', '+500', '+900', '+901'] },
    { name: 'doubts one time ahead', times: [100, 9000, 101], want: ['+100', '-9000', '+101'] },
    { name: 'doubts one time before', times: [1000, 3, 1001], want: ['+1000', '-3', '+1001'] },
    { name: 'doubts one time before a jump', times: [100, 9000, 500, 501], want: ['+100', '-9000', '+500', '+501'] },
    {
      name: 'doubts one time before another one',
      times: [1000, 9000, 3, 1001],
      want: ['+1000', '-9000', '-3', '+1001'],
    },
    { name: 'believes two times that agree on the past', times: [1000, 3, 4], want: ['+1000', '+3', '+4'] },
    { name: 'leaves a last jump open', times: [100, 500], want: ['+100', '?500'] },
    {
      name: 'doubts a first time that is ahead of all others',
      times: [9000, 100, 101],
      startUs: 100,
      want: ['-9000', '+100', '+101'],
    },
  ])('$name', ({ times, startUs = times[0], want }) => {
    expect(judge(times, startUs)).toEqual(want)
  })

  it.each([
    { name: 'the first time', times: [100, 101], want: ['+100', '+101'] },
    { name: 'a first time ahead of all', times: [9000, 100, 101], want: ['-9000', '+100', '+101'] },
    { name: 'a first time before a hole', times: [100, 500, 501], want: ['+100', '+500', '+501'] },
  ])('judges $name by the next, without an earlier time', ({ times, want }) => {
    expect(judge(times)).toEqual(want)
  })

  it('trusts everything without a limit', () => {
    const times = new ReceiveTimes(Infinity)
    expect([5, 9e15, 1].map((timeUs) => times.trusts(timeUs))).toEqual([true, true, true])
  })
})
