import type { Fill } from '@triplane/contracts'
import { configuredRates } from '@triplane/instruments'
import {
  anAccountOpened,
  aFill,
  aMark,
  aMarketStatus,
  anInstrument,
  anOperatorCommand,
  anOrderEvent,
  aQuote,
  testStartUs,
} from '@triplane/testing'
import { strategyConfigSchema } from './config.ts'
import { createStrategyCore } from './pipeline.ts'
import type { StrategyInput } from './strategy-plane-core.ts'

const config = strategyConfigSchema.parse({ killSwitches: { confirmations: 2, lossLimitUsd: 1000 } })
const rates = configuredRates(config.ratesToUsd)

function openPlane() {
  const core = createStrategyCore(config, { instruments: [anInstrument()], rates, isSessionOpen: () => true })
  let seq = 0
  return {
    core,
    take(event: StrategyInput) {
      // Its order was told of before.
      if (event.type === 'fill') core.process(anOrderEvent({ ...orderOf(event), seq: ++seq }))
      core.process({ ...event, seq: ++seq })
      return core.outbox.drain()
    },
  }
}
const orderOf = ({ intentId, effectUs }: Fill) => ({ intentId, effectUs, state: 'filled' }) as const
const at = (ms: number) => testStartUs + ms * 1000

/** The account of a plane that bought 0.1 and saw it fall. */
function ownedBefore() {
  const { core, take } = openPlane()
  take(aMarketStatus({ tsRecvUs: at(0), status: 'book_valid' }))
  take(aMark({ tsRecvUs: at(0), price: 61_900, ageUs: 0 }))
  take(aFill({ effectUs: at(10) }))
  take(aMark({ tsRecvUs: at(5000), price: 61_000, ageUs: 0 }))
  core.advance(at(6000))
  core.outbox.drain()
  return core.owned()
}
const account = ownedBefore()

function openedPlane() {
  const plane = openPlane()
  plane.take(aMarketStatus({ tsRecvUs: at(0), status: 'book_valid' }))
  plane.take(aQuote({ tsRecvUs: at(0), bid: 61_000, ask: 61_000.2 }))
  plane.take(anOperatorCommand({ effectUs: at(1), command: 'halt' }))
  const said = plane.take(anAccountOpened({ effectUs: at(10), account, switches: ['pnl'] }))
  return { ...plane, said }
}

describe('an account that the order plane has opened', () => {
  it('is owned here as it was, peak and drawdown included', () => {
    const { core } = openedPlane()
    expect(core.owned()).toEqual(account)
    expect(account.maxDrawdownRatio).toBeGreaterThan(0)
    core.advance(at(1000))
    expect(core.summary().account.drawdownRatio).toBeCloseTo(account.maxDrawdownRatio, 12)
  })

  it('has the kill switches that were active, until an operator re-arms them', () => {
    const { core, take, said } = openedPlane()
    expect(said).toMatchObject([
      { type: 'killSwitch', switchType: 'pnl', active: true },
      { type: 'targetPortfolio', targets: [] },
    ])
    take(anOperatorCommand({ effectUs: at(20), command: 'resume' }))
    expect(core.summary().switches).toMatchObject({ pnl: { active: true }, manual: { active: false } })
    take(anOperatorCommand({ effectUs: at(30), command: 'rearm' }))
    expect(core.summary().switches.pnl.active).toBe(false)
  })

  it('is booked once', () => {
    const { core, take } = openedPlane()
    take(anOperatorCommand({ effectUs: at(30), command: 'rearm' }))
    take(anAccountOpened({ effectUs: at(40), account }))
    expect(core.owned()).toEqual(account)
    expect(core.summary().switches).toMatchObject({ drawdown: { active: false }, pnl: { active: false } })
  })

  it('is no account of a plane that has traded: a bug, not a guess', () => {
    const { take } = openPlane()
    take(aMark({ tsRecvUs: at(0), price: 61_900, ageUs: 0 }))
    take(aFill({ effectUs: at(10) }))
    expect(() => take(anAccountOpened({ effectUs: at(20), account }))).toThrow(
      'Invariant: what the order plane has opened is opened here',
    )
  })
})
