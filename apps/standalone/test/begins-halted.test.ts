import { runStandalone, temporaryFolder } from './run-standalone.ts'

const flags = ['--seed', '3', '--duration', '60s', '--speed', 'max', '--start-time', '2024-08-08T14:30Z']

describe('a run that begins halted', () => {
  const varFolder = temporaryFolder()

  it('trades nothing, from its first market event on', async () => {
    const traded = await runStandalone(flags, varFolder())
    expect(traded.events.fill).toBeGreaterThan(0)
    const { events, killSwitches } = await runStandalone([...flags, '--halted'], varFolder())
    expect([events.orderIntent, events.fill, events.trade]).toEqual([0, 0, traded.events.trade])
    expect(killSwitches).toMatchObject({ manual: { active: true } })
  })
})
