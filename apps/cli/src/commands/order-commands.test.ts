import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { aDeadPlane, aPlane, CliWorld, stopPlanes } from '../../test/cli-world.ts'

const obeyed = {
  accepted: true,
  command: 'halt',
  who: 'ann',
  tradingState: 'halted',
  persisted: true,
  audited: false,
}

let world: CliWorld
beforeEach(() => void (world = new CliWorld()))
afterEach(stopPlanes)

describe('halt, reduce, resume and rearm', () => {
  it.each(['halt', 'reduce', 'resume', 'rearm'])(
    '%s goes to every order plane, with token and reason',
    async (name) => {
      const planes = [await aPlane(200, obeyed), await aPlane(200, obeyed)] as const
      world.environment = { TRIPLANE_ORDER_PLANES: `${planes[0].url}/, ${planes[1].url}`, TRIPLANE_TOKEN: 'secret' }
      expect(await world.run(name, '--why', 'looks wrong')).toBe(0)
      for (const { asked } of planes)
        expect(asked).toEqual([
          { method: 'POST', path: `/control/${name}`, authorization: 'Bearer secret', body: '{"why":"looks wrong"}' },
        ])
      expect(world.output.split('\n').slice(0, 2).join('\n').replaceAll(planes[0].url, 'URL')).toMatchInlineSnapshot(`
      "order plane             accepted  trading state  kept  audited  as
      URL  yes       halted         yes   no       ann"
    `)
      expect(world.messages).toBe('')
    },
  )

  it('names the planes that did not answer; the others have obeyed', async () => {
    const [plane, dead] = [await aPlane(200, obeyed), await aDeadPlane()]
    world.environment = { TRIPLANE_ORDER_PLANES: `${dead},${plane.url}`, TRIPLANE_TOKEN: 'secret' }
    const { code, value } = await world.json('halt', '--why', 'x')
    expect(code).toBe(1)
    expect(value).toEqual({
      command: 'halt',
      planes: [
        { url: dead, answered: false, accepted: false, error: 'ECONNREFUSED' },
        { url: plane.url, answered: true, status: 200, ...obeyed },
      ],
    })
    expect(world.messages).toBe(`triplane: Expected every order plane to answer, was silence from ${dead}\n`)
  })

  it.each([
    [
      'a refusal',
      503,
      { accepted: false, reason: 'the database is away' },
      'to resume, was refused: the database is away',
    ],
    ['something that is no plane', 404, '<html>', 'to resume, was refused: HTTP 404'],
    ['a plane that says nothing', 200, '', 'to resume, was refused: HTTP 200'],
    [
      'an order that a restart would forget',
      200,
      { ...obeyed, persisted: false, reason: 'In force, but a restart will not remember it. ENOSPC' },
      'to keep the order, was: In force, but a restart will not remember it. ENOSPC',
    ],
  ])('fails at %s', async (_, status, body, message) => {
    const plane = await aPlane(status, body)
    world.environment = { TRIPLANE_ORDER_PLANES: plane.url, TRIPLANE_TOKEN: 'secret' }
    expect(await world.run('resume', '--why', 'x')).toBe(1)
    expect(world.messages).toBe(`triplane: Expected ${plane.url} ${message}\n`)
  })

  it('does not forward the token on a redirect', async () => {
    const other = await aPlane(200, obeyed)
    const plane = await aPlane(307, {}, { location: `${other.url}/control/halt` })
    world.environment = { TRIPLANE_ORDER_PLANES: plane.url, TRIPLANE_TOKEN: 'secret' }
    expect(await world.run('halt', '--why', 'x')).toBe(1)
    expect([plane.asked.length, other.asked.length]).toEqual([1, 0])
  })
})

describe('tune', () => {
  const tuned = { accepted: true, command: 'tune', who: 'ann', tradingState: 'active', persisted: false, audited: true }

  it('goes to every order plane, with numbers, booleans and texts', async () => {
    const plane = await aPlane(200, tuned)
    world.environment = { TRIPLANE_ORDER_PLANES: plane.url, TRIPLANE_TOKEN: 'secret' }
    expect(await world.run('tune', 'OFI', 'horizonMs=5000', 'deadBandDeviations=0.5', '--why', 'faster')).toBe(0)
    expect(plane.asked).toEqual([
      {
        method: 'POST',
        path: '/control/tune',
        authorization: 'Bearer secret',
        body: '{"strategy":"OFI","parameters":{"horizonMs":5000,"deadBandDeviations":0.5},"why":"faster"}',
      },
    ])
    expect(world.messages).toBe('')
    expect(await world.run('tune', 'MINE', 'isShy=true', 'mood=sad=1', 'bias=-1e-3', '--why', 'x')).toBe(0)
    expect(JSON.parse(plane.asked[1]?.body ?? '')).toMatchObject({
      parameters: { isShy: true, mood: 'sad=1', bias: -0.001 },
    })
    expect(world.messages).toBe(
      'triplane: MINE is none of OFI, MOM, MM: its plane alone checks the name and the parameters\n',
    )
  })

  it.each([
    ['no name of a strategy', ['ofi', 'horizonMs=1'], 'Expected the name of a strategy, such as OFI, MOM, MM, was ofi'],
    ['no assignment', ['OFI', 'horizonMs'], 'Expected a parameter such as horizonMs=5000, was horizonMs'],
    ['no parameter', ['OFI', '--why', 'y'], "missing required argument 'name=value'"],
    ['an unknown parameter', ['OFI', 'horizon=5000'], 'Expected a parameter of OFI, one of horizonMs, stepMs, '],
    [
      'a value out of bounds',
      ['OFI', 'horizonMs=5', 'minChange=0.1'],
      'horizonMs: Too small: expected number to be >=100, was 5',
    ],
    [
      'a text for a number',
      ['MM', 'quoteUsd=much'],
      'quoteUsd: Invalid input: expected number, received string, was "much"',
    ],
  ])('asks no plane for %s', async (_, argv, message) => {
    const plane = await aPlane(200, tuned)
    world.environment = { TRIPLANE_ORDER_PLANES: plane.url, TRIPLANE_TOKEN: 'secret' }
    expect(await world.run('tune', ...argv, '--why', 'x')).toBe(2)
    expect(world.messages).toContain(message)
    expect(plane.asked).toEqual([])
  })

  it('leaves rules about several parameters to the plane, which knows the current values', async () => {
    const plane = await aPlane(200, tuned)
    world.environment = { TRIPLANE_ORDER_PLANES: plane.url, TRIPLANE_TOKEN: 'secret' }
    expect(await world.run('tune', 'OFI', 'stepMs=20000', '--why', 'x')).toBe(0)
  })

  it("prints a plane's refusal", async () => {
    const plane = await aPlane(503, { accepted: false, reason: 'Nothing was tuned.' })
    world.environment = { TRIPLANE_ORDER_PLANES: plane.url, TRIPLANE_TOKEN: 'secret' }
    expect(await world.run('tune', 'OFI', 'horizonMs=5000', '--why', 'x')).toBe(1)
    expect(world.messages).toBe(`triplane: Expected ${plane.url} to tune, was refused: Nothing was tuned.\n`)
  })
})

describe("the operator's token", () => {
  const file = join(mkdtempSync(join(tmpdir(), 'triplane-cli-')), 'token')
  writeFileSync(file, 'from-file\n')

  it.each([
    ['TRIPLANE_TOKEN', { TRIPLANE_TOKEN: 'plain' }, [], 'plain'],
    ['TRIPLANE_TOKEN_FILE', { TRIPLANE_TOKEN_FILE: file }, [], 'from-file'],
    ['TRIPLANE_OPERATOR_TOKEN of the compose stack', { TRIPLANE_OPERATOR_TOKEN: 'of-stack' }, [], 'of-stack'],
    ['--token-file, which wins', { TRIPLANE_TOKEN: 'plain' }, ['--token-file', file], 'from-file'],
  ])('comes from %s', async (_, environment, flags, token) => {
    const plane = await aPlane(200, obeyed)
    world.environment = { ...environment, TRIPLANE_ORDER_PLANES: plane.url }
    expect(await world.run('halt', '--why', 'x', ...flags)).toBe(0)
    expect(plane.asked[0]?.authorization).toBe(`Bearer ${token}`)
  })

  it.each([
    ['none', {}, "Expected an operator's token in TRIPLANE_TOKEN"],
    ['a file that is not there', { TRIPLANE_TOKEN_FILE: '/nowhere' }, 'Cannot read the file of TRIPLANE_TOKEN_FILE'],
    ['a file without one', { TRIPLANE_TOKEN_FILE: '/dev/null' }, 'Expected a secret in the file'],
  ])('is required: %s is exit code 2', async (_, environment, message) => {
    world.environment = environment
    expect(await world.run('halt', '--why', 'x')).toBe(2)
    expect(world.messages).toContain(message)
  })
})

describe('a wrong command line', () => {
  it.each([
    ['no reason', ['halt'], "required option '--why <text>' not specified"],
    ['an unknown command', ['stop'], "unknown command 'stop'"],
    ['something too much', ['halt', 'SPY', '--why', 'x'], 'too many arguments'],
  ])('%s is exit code 2', async (_, argv, message) => {
    expect(await world.run(...argv)).toBe(2)
    expect(world.messages).toContain(message)
  })

  it('an invalid address is exit code 2', async () => {
    world.environment = { TRIPLANE_TOKEN: 'x', TRIPLANE_ORDER_PLANES: 'localhost:8001' }
    expect(await world.run('halt', '--why', 'x')).toBe(2)
    expect(world.messages).toContain('Expected TRIPLANE_ORDER_PLANES to name addresses such as http://127.0.0.1:8001')
  })

  it('help is exit code 0', async () => {
    expect(await world.run('--help')).toBe(0)
    expect(world.output).toContain('Usage: triplane')
  })
})
