import { venues } from '@triplane/venues'
import { withVenueDefaults, withVenueNames } from './venue-settings.ts'

it('names the fees of every venue where those of some stood, whatever is around them', () => {
  const made = withVenueDefaults('#A=1\n#TRIPLANE_ORDER_PAPER_FEES_GONE_MAKER_BPS=3\n#B=2\n')
  const fees = venues.flatMap(({ id, fees: { makerBps, takerBps } }) => {
    const prefix = `#TRIPLANE_ORDER_PAPER_FEES_${id.toUpperCase()}`
    return [`${prefix}_MAKER_BPS=${makerBps}`, `${prefix}_TAKER_BPS=${takerBps}`]
  })
  expect(made.split('\n')).toEqual(['#A=1', ...fees, '#B=2', ''])
  expect(withVenueDefaults(made)).toBe(made)
})

it('passes them on to the services', () => {
  const made = withVenueNames('      A:\n      TRIPLANE_ORDER_PAPER_FEES_GONE_TAKER_BPS:\n')
  expect(made).toMatch(/^ {6}A:\n( {6}TRIPLANE_ORDER_PAPER_FEES_[A-Z_]+_(MAKER|TAKER)_BPS:\n)+$/)
  expect(made.split('\n').length).toBe(2 * venues.length + 2)
})

it('does not guess a place for them', () => {
  expect(() => withVenueNames('A:\n')).toThrow('Invariant: settings of venues have a place')
})
