import { createHash } from 'node:crypto'
import { parseOperatorTokens } from '@triplane/control'
import { CliWorld } from '../../test/cli-world.ts'

describe('token create', () => {
  it('creates a token of 256 bits that its entry admits', async () => {
    const world = new CliWorld()
    const { code, value } = await world.json<Record<'name' | 'token' | 'entry', string>>('token', 'create', 'ann')
    expect(code).toBe(0)
    expect(Buffer.from(value.token, 'base64url')).toHaveLength(32)
    const hash = createHash('sha256').update(value.token).digest('hex')
    expect(parseOperatorTokens(value.entry)).toEqual([{ name: 'ann', hash }])
    await world.run('token', 'create', 'ann')
    expect(world.output).toMatch(/^token of ann.*\n {2}\S{43}\n.*TRIPLANE_OPERATOR_TOKENS.*\n {2}ann:[0-9a-f]{64}\n$/)
  })

  it('refuses a name that the planes would refuse', async () => {
    const world = new CliWorld()
    expect(await world.run('token', 'create', 'ann:bob')).toBe(2)
    expect(world.output).toBe('')
  })
})
