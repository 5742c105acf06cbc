import { instrumentId } from '@triplane/contracts'
import { configuredRates, tradableOf } from '@triplane/instruments'
import { createLogger } from '@triplane/logging'
import {
  aMark,
  anInstrument,
  anOrderIntent,
  aQuote,
  aTradingCondition,
  readExposition,
  testStartUs,
} from '@triplane/testing'
import { orderPlaneConfig } from '../../order-core/test/config.ts'
import { orderPlane } from '../src/index.ts'

const btc = anInstrument()
const option = anInstrument({ symbol: 'BTC-CALL/USDT', isTraded: false })
const CALL = instrumentId(option)
const logger = createLogger({ service: 'test', destination: { write: () => undefined } })

it('is no instrument of the order plane: whoever sends an order of it is denied', async () => {
  const rates = configuredRates({ USDT: '1' })
  const instruments = tradableOf([btc, option], rates)
  expect(instruments).toEqual([btc])
  const metrics = orderPlane.createMetrics({ instruments, source: 'sim', maxSeries: 10_000, logger })
  const { core, observe } = orderPlane.build({
    ...{ config: orderPlaneConfig(), instruments, rates, isSessionOpen: () => true, metrics },
    onApproved: () => undefined,
  })
  const T = testStartUs
  core.process(aTradingCondition({ seq: 1, effectUs: T, state: 'active' }))
  core.process(aQuote({ seq: 1, instrument: CALL, tsRecvUs: T }))
  core.process(aMark({ seq: 2, instrument: CALL, tsRecvUs: T }))
  core.process(
    anOrderIntent({ seq: 1, instrument: CALL, effectUs: T + 1, decisionRecvUs: T, validUntilUs: T + 2_000_000 }),
  )
  const events = core.outbox.drain()
  events.forEach(observe)
  const states = events.flatMap((event) => (event.type === 'orderEvent' ? [[event.state, event.reason]] : []))
  expect(states).toEqual([
    ['received', undefined],
    ['denied', 'unknown_instrument'],
  ])
  const samples = readExposition(await metrics.expose()).flatMap((family) => family.samples)
  expect(samples.filter(({ labels }) => labels['symbol'] === option.symbol)).toEqual([])
  const denied = samples.filter(({ labels, value }) => labels['check_type'] === 'unknown_instrument' && value > 0)
  expect(denied.map(({ name, value }) => [name, value])).toEqual([['orders_risk_rejections_total', 1]])
})
