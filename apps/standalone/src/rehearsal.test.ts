import { loadInstruments } from '@triplane/config'
import type { Instrument } from '@triplane/contracts'
import { configuredRates } from '@triplane/instruments'
import { loadStandaloneConfig } from './config.ts'
import { createRehearsal } from './rehearsal.ts'

const config = loadStandaloneConfig({ configFile: undefined, ofiIntervalUs: 10_000_000 }, {})
const tradable = loadInstruments().filter(({ quote }) => config.order.ratesToUsd[quote] !== undefined)

const LAST_CHECK = 'participation'

describe('rehearsal', () => {
  it.each(tradable.map((instrument) => [`${instrument.venue} ${instrument.symbol}`, instrument] as const))(
    'goes all the way to the last check: %s',
    (_, instrument: Instrument) => {
      const { rehearse, order } = createRehearsal(config, instrument, configuredRates(config.order.ratesToUsd))
      for (let i = 0; i < 20; i++) rehearse()
      const { orders, totals } = order.view()
      // The order of a rehearsal is judged in the next one.
      expect(totals.denials[LAST_CHECK]).toBe(19)
      expect(orders.denied).toBe(19)
    },
  )
})
