import { strategies } from '@triplane/strategy'
import { venues } from '@triplane/venues'
import { withRegistryDefaults, withRegistryNames } from './registry-settings.ts'

it('names the settings of every venue and strategy in place of the old ones, and keeps the rest', () => {
  const made = withRegistryDefaults(
    '#A=1\n#TRIPLANE_ORDER_PAPER_FEES_GONE_MAKER_BPS=3\n#B=2\n#TRIPLANE_STRATEGY_OFI_GONE=4\n#C=3\n',
  )
  const fees = venues.flatMap(({ id, fees: { makerBps, takerBps } }) => {
    const prefix = `#TRIPLANE_ORDER_PAPER_FEES_${id.toUpperCase()}`
    return [`${prefix}_MAKER_BPS=${makerBps}`, `${prefix}_TAKER_BPS=${takerBps}`]
  })
  const lines = made.split('\n')
  expect(lines.slice(0, fees.length + 2)).toEqual(['#A=1', ...fees, '#B=2'])
  expect(lines.slice(-2)).toEqual(['#C=3', ''])
  const parameters = lines.slice(fees.length + 2, -2)
  expect(parameters).toContain('#TRIPLANE_STRATEGY_OFI_DEAD_BAND_DEVIATIONS=1')
  for (const { name } of strategies)
    expect(parameters.filter((line) => line.startsWith(`#TRIPLANE_STRATEGY_${name}_`)).length).toBeGreaterThan(0)
  expect(withRegistryDefaults(made)).toBe(made)
})

it('forwards them to the services', () => {
  const made = withRegistryNames(
    '      A:\n      TRIPLANE_ORDER_PAPER_FEES_GONE_TAKER_BPS:\n      TRIPLANE_STRATEGY_MM_GONE:\n',
  )
  expect(made).toMatch(
    /^ {6}A:\n( {6}TRIPLANE_ORDER_PAPER_FEES_[A-Z_]+_(MAKER|TAKER)_BPS:\n)+( {6}TRIPLANE_STRATEGY_[A-Z_]+:\n)+$/,
  )
})

it('does not guess a place for them', () => {
  expect(() => withRegistryNames('A:\n')).toThrow('Invariant: settings of venues have a place')
})
