import fc from 'fast-check'
import { trippableSwitches } from '@triplane/contracts'
import { createKillSwitches, type KillSwitchesSnapshot, type Measured } from './kill-switches.ts'

const config = {
  confirmations: 3,
  lossLimitUsd: 1000,
  drawdownLimitRatio: 0.02,
  silenceLimitMs: 5000,
  staleExposureLimitRatio: 0.5,
  releaseAfterMs: 60_000,
  maxReleases: 3,
  releaseWindowMs: 3_600_000,
}
const calm: Measured = {
  nowUs: 0,
  lossUsd: 0,
  drawdownRatio: 0,
  silence: { source: '', silentMs: 0 },
  areSourcesUp: true,
  staleExposureRatio: 0,
}

/** The switches that trip at each evaluation. */
function trips(measured: readonly Measured[], switches = createKillSwitches(config)) {
  return measured.map((of) => switches.evaluate(of).map((change) => change.switchType))
}

describe('createKillSwitches', () => {
  it('can trip what metrics show to trip, and nothing else', () => {
    const switches = createKillSwitches({ ...config, confirmations: 1 })
    const silence = { source: 'sim', silentMs: Infinity }
    const changes = [
      ...switches.evaluate({ ...calm, lossUsd: Infinity, drawdownRatio: 1, silence, staleExposureRatio: 1 }),
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

  describe('released by itself', () => {
    const silent = { ...calm, silence: { source: 'sim at sim', silentMs: 6000 } }
    const eager = { ...config, confirmations: 1 }
    const atS = (seconds: number, measured: Measured): Measured => ({ ...measured, nowUs: seconds * 1_000_000 })

    it('is stale_data, when its sources have been healthy for 60 s without a break', () => {
      const switches = createKillSwitches(eager)
      switches.evaluate(atS(0, silent))
      for (let s = 1; s <= 50; s++) expect(switches.evaluate(atS(s, calm))).toEqual([])
      switches.evaluate(atS(51, silent))
      for (let s = 52; s < 112; s++) expect(switches.evaluate(atS(s, calm))).toEqual([])
      expect(switches.anyActive).toBe(true)
      expect(switches.evaluate(atS(112, calm))).toEqual([
        {
          ...{ switchType: 'stale_data', active: false, isSelfReleased: true, value: 0, limit: 5000 },
          why: 'Every source has been healthy for 60 s: release 1 of at most 3 within 3600 s',
        },
      ])
      expect(switches.anyActive).toBe(false)
    })

    it.each([
      { name: 'pnl', beyond: { ...calm, lossUsd: 2000 } },
      { name: 'drawdown', beyond: { ...calm, drawdownRatio: 0.5 } },
    ])('is not $name', ({ beyond }) => {
      const switches = createKillSwitches(eager)
      switches.evaluate(atS(0, beyond))
      for (let s = 1; s < 300; s++) expect(switches.evaluate(atS(s, calm))).toEqual([])
      expect(switches.anyActive).toBe(true)
    })

    it.each([
      { name: 'a source is down', measured: { ...calm, areSourcesUp: false } },
      { name: 'what is held is stale', measured: { ...calm, staleExposureRatio: 0.6 } },
    ])('is nothing while $name', ({ measured }) => {
      const switches = createKillSwitches(eager)
      switches.evaluate(atS(0, silent))
      for (let s = 1; s < 300; s++) expect(switches.evaluate(atS(s, measured))).toEqual([])
      expect(switches.anyActive).toBe(true)
    })

    it('latches when it has been three times in an hour, until an operator re-arms it', () => {
      const switches = createKillSwitches(eager)
      const whys: string[] = []
      for (let s = 0; s < 1000; s++)
        for (const { why, active } of switches.evaluate(atS(s, s % 100 < 10 ? silent : calm))) {
          whys.push(`${s} ${active ? 'trips' : 'released'}${why.includes('; ') ? why.slice(why.indexOf('; ')) : ''}`)
        }
      const latch = '; it was released by itself 3 times within 3600 s, now an operator has to'
      expect(whys).toEqual([
        ...['0 trips', '70 released', '100 trips', '170 released', '200 trips', '270 released', `300 trips${latch}`],
      ])
      expect(switches.rearm(['stale_data'], 'ada', 'seen')).toMatchObject([{ active: false, why: 'ada: seen' }])
      expect(switches.evaluate(atS(1001, silent))).toMatchObject([{ why: expect.stringContaining(latch) }])
      switches.rearm(['stale_data'], 'ada', 'seen')
      expect(switches.evaluate(atS(3671, silent))).toMatchObject([{ why: expect.not.stringContaining(latch) }])
    })

    it('is nothing where releases are off, nor what another run left', () => {
      const off = createKillSwitches({ ...eager, maxReleases: 0 })
      expect(off.evaluate(atS(0, silent))).toMatchObject([{ why: expect.stringContaining('never released by itself') }])
      const left = createKillSwitches(eager)
      left.latch(['stale_data'], 'still active')
      for (let s = 1; s < 300; s++) for (const one of [off, left]) expect(one.evaluate(atS(s, calm))).toEqual([])
    })

    it('is at most three times in any hour, after a minute of health, across restarts', () => {
      const healths = ['healthy', 'silent', 'down', 'exposed', 'rearmed', 'restarted'] as const
      const measuredIn = {
        silent,
        down: { ...calm, areSourcesUp: false },
        exposed: { ...calm, staleExposureRatio: 0.9 },
      }
      const stretches = fc.array(
        fc.record({
          health: fc.oneof({ weight: 6, arbitrary: fc.constant('healthy' as const) }, fc.constantFrom(...healths)),
          evaluations: fc.integer({ min: 1, max: 90 }),
        }),
        { maxLength: 60 },
      )
      fc.assert(
        fc.property(stretches, (all) => {
          let switches = createKillSwitches(config)
          let s = 0
          let healthyS = 0
          const releasedS: number[] = []
          for (const { health, evaluations } of all) {
            if (health === 'rearmed') switches.rearm(['stale_data'], 'ada', 'seen')
            else if (health === 'restarted') {
              const saved = JSON.parse(JSON.stringify(switches.snapshot())) as KillSwitchesSnapshot
              switches = createKillSwitches(config, saved)
            } else {
              for (let i = 0; i < evaluations; i++, s++) {
                healthyS = health === 'healthy' ? healthyS + 1 : 0
                const measured = health === 'healthy' ? calm : measuredIn[health]
                if (!switches.evaluate(atS(s, measured)).some(({ isSelfReleased }) => isSelfReleased)) continue
                releasedS.push(s)
                expect(healthyS).toBeGreaterThan(60)
                expect(releasedS.filter((releaseS) => releaseS > s - 3600).length).toBeLessThanOrEqual(3)
              }
            }
          }
        }),
      )
    })
  })
})
