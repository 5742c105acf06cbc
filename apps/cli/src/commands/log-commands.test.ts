import { appendFileSync, mkdtempSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InputLog } from '@triplane/service'
import { anOperatorCommand } from '@triplane/testing'
import { CliWorld } from '../../test/cli-world.ts'

describe('log read', () => {
  let folder: string
  let file: string
  const world = new CliWorld()
  const ranges = [{ topic: 'market.events.v2', partition: 0, lastOffset: 10, count: 3 }]
  const turns = [
    { turn: 1, ranges, tickUs: 5, injected: [] },
    { turn: 2, ranges: [], injected: [{ producer: 'ada', event: anOperatorCommand() }] },
  ]
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'triplane-log-'))
    file = join(folder, 'input-0.log')
    const log = new InputLog(folder, { runId: 'r', plane: 'order-plane', configDigest: 'd', commit: 'c' })
    log.begin(0)
    for (const turn of turns) log.append(turn)
    await log.close()
  })
  afterEach(() => rmSync(folder, { recursive: true }))
  const shown = () =>
    world.output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)

  it('prints who wrote a segment, and its turns', async () => {
    expect(await world.run('log', 'read', file)).toBe(0)
    expect(shown()).toEqual([expect.objectContaining({ version: 3, plane: 'order-plane', afterTurn: 0 }), ...turns])
  })

  it('leaves out a torn last record', async () => {
    appendFileSync(file, 'TPR')
    expect(await world.run('log', 'read', file)).toBe(0)
    expect(shown()).toHaveLength(3)
  })

  it('says what it cannot read', async () => {
    expect(await world.run('log', 'read', join(folder, 'none.log'))).toBe(2)
    expect(world.messages).toMatch(/^triplane: Cannot read .*none\.log: ENOENT/)
    truncateSync(file, 20)
    expect(await world.run('log', 'read', file)).toBe(1)
    expect(world.messages).toMatch(/Expected turns in .*input-0\.log, was none/)
  })
})
