import { trippableSwitches } from '@triplane/contracts'
import { createKillSwitches, type KillSwitchesSnapshot, type Measured } from './kill-switches.ts'

const config = {
  confirmations: 3,
  lossLimitUsd: 1000,
  drawdownLimitRatio: 0.02,
  silenceLimitMs: 5000,
  staleExposureLimitRatio: 0.5,
}
const calm: Measured = { lossUsd: 0, drawdownRatio: 0, silence: { source: '', silentMs: 0 }, staleExposureRatio: 0 }

/** The switches that trip at each evaluation. */
function trips(measured: readonly Measured[], switches = createKillSwitches(config)) {
  return measured.map((of) => switches.evaluate(of).map((change) => change.switchType))
}

describe('createKillSwitches', () => {
  it('can trip what metrics show to trip, and nothing else', () => {
    const switches = createKillSwitches({ ...config, confirmations: 1 })
    const silence = { source: 'sim', silentMs: Infinity }
    const changes = [
      ...switches.evaluate({ lossUsd: Infinity, drawdownRatio: 1, silence, staleExposureRatio: 1 }),
      switches.trip('somebody', 'a test'),
    ]
    expect(changes.map((change) => change?.switchType)).toEqual(trippableSwitches)
  })

  it.each([
    { type: 'pnl', beyond: { ...calm, lossUsd: 1000 }, why: 'Loss of 1000.00 USD reached the limit of 1000 USD' },
    {
      type: 'drawdown',
      beyond: { ...calm, drawdownRatio: 0.021 },
      why: 'Drawdown of 2.10 % reached the limit of 2.00 %',
    },
    {
      type: 'stale_data',
      beyond: { ...calm, silence: { source: 'sim at sim', silentMs: 5000 } },
      why: 'No data of sim at sim for 5000 ms, the limit is 5000 ms',
    },
    {
      type: 'stale_data',
      beyond: { ...calm, staleExposureRatio: 0.501 },
      why: '50.1 % of gross exposure is in stale instruments, the limit is 50.0 %',
    },
  ])('trips $type when it is confirmed, once', ({ type, beyond, why }) => {
    const switches = createKillSwitches(config)
    expect(trips([beyond, beyond], switches)).toEqual([[], []])
    expect(switches.evaluate(beyond)).toMatchObject([{ switchType: type, active: true, why }])
    expect(trips([beyond, beyond], switches)).toEqual([[], []])
  })

  it.each([
    {
      name: 'silence',
      measured: { ...calm, silence: { source: 'a', silentMs: 6000 }, staleExposureRatio: 0.9 },
      value: 6000,
      limit: 5000,
    },
    {
      name: 'stale exposure',
      measured: { ...calm, silence: { source: 'a', silentMs: 4999 }, staleExposureRatio: 0.9 },
      value: 0.9,
      limit: 0.5,
    },
  ])('says of stale_data what tripped it, and against what: $name', ({ measured, value, limit }) => {
    const switches = createKillSwitches({ ...config, confirmations: 1 })
    expect(switches.evaluate(measured)).toMatchObject([{ switchType: 'stale_data', value, limit }])
    const saved = JSON.parse(JSON.stringify(switches.snapshot())) as KillSwitchesSnapshot
    expect(createKillSwitches(config, saved).rearm(['stale_data'], 'ada', 'seen')).toMatchObject([{ value, limit }])
  })

  it('does not trip stale_data while half of the exposure is stale', () => {
    const half = { ...calm, staleExposureRatio: 0.5 }
    const switches = createKillSwitches(config)
    expect(trips([half, half, half, half], switches)).toEqual([[], [], [], []])
    expect(switches.status().stale_data).toEqual({ active: false, distanceRatio: 1 })
  })

  it.each([
    { type: 'pnl', unknown: { ...calm, lossUsd: Number.NaN } },
    { type: 'stale_data', unknown: { ...calm, staleExposureRatio: Number.NaN } },
    { type: 'drawdown', unknown: { ...calm, drawdownRatio: Number.NaN } },
  ])('trips $type when it cannot be computed', ({ type, unknown }) => {
    const switches = createKillSwitches(config)
    expect(trips([unknown, unknown, unknown], switches)).toEqual([[], [], [type]])
    expect(switches.status()).toMatchObject({ [type]: { active: true, distanceRatio: 1 } })
    expect(Number.isFinite(switches.snapshot()[type as 'pnl'].value)).toBe(true)
  })

  it('starts counting anew when one evaluation is within the limit', () => {
    const loss = { ...calm, lossUsd: 2000 }
    expect(trips([loss, loss, calm, loss, loss, loss])).toEqual([[], [], [], [], [], ['pnl']])
  })

  it('stays tripped when the cause is gone', () => {
    const switches = createKillSwitches({ ...config, confirmations: 1 })
    trips([{ ...calm, lossUsd: 2000 }, calm, calm], switches)
    expect(switches.anyActive).toBe(true)
    expect(switches.status().pnl).toEqual({ active: true, distanceRatio: 1 })
  })

  it('is re-armed by a command and trips again when the cause persists', () => {
    const switches = createKillSwitches(config)
    const loss = { ...calm, lossUsd: 2000 }
    trips([loss, loss, loss], switches)
    expect(switches.rearm(['pnl', 'drawdown'], 'ada', 'checked')).toEqual([
      { switchType: 'pnl', active: false, value: 2000, limit: 1000, why: 'ada: checked' },
    ])
    expect(switches.anyActive).toBe(false)
    expect(trips([loss, loss, loss], switches)).toEqual([[], [], ['pnl']])
  })

  it('latches what was active in another run, once, until it is re-armed', () => {
    const switches = createKillSwitches(config)
    const why = 'still active'
    expect(switches.latch(['drawdown'], why)).toMatchObject([{ switchType: 'drawdown', active: true, why }])
    expect(switches.latch(['drawdown'], why)).toEqual([])
    expect(trips([calm, calm, calm], switches)).toEqual([[], [], []])
    expect(switches.anyActive).toBe(true)
    expect(switches.rearm(['drawdown'], 'ada', 'checked')).toMatchObject([{ switchType: 'drawdown', active: false }])
    expect(switches.anyActive).toBe(false)
  })

  it('trips and re-arms manual at once', () => {
    const switches = createKillSwitches(config)
    expect(switches.trip('ada', 'fire')).toMatchObject({ switchType: 'manual', active: true, why: 'ada: fire' })
    expect(switches.trip('ada', 'again')).toBeUndefined()
    expect(switches.rearm(['manual'], 'ada', 'out')).toMatchObject([{ switchType: 'manual', active: false, value: 0 }])
    expect(switches.anyActive).toBe(false)
  })

  it.each([
    { name: 'a gain', measured: { ...calm, lossUsd: -500 }, want: 0 },
    { name: 'half the loss', measured: { ...calm, lossUsd: 500 }, want: 0.5 },
    { name: 'a loss not yet confirmed', measured: { ...calm, lossUsd: 5000 }, want: 1 },
  ])('tells the distance of $name', ({ measured, want }) => {
    const switches = createKillSwitches(config)
    switches.evaluate(measured)
    expect(switches.status()).toMatchObject({
      pnl: { active: false, distanceRatio: want },
      psr: { active: false, distanceRatio: 0 },
      manual: { active: false, distanceRatio: 0 },
    })
  })

  it('goes on from a snapshot', () => {
    const switches = createKillSwitches(config)
    const loss = { ...calm, lossUsd: 2000 }
    trips([loss, loss], switches)
    const saved = JSON.parse(JSON.stringify(switches.snapshot())) as KillSwitchesSnapshot
    expect(trips([loss], createKillSwitches(config, saved))).toEqual([['pnl']])
  })
})
