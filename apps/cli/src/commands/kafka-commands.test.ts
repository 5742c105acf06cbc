import { CliWorld } from '../../test/cli-world.ts'

describe('kafka prepare', () => {
  it('says what it changed', async () => {
    const world = new CliWorld()
    const prepared = { granted: 2, revoked: 1, isOpen: false }
    world.prepared = prepared
    expect(await world.run('kafka', 'prepare')).toBe(0)
    expect(world.output).toBe('The topics are there. Rights granted: 2, taken away: 1.\n')
    expect(await world.json('kafka', 'prepare')).toEqual({ code: 0, value: prepared })
  })

  it('says that a broker without rights has none', async () => {
    const world = new CliWorld()
    world.prepared = { granted: 0, revoked: 0, isOpen: true }
    await world.run('kafka', 'prepare')
    expect(world.output).toBe('The topics are there. This Kafka asks nobody who is there, and has no rights to give.\n')
  })
})
