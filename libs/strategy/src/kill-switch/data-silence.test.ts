import { longestSilence } from './data-silence.ts'

const always = () => true

describe('longestSilence', () => {
  it.each([
    { name: 'nothing heard yet', heard: { A: 0, B: 0 }, want: { symbol: '', silentMs: 0 } },
    {
      name: 'the one silent for longest',
      heard: { A: 9_000_000, B: 4_000_000 },
      want: { symbol: 'B', silentMs: 6000 },
    },
    { name: 'only those that were heard', heard: { A: 0, B: 9_500_000 }, want: { symbol: 'B', silentMs: 500 } },
  ])('tells $name', ({ heard, want }) => {
    const instruments = Object.entries(heard).map(([symbol, heardUs]) => ({ symbol, heardUs }))
    expect(longestSilence(instruments, 10_000_000, always)).toEqual(want)
  })

  it('counts from the opening of the session', () => {
    const spy = { symbol: 'SPY', heardUs: 1_000_000 }
    const isOpen = (_: string, timeUs: number) => timeUs >= 60_000_000
    expect(longestSilence([spy], 59_000_000, isOpen).silentMs).toBe(0)
    expect(longestSilence([spy], 62_000_000, isOpen)).toEqual({ symbol: 'SPY', silentMs: 3000 })
  })
})
