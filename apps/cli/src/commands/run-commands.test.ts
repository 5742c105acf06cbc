import type { Run } from '@triplane/contracts'
import { ok } from '@triplane/kernel'
import { testStartUs } from '@triplane/testing'
import { aDeadPlane, CliWorld } from '../../test/cli-world.ts'
import { aPlaneOfRuns } from '../../test/plane-of-runs.ts'

let world: CliWorld
let plane: Awaited<ReturnType<typeof aPlaneOfRuns>>
beforeEach(async () => {
  world = new CliWorld()
  plane = await aPlaneOfRuns(world.bus, ({ events }) => ok(events))
  world.environment = plane.environment
})
afterEach(() => plane.close())

const runs = async () => (await world.json<{ runs: Run[] }>('run', 'list')).value.runs

describe('run start', () => {
  it('publishes a simulated run with its own seed and account', async () => {
    const { code, value } = await world.json<{ started: boolean; run: Run }>('run', 'start')
    expect([code, value.started]).toEqual([0, true])
    expect(value.run).toMatchObject({
      runId: '01010101',
      mode: 'live',
      account: 'sim-01010101',
      startedAtUs: testStartUs,
      seed: 0x02020202,
      scenario: 'calm',
      sessions: 'always',
      venues: ['sim'],
      who: 'ann',
    })
    expect(value.run.startUs).toBeUndefined()
    expect(await runs()).toEqual([value.run])
    expect(plane.audited).toEqual([{ command: 'start', who: 'ann', why: 'run start' }])
  })

  it('starts none without its audit row, without the plane, or by a token of nobody', async () => {
    world.environment = { ...plane.environment, TRIPLANE_TOKEN: 'another-token-0123456789abcdef' }
    expect(await world.run('run', 'start')).toBe(1)
    expect(world.messages).toContain("to start a run, was refused: Expected an operator's token")
    world.environment = { ...plane.environment, TRIPLANE_ORDER_PLANES: await aDeadPlane() }
    expect(await world.run('run', 'start')).toBe(1)
    expect(world.messages).toMatch(/^triplane: Expected the order plane at \S+ to answer, was: ECONNREFUSED\n$/)
    world.environment = plane.environment
    plane.loseAudit()
    expect(await world.run('run', 'start', '--why', 'a new day')).toBe(1)
    expect(world.messages).toContain('Cannot commit the audit row of start: ECONNREFUSED. No run was started.')
    expect([await runs(), plane.audited]).toEqual([[], []])
  })

  it('waits for a plane that is not ready yet, as long as it is told', async () => {
    plane.loseAudit()
    world.nowUs = () => testStartUs + world.waitedMs * 1000
    expect(await world.run('run', 'start', '--wait-seconds', '3')).toBe(1)
    expect(world.waitedMs).toBe(3000)
    world.nowUs = () => {
      if (world.waitedMs >= 5000) plane.findAudit()
      return testStartUs + world.waitedMs * 1000
    }
    expect(await world.run('run', 'start', '--wait-seconds', '60')).toBe(0)
    expect(world.waitedMs).toBe(6000)
    expect(await runs()).toHaveLength(1)
  })

  it('applies its flags', async () => {
    world.environment = { ...plane.environment, TRIPLANE_MARKET_VENUES: 'binance_spot, binance_usdm' }
    const flags = ['--mode', 'lockstep', '--seed', '7', '--start-time', '2024-08-08T14:30Z', '--scenario', 'storm']
    expect(await world.run('run', 'start', ...flags, '--account', 'live', '--sessions', 'real')).toBe(0)
    expect(world.output).toBe(
      'Started run 01010101: lockstep, account live, venues binance_spot binance_usdm, scenario storm, seed 7.\n',
    )
    expect(await runs()).toMatchObject([
      { mode: 'lockstep', account: 'live', seed: 7, startUs: testStartUs, sessions: 'real', scenario: 'storm' },
    ])
  })

  it('names several data planes, each with its own venues', async () => {
    const flags = ['--data-plane', 'kraken=kraken', '--data-plane', 'binance=binance_spot,binance_usdm']
    const { code, value } = await world.json<{ run: Run }>('run', 'start', ...flags)
    expect(code).toBe(0)
    expect(value.run).toMatchObject({
      venues: ['kraken', 'binance_spot', 'binance_usdm'],
      dataPlanes: [
        { instance: 'kraken', venues: ['kraken'] },
        { instance: 'binance', venues: ['binance_spot', 'binance_usdm'] },
      ],
    })
    expect(await runs()).toEqual([value.run])
  })

  it.each([
    ['a name without venues', ['kraken'], 'Expected <name>=<venue>'],
    ['one name twice', ['a=kraken', 'a=binance_spot'], 'other venues than those of a'],
    ['one venue twice', ['a=kraken', 'b=kraken'], 'other venues than those of a'],
  ])('refuses %s', async (_, planes, message) => {
    expect(await world.run('run', 'start', ...planes.flatMap((plane) => ['--data-plane', plane]))).toBe(2)
    expect(world.messages).toContain(message)
    expect(await runs()).toEqual([])
  })

  it('--if-none starts the first run and no other', async () => {
    expect((await world.json('run', 'start', '--if-none')).value).toMatchObject({ started: true })
    const { code, value } = await world.json('run', 'start', '--if-none')
    expect([code, value]).toMatchObject([0, { started: false, run: { runId: '01010101' } }])
    expect(await runs()).toHaveLength(1)
  })

  it.each([
    ['--mode', 'fast', 'Allowed choices are live, lockstep'],
    ['--scenario', 'boom', 'Allowed choices are calm'],
    ['--seed', '-1', 'Expected a whole number'],
    ['--start-time', 'noon', 'Expected an ISO 8601 time'],
  ])('refuses %s %s', async (flag, value, message) => {
    expect(await world.run('run', 'start', flag, value)).toBe(2)
    expect(world.messages).toContain(message)
    expect(await runs()).toEqual([])
  })
})

describe('run list', () => {
  it('prints a table, newest first', async () => {
    await world.run('run', 'start', '--seed', '7')
    await world.run('run', 'start', '--seed', '8', '--account', 'live')
    expect(await world.run('run', 'list')).toBe(0)
    expect(world.output).toMatchInlineSnapshot(`
      "     run  mode  account       started                   market time from  venues  scenario  seed  by
      02020202  live  live          2024-08-08 14:30:00.000Z  -                 sim     calm         8  ann
      01010101  live  sim-01010101  2024-08-08 14:30:00.000Z  -                 sim     calm         7  ann
      "
    `)
  })

  it('reports that there is none', async () => {
    expect(await world.run('run', 'list')).toBe(0)
    expect(world.output).toBe('There is no run yet.\n')
  })

  it('fails with one message while Kafka is down', async () => {
    world.kafkaFault = Object.assign(new Error('Expected a broker to answer, was none'), {
      code: 'unreachable',
      retryable: true,
    })
    expect(await world.run('run', 'list')).toBe(1)
    expect(world.messages).toBe('triplane: Expected a broker to answer, was none\n')
  })
})
