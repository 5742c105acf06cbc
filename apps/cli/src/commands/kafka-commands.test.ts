import { CliWorld } from '../../test/cli-world.ts'

describe('kafka prepare', () => {
  it('says what it changed', async () => {
    const world = new CliWorld()
    world.prepared = { granted: 2, revoked: 1 }
    expect(await world.run('kafka', 'prepare')).toBe(0)
    expect(world.output).toBe('The topics are there. Rights granted: 2, taken away: 1.\n')
    expect(await world.json('kafka', 'prepare')).toEqual({ code: 0, value: { granted: 2, revoked: 1 } })
  })
})
