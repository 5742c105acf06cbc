import type { TradingState } from '@triplane/contracts'
import { err, ok, type Result } from '@triplane/kernel'
import { examples } from '@triplane/testing'
import { DeskWorld } from '../test/desk-world.ts'
import { createOperatorDesk } from './operator-desk.ts'
import type { AuditEntry } from './operator-order.ts'
import { sealOwned } from './owned-document.ts'

let world: DeskWorld
beforeEach(() => void (world = new DeskWorld()))

describe('a halt', () => {
  it('is enforced, then kept, then published and left to the audit', async () => {
    expect(await world.desk.order('halt', 'ann', 'looks wrong')).toEqual({
      accepted: true,
      command: 'halt',
      who: 'ann',
      tradingState: 'halted',
      persisted: true,
      audited: false,
    })
    expect(world.steps).toEqual(['enforce', 'file', 'publish', 'auditEventually'])
    expect(world.file).toEqual({ state: 'halted', who: 'ann', why: 'looks wrong', atUs: 1 })
    expect(world.auditedLater).toEqual([
      { command: 'halt', who: 'ann', why: 'looks wrong', atUs: 1, asked: 'halted', before: 'active', after: 'halted' },
    ])
  })

  it('is in force when the file cannot be written: it says so, and tells of the fault', async () => {
    world.fates.file.push('fails')
    const outcome = await world.desk.order('halt', 'ann', 'looks wrong')
    expect(outcome).toMatchObject({ accepted: true, tradingState: 'halted', persisted: false })
    expect(outcome.reason).toBe('In force, but a restart will not remember it. ENOSPC')
    expect(world.faults).toMatchObject([{ code: 'file_failed' }])
    expect(world.steps).toEqual(['enforce', 'publish', 'auditEventually'])
    expect(await world.desk.order('halt', 'ann', 'again')).toMatchObject({ persisted: true })
  })

  it('is answered while the file hangs', async () => {
    const { desk } = hangingWorld({ file: true })
    expect(await desk.order('halt', 'ann', 'x')).toMatchObject({
      accepted: true,
      persisted: false,
      reason: expect.stringContaining('Expected an end within 10 ms, was none'),
    })
  })

  it('is kept, published and audited though the plane has a bug', async () => {
    world.fates.enforce.push('fails')
    expect(await world.desk.order('halt', 'ann', 'x')).toMatchObject({
      accepted: false,
      refusal: 'enforce_failed',
      persisted: true,
      reason: 'Cannot enforce halt: a bug',
    })
    expect(world.steps).toEqual(['file', 'publish', 'auditEventually'])
    expect(world.file.state).toBe('halted')
  })

  it('is in force again after a restart, and published and audited again', async () => {
    await world.desk.order('halt', 'ann', 'looks wrong')
    world.crash()
    world.start()
    expect(world.mode).toBe('halted')
    const again = { command: 'halt', who: 'ann', why: 'still in force after a restart: looks wrong' }
    expect(world.published.at(-1)).toMatchObject(again)
    expect(world.auditedLater.at(-1)).toMatchObject({ ...again, before: 'active', after: 'halted' })
  })
})

describe('a resume', () => {
  beforeEach(async () => {
    await world.desk.order('halt', 'ann', 'x')
    world.steps.length = 0
  })

  it('is audited, then in the file, then enforced and published', async () => {
    expect(await world.desk.order('resume', 'bob', 'was a drill')).toMatchObject({
      accepted: true,
      tradingState: 'active',
      persisted: true,
      audited: true,
    })
    expect(world.steps).toEqual(['audit', 'file', 'enforce', 'publish'])
    expect(world.audit).toMatchObject([
      { command: 'resume', who: 'bob', asked: 'active', before: 'halted', after: 'active' },
    ])
  })

  it('does nothing while the database is away', async () => {
    world.fates.audit.push('fails')
    expect(await world.desk.order('resume', 'bob', 'y')).toMatchObject({
      accepted: false,
      refusal: 'audit_failed',
      tradingState: 'halted',
      audited: false,
      reason: 'Cannot commit the audit row of resume: ECONNREFUSED. Nothing was loosened.',
    })
    expect(world.steps).toEqual([])
    expect(world.file.state).toBe('halted')
  })

  it('does nothing while the database hangs', async () => {
    const { desk, enforced } = hangingWorld({ audit: true })
    expect(await desk.order('resume', 'bob', 'y')).toMatchObject({ accepted: false, refusal: 'audit_failed' })
    expect(enforced).toEqual([])
  })

  it('does nothing when the file cannot be written, and the file says halted', async () => {
    world.fates.file.push('fails')
    expect(await world.desk.order('resume', 'bob', 'y')).toMatchObject({
      accepted: false,
      refusal: 'file_failed',
      tradingState: 'halted',
      audited: true,
    })
    expect(world.file.state).toBe('halted')
    expect(world.enforced.map(({ command }) => command)).toEqual(['halt'])
  })

  it.each(['audit', 'file'] as const)('is overruled by a halt that comes while it waits for the %s', async (step) => {
    let halt: Promise<unknown> | undefined
    world.onStep = (at) => {
      if (at === step) halt ??= world.desk.order('halt', 'ann', 'no!')
    }
    expect(await world.desk.order('resume', 'bob', 'y')).toMatchObject({ accepted: false, refusal: 'superseded' })
    expect(await halt).toMatchObject({ accepted: true, persisted: true })
    expect(world.mode).toBe('halted')
    expect(world.file).toMatchObject({ state: 'halted', why: 'no!' })
  })

  it('leaves the halt in the file when a reduce overrules it that comes to nothing', async () => {
    let reduce: Promise<unknown> | undefined
    world.onStep = (at) => {
      if (at !== 'file' || reduce) return
      world.fates.audit.push('fails')
      reduce = world.desk.order('reduce', 'ann', 'rather that')
    }
    expect(await world.desk.order('resume', 'bob', 'y')).toMatchObject({ accepted: false, refusal: 'superseded' })
    expect(await reduce).toMatchObject({ accepted: false, refusal: 'audit_failed' })
    expect([world.mode, world.file.state]).toEqual(['halted', 'halted'])
  })
})

describe('a reduce', () => {
  it('acts at once on an active plane', async () => {
    expect(await world.desk.order('reduce', 'ann', 'x')).toMatchObject({ accepted: true, audited: false })
    expect(world.steps).toEqual(['enforce', 'file', 'publish', 'auditEventually'])
  })

  it('loosens a halt, so it is audited first', async () => {
    await world.desk.order('halt', 'ann', 'x')
    world.fates.audit.push('fails')
    expect(await world.desk.order('reduce', 'bob', 'y')).toMatchObject({ accepted: false, tradingState: 'halted' })
    expect(await world.desk.order('reduce', 'bob', 'y')).toMatchObject({ accepted: true, audited: true })
    expect(world.mode).toBe('reducing')
    expect(world.file.state).toBe('reducing')
  })
})

describe('a re-arm', () => {
  it('is audited, then handed on; the standing order stays', async () => {
    await world.desk.order('halt', 'ann', 'x')
    world.steps.length = 0
    expect(await world.desk.order('rearm', 'bob', 'y')).toMatchObject({ accepted: true, audited: true })
    expect(world.steps).toEqual(['audit', 'enforce', 'publish'])
    expect(world.desk.standing.state).toBe('halted')
    expect(world.audit).toMatchObject([{ command: 'rearm', before: 'halted', after: 'halted' }])
  })

  it('does nothing while the database is away', async () => {
    world.fates.audit.push('fails')
    expect(await world.desk.order('rearm', 'bob', 'y')).toMatchObject({ accepted: false, refusal: 'audit_failed' })
    expect(world.steps).toEqual([])
  })
})

describe('a tuning', () => {
  const tuning = { strategy: 'OFI', parameters: { horizonMs: 5000 } }

  it('is audited with what is tuned, then told; there is nothing to enforce here', async () => {
    expect(await world.desk.tune(tuning, 'bob', 'y')).toEqual({
      accepted: true,
      command: 'tune',
      who: 'bob',
      tradingState: 'active',
      persisted: false,
      audited: true,
    })
    expect(world.steps).toEqual(['audit', 'publish'])
    const order = { command: 'tune', who: 'bob', why: 'y', atUs: 1, ...tuning }
    expect(world.audit).toEqual([{ ...order, before: 'active', after: 'active' }])
    expect(world.published).toEqual([order])
  })

  it('does nothing while the database is away', async () => {
    world.fates.audit.push('fails')
    expect(await world.desk.tune(tuning, 'bob', 'y')).toMatchObject({
      accepted: false,
      refusal: 'audit_failed',
      reason: 'Cannot commit the audit row of tune: ECONNREFUSED. Nothing was tuned.',
    })
    expect(world.steps).toEqual([])
  })

  it('is refused where nobody can be told, with its row', async () => {
    world.fates.publish.push('fails')
    expect(await world.desk.tune(tuning, 'bob', 'y')).toMatchObject({
      accepted: false,
      audited: true,
      refusal: 'publish_failed',
      reason: 'Cannot publish tune: no bus. Nothing was tuned.',
    })
  })
})

describe('opening the account', () => {
  const document = sealOwned({
    account: 'a',
    runId: 'r',
    marketUs: 1,
    owned: examples.accountOpened.account,
    switches: [],
  })
  it('acts once its row is in the audit, and is done once', async () => {
    expect(await world.desk.open(document, 'bob', 'y')).toMatchObject({
      accepted: true,
      command: 'open',
      audited: true,
    })
    expect(world.steps).toEqual(['audit', 'enforce'])
    expect(world.opened).toMatchObject([{ command: 'open', who: 'bob', why: 'y', document }])
    expect(await world.desk.open(document, 'bob', 'again')).toMatchObject({ accepted: true, audited: false })
    expect(world.steps).toEqual(['audit', 'enforce'])
  })

  it('is refused as the plane says, before anything is done', async () => {
    world.notOpened = 'Expected halted, was active'
    expect(await world.desk.open(document, 'bob', 'y')).toMatchObject({
      accepted: false,
      refusal: 'not_opened',
      reason: 'Expected halted, was active. Nothing was opened.',
    })
    expect(world.steps).toEqual([])
  })

  it('is refused without its audit row', async () => {
    world.fates.audit.push('fails')
    expect(await world.desk.open(document, 'bob', 'y')).toMatchObject({ accepted: false, refusal: 'audit_failed' })
    expect(world.opened).toEqual([])
  })

  it('is refused, with its row, when the plane changed its mind while that was written', async () => {
    world.onStep = (step) => void (step === 'audit' && (world.notOpened = 'Expected halted, was active'))
    expect(await world.desk.open(document, 'bob', 'y')).toMatchObject({
      accepted: false,
      audited: true,
      refusal: 'not_opened',
    })
  })
})

/** A desk whose file or audit never answers, with short time-outs. */
function hangingWorld({ file = false, audit = false }) {
  const enforced: string[] = []
  const never = () => new Promise<void>(() => undefined)
  const done = () => Promise.resolve()
  const desk = createOperatorDesk({
    haltFile: {
      path: 'halt',
      read: () => ({ state: 'active', who: 'triplane', why: 'nothing', atUs: 0 }),
      write: file ? never : done,
    },
    enforce: ({ command }) => void enforced.push(command),
    judgeOpening: () => ok('new'),
    publish: () => undefined,
    audit: audit ? never : done,
    auditEventually: () => undefined,
    state: () => 'active',
    stateAfter: () => undefined,
    clock: { nowUs: () => 1 },
    fileTimeoutMs: 10,
    auditTimeoutMs: 10,
  })
  return { desk, enforced }
}

describe('a run', () => {
  const run = { runId: '0a1b2c3d', mode: 'live' as const, venues: ['sim'] }
  const there = { ...examples.run, runId: 'before', venues: ['sim'] }
  let fault: Error | undefined
  /** A desk with runs on a bus. */
  const withRuns = () => {
    const steps: string[] = []
    const desk = createOperatorDesk({
      ...world.options(),
      async audit({ command, who }) {
        if (fault) throw fault
        steps.push(`audit ${command} ${who}`)
      },
      runs: {
        current: async () => there,
        async start({ runId }, who) {
          steps.push(`start ${runId} ${who}`)
          return { ...there, runId }
        },
      },
    })
    return { desk, steps }
  }
  beforeEach(() => void (fault = undefined))

  it('begins after its audit row is committed, and not without it', async () => {
    const { desk, steps } = withRuns()
    expect(await desk.startRun({ run, ifNone: false }, 'ann', 'x')).toMatchObject({
      ...{ accepted: true, audited: true, started: true, run: { runId: '0a1b2c3d' } },
    })
    expect(steps).toEqual(['audit start ann', 'start 0a1b2c3d ann'])
    fault = new Error('ECONNREFUSED')
    expect(await desk.startRun({ run, ifNone: false }, 'ann', 'x')).toMatchObject({
      ...{ accepted: false, refusal: 'audit_failed', started: false },
    })
    expect(steps).toHaveLength(2)
  })

  it('is not begun where there is one of its venues, if that is what was asked for', async () => {
    const { desk, steps } = withRuns()
    expect(await desk.startRun({ run, ifNone: true }, 'ann', 'x')).toMatchObject({
      ...{ accepted: true, started: false, run: { runId: 'before' } },
    })
    expect(steps).toEqual([])
    const other = { ...run, venues: ['kraken'] }
    expect(await desk.startRun({ run: other, ifNone: true }, 'ann', 'x')).toMatchObject({ started: true })
  })

  it('is none of a process that has its own', async () => {
    expect(await world.desk.startRun({ run, ifNone: false }, 'ann', 'x')).toMatchObject({
      ...{ accepted: false, refusal: 'no_runs', started: false },
    })
  })
})

describe('a redriven record', () => {
  const record = {
    ...{ topic: 'market.events.v2', partition: 2, offset: 1234, key: 'data-plane' },
    ...{ runId: '0a1b2c3d', producer: 'data-plane', raw: Buffer.from('[]') },
  }
  /** A desk of a halted plane that gives what `fates` say. */
  async function withRedriving(judged: Result<number, string> = ok(2), given: typeof judged = judged) {
    await world.desk.order('halt', 'ann', 'x')
    const steps: string[] = []
    const desk = createOperatorDesk({
      ...world.options(),
      async audit({ command, before, after }) {
        if (world.fates.audit.shift() === 'fails') throw new Error('ECONNREFUSED')
        steps.push(`audit ${command} ${before} ${after}`)
      },
      redriving: {
        judge: () => judged,
        give({ offset }) {
          steps.push(`give ${offset}`)
          return given
        },
      },
    })
    return { desk, steps }
  }

  it('is given to the plane after its audit row is committed, and not without it', async () => {
    const { desk, steps } = await withRedriving()
    expect(await desk.redrive(record, 'ann', 'x')).toMatchObject({ accepted: true, audited: true, events: 2 })
    expect(steps).toEqual(['audit redrive halted halted', 'give 1234'])
    world.fates.audit.push('fails')
    expect(await desk.redrive(record, 'ann', 'x')).toMatchObject({
      ...{ accepted: false, refusal: 'audit_failed', events: 0 },
      reason: expect.stringContaining('Nothing was redriven.'),
    })
    expect(steps).toHaveLength(2)
  })

  it('is refused unless trading is halted, then and once it is audited', async () => {
    const { desk, steps } = await withRedriving()
    const resuming = desk.redrive(record, 'ann', 'x')
    world.mode = 'active'
    const refused = { accepted: false, refusal: 'not_redriven', audited: true }
    const reason = 'Expected trading to be halted, was active. Nothing was redriven.'
    expect(await resuming).toMatchObject({ ...refused, reason })
    expect(await desk.redrive(record, 'ann', 'x')).toMatchObject({ ...refused, audited: false, reason })
    expect(steps).toEqual(['audit redrive halted halted'])
  })

  it('of which this plane hears nothing is audited all the same, for the planes behind it', async () => {
    const { desk, steps } = await withRedriving(ok(0))
    expect(await desk.redrive(record, 'ann', 'x')).toMatchObject({ accepted: true, audited: true, events: 0 })
    expect(steps).toEqual(['audit redrive halted halted', 'give 1234'])
  })

  it('that is not taken has no audit row', async () => {
    const foreign = await withRedriving(err('Expected a record of the run 1, was of 2'))
    expect(await foreign.desk.redrive(record, 'ann', 'x')).toMatchObject({
      ...{ accepted: false, refusal: 'not_redriven', audited: false },
      reason: 'Expected a record of the run 1, was of 2. Nothing was redriven.',
    })
    expect(foreign.steps).toEqual([])
    const late = await withRedriving(ok(1), err('Expected a plane that is ready, was not'))
    expect(await late.desk.redrive(record, 'ann', 'x')).toMatchObject({ accepted: false, audited: true })
  })

  it('is none of a process that has its own bus', async () => {
    expect(await world.desk.redrive(record, 'ann', 'x')).toMatchObject({ accepted: false, refusal: 'not_redriven' })
  })
})

it('says in its row what remains in force, and in a second one what came out otherwise', async () => {
  const written: AuditEntry[] = []
  let remaining: TradingState = 'halted'
  const desk = createOperatorDesk({
    ...world.options(),
    stateAfter: () => remaining,
    auditEventually: (entry) => written.push(entry),
    settleMs: 1,
  })
  // Timers of one length fire in the order in which they were set.
  const settled = () => new Promise((resolve) => setTimeout(resolve, 1))
  await desk.order('halt', 'ann', 'looks wrong')
  world.mode = 'halted'
  await desk.order('resume', 'bob', 'is right')
  expect(world.audit.at(-1)).toMatchObject({ asked: 'active', before: 'halted', after: 'halted' })
  await settled()
  expect(written.slice(1)).toMatchObject([
    { command: 'resume', before: 'halted', after: 'active', why: 'came out otherwise: is right' },
  ])
  remaining = 'active'
  await desk.order('resume', 'bob', 'again')
  await settled()
  expect(written).toHaveLength(2)
})
