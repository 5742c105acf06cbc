import { loadInstruments } from '@triplane/config'
import type { Instrument } from '@triplane/contracts'
import { configuredRates } from '@triplane/instruments'
import { orderPlaneConfig } from '../../../order-core/test/config.ts'
import { strategies } from '@triplane/strategy'
import { strategyConfigOf } from '@triplane/strategy-core'
import { orderRehearsal } from './order-rehearsal.ts'
import { strategyRehearsal } from './strategy-rehearsal.ts'

const order = orderPlaneConfig()
const strategy = strategyConfigOf(strategies).parse({})
const rates = configuredRates(order.ratesToUsd)
const tradable = loadInstruments().filter(({ quote }) => order.ratesToUsd[quote] !== undefined)
const cases = tradable.map((instrument) => [`${instrument.venue} ${instrument.symbol}`, instrument] as const)

describe('rehearsal', () => {
  it.each(cases)('takes a decision every time, from order flow to an intent: %s', (_, instrument: Instrument) => {
    const rehearse = strategyRehearsal({ config: strategy, instrument, rates })
    for (let i = 0; i < 20; i++)
      expect(rehearse().map(({ type }) => type)).toEqual(['signal', 'targetPortfolio', 'orderIntent'])
  })

  it.each(cases)(
    'goes all the way to a broker of its own, whatever that of the run: %s',
    (_, instrument: Instrument) => {
      const rehearsal = orderRehearsal({ config: { ...order, broker: 'none' }, instrument, rates })
      const rehearse = () => rehearsal().filter(({ type }) => type === 'orderEvent')
      const sent = [{ state: 'received' }, { state: 'approved' }, { state: 'submitted' }]
      expect(rehearse()).toMatchObject(sent)
      for (let i = 0; i < 20; i++) expect(rehearse()).toMatchObject([{ state: 'rejected' }, ...sent])
    },
  )
})
