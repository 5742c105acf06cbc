import { anAuditLink } from '@triplane/testing'
import { CliWorld } from '../../test/cli-world.ts'

const key = 'ab'.repeat(32)
const newest = { link: 7, mac: 'cd'.repeat(32) }

let world: CliWorld
beforeEach(() => {
  world = new CliWorld()
  world.environment = { TRIPLANE_AUDIT_KEY: key, KAFKA_BROKERS: '127.0.0.1:9092' }
})

describe('audit verify', () => {
  it('verifies under the key, against the newest published link', async () => {
    await world.publish(anAuditLink({ link: 6 }))
    await world.publish(anAuditLink(newest))
    const seen: unknown[] = []
    world.judge = (...given) => {
      seen.push(...given)
      return { isIntact: true, rows: 7, newest, problems: [] }
    }
    const { code, value } = await world.json('audit', 'verify')
    expect(seen).toEqual([Buffer.from(key, 'hex'), expect.objectContaining(newest)])
    expect([code, value]).toMatchObject([
      0,
      { isIntact: true, rows: 7, newest, published: newest, comparedWithPublished: true, problems: [] },
    ])
    await world.run('audit', 'verify')
    expect(world.output).toBe('The audit is intact: 7 rows.\nThe end was compared with what was published: row 7.\n')
  })

  it('fails when rows were changed or cut, and names them', async () => {
    world.judge = () => ({
      isIntact: false,
      rows: 5,
      problems: [
        { code: 'changed_row', link: 2 },
        { code: 'tail_cut', newestLink: 5, publishedLink: 7 },
      ],
    })
    expect(await world.run('audit', 'verify')).toBe(1)
    expect(world.output).toContain('The audit is NOT intact: 5 rows.\n  Row 2 is not as it was written.\n')
    expect(world.output).toContain('  The end is cut: row 7 was published, the last one here is 5.\n')
    expect(world.messages).toBe('triplane: Expected an intact audit, was 2 problems\n')
  })

  it('reports that it cannot verify the end', async () => {
    world.environment = { TRIPLANE_AUDIT_KEY: key }
    expect((await world.json('audit', 'verify')).value).toMatchObject({ comparedWithPublished: false })
    expect(await world.run('audit', 'verify')).toBe(0)
    expect(world.output).toContain('The end was NOT compared with what was published')
  })

  it('fails, but verifies the rows, while Kafka is down', async () => {
    world.kafkaFault = new Error('no broker answers')
    expect(await world.run('audit', 'verify')).toBe(1)
    expect(world.output).toContain('The audit is intact: 0 rows.')
    expect(world.messages).toBe('triplane: Expected the newest link of the audit from Kafka, was: no broker answers\n')
  })

  it.each([
    ['no key', {}, 'Expected the key of the audit in TRIPLANE_AUDIT_KEY'],
    ['a key that is none', { TRIPLANE_AUDIT_KEY: 'secret' }, '(TRIPLANE_AUDIT_KEY): expected 64 hex digits, found ***'],
    ['a key of the old length', { TRIPLANE_AUDIT_KEY: '5ec4e7'.repeat(10) }, 'expected 64 hex digits, found ***'],
  ])('%s is exit code 2', async (_, environment, message) => {
    world.environment = environment
    expect(await world.run('audit', 'verify')).toBe(2)
    expect(world.messages).toContain(message)
    expect(world.messages).not.toMatch(/secret|5ec4/)
  })
})
