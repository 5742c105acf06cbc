import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createStateCodec } from '@triplane/service'
import { stateMutations } from '@triplane/testing'
import { strategies } from '@triplane/strategy'
import { stoppedRunSchema } from '../src/stopped-run.ts'
import { runStandalone, temporaryFolder } from './run-standalone.ts'

/** Fields that the schemas of events leave to the venue or to the kind of order. */
const optional = new Set([
  'tsEventUs',
  'prevUpdateId',
  'limitPrice',
  'reason',
  'incomplete',
  'missing',
  'venue',
  'tradeId',
  'updateId',
  'firstUpdateId',
  'lastUpdateId',
])

describe('the saved state of a run', () => {
  const varFolder = temporaryFolder()

  it('is refused with a field missing or added, at any depth, by the path of the field', async () => {
    const flags = ['--seed', '7', '--start-time', '2024-08-08T14:30Z', '--scenario', 'bad-ticks']
    const report = await runStandalone([...flags, '--speed', 'max', '--duration', '60s'], varFolder())
    expect(report.events.fill).toBeGreaterThan(0)
    const text = readFileSync(join(varFolder(), 'standalone', 'run.json'), 'utf8')
    const codec = createStateCodec(stoppedRunSchema(strategies), { configurationDigest: 'any', commit: 'any' })
    const refusalOf = (saved: unknown): string => {
      try {
        codec.open(saved)
        return 'taken'
      } catch (error) {
        return (error as Error).message
      }
    }

    const saved: unknown = JSON.parse(text)
    const taken: string[] = []
    let mutations = 0
    for (const { path, kind } of stateMutations(saved, 1)) {
      mutations++
      const message = refusalOf(saved)
      if (message === 'taken') taken.push(`${kind} ${path}`)
      else if (!message.includes(path)) throw new Error(`Expected a message that names ${path}, was ${message}`)
    }
    expect(mutations).toBeGreaterThan(500)
    const unexpected = taken.filter((mutation) => {
      const [kind, path = ''] = mutation.split(' ')
      return kind === 'added' || !optional.has(path.split('/').at(-1) ?? '')
    })
    expect(unexpected).toEqual([])
    expect(refusalOf(saved)).toBe('taken')
  }, 180_000)
})
