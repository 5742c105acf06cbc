import { longestSilence } from './data-silence.ts'

const always = () => true
const seenAt = (symbol: string, lastSeenUs: number, venue = 'sim') => ({
  id: symbol,
  venue,
  source: 'feed',
  lastSeenUs,
})
const none = { source: '', silentMs: 0 }

describe('longestSilence', () => {
  it.each([
    { name: 'nothing heard yet', heard: [seenAt('A', 0), seenAt('B', 0)], want: none },
    {
      name: 'a source by the newest of its instruments',
      heard: [seenAt('A', 9_000_000), seenAt('B', 4_000_000)],
      want: { source: 'feed at sim', silentMs: 1000 },
    },
    {
      name: 'the source silent for longest',
      heard: [seenAt('A', 9_000_000), seenAt('B', 4_000_000, 'other'), seenAt('C', 7_000_000, 'other')],
      want: { source: 'feed at other', silentMs: 3000 },
    },
    {
      name: 'only instruments that were heard',
      heard: [seenAt('A', 0), seenAt('B', 9_500_000)],
      want: { source: 'feed at sim', silentMs: 500 },
    },
  ])('tells $name', ({ heard, want }) => {
    expect(longestSilence(heard, 10_000_000, always)).toEqual(want)
  })

  it('counts from the opening of the session', () => {
    const spy = seenAt('SPY', 1_000_000)
    const isOpen = (_: string, timeUs: number) => timeUs >= 60_000_000
    expect(longestSilence([spy], 59_000_000, isOpen)).toEqual(none)
    expect(longestSilence([spy], 62_000_000, isOpen)).toEqual({ source: 'feed at sim', silentMs: 3000 })
  })

  it('does not take a closed session of one instrument for hearing another', () => {
    const isOpen = (symbol: string) => symbol === 'BTC'
    const heard = [seenAt('SPY', 1_000_000), seenAt('BTC', 2_000_000)]
    expect(longestSilence(heard, 10_000_000, isOpen)).toEqual({ source: 'feed at sim', silentMs: 8000 })
  })

  it('expects nothing of a recording that pauses', () => {
    const heard = [seenAt('A', 1_000_000), seenAt('B', 9_000_000, 'other')]
    const isPaused = (source: string) => source === 'feed at sim'
    expect(longestSilence(heard, 10_000_000, always, isPaused)).toEqual({ source: 'feed at other', silentMs: 1000 })
  })
})
