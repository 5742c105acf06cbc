import { parseOptions, UsageError } from './options.ts'

const parse = (...flags: string[]) => parseOptions(flags, () => 42)

describe('parseOptions', () => {
  it('runs the simulated market live by default', () => {
    expect(parse()).toMatchObject({
      captures: [],
      speed: 1,
      durationUs: undefined,
      scenario: 'calm',
      seed: 42,
      startTimeUs: undefined,
      sessions: 'always',
      storage: true,
      hash: true,
      host: '127.0.0.1',
      ports: [8000, 8001, 8002],
    })
  })

  it.each([
    ['500ms', 500_000],
    ['30s', 30_000_000],
    ['1.5m', 90_000_000],
    ['2h', 7_200_000_000],
  ])('reads --duration %s as %i microseconds', (text, want) => {
    expect(parse('--duration', text).durationUs).toBe(want)
  })

  it('starts a scenario at its own time and for its own duration by default', () => {
    expect(parse('--scenario', 'storm')).toMatchObject({ startTimeUs: 1_723_127_400_000_000, durationUs: 150_000_000 })
    expect(parse('--scenario', 'storm', '--duration', '10s', '--start-time', '2024-01-01T00:00Z')).toMatchObject({
      startTimeUs: 1_704_067_200_000_000,
      durationUs: 10_000_000,
    })
  })

  it.each([
    [['--speed', '0'], /Expected a number above 0/],
    [['--speed', 'fast'], /Expected a number above 0/],
    [['--duration', '30'], /Expected a duration above 0/],
    [['--seed', '-1'], /Expected a whole number/],
    [['--seed', '1e3'], /Expected a whole number/],
    [['--start-time', 'yesterday'], /Expected an ISO 8601 time/],
    [['--ports', '8000'], /Expected three ports/],
    [['--ports', '8000,8001,99999'], /Expected three ports/],
    [['--scenario', 'tsunami'], /flash-crash/],
    [['--colour', 'red'], /unknown option '--colour'/],
    [['extra'], /too many arguments/],
    [['--capture', 'a.gz', '--seed', '1'], /Expected --capture or --seed, found both/],
    [['--capture', 'a.gz', '--resume'], /Expected --capture or --resume, found both/],
    [['--venue', 'binance_spot'], /Expected --capture with --venue/],
    [['--resume', '--seed', '1'], /Expected --resume without/],
  ])('refuses %j', (flags, message) => {
    expect(() => parse(...flags)).toThrow(UsageError)
    expect(() => parse(...flags)).toThrow(message)
  })

  it('explains every flag with --help, which is no error', () => {
    try {
      parse('--help')
      throw new Error('Expected --help to end the parsing')
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError)
      const { message, exitCode } = error as UsageError
      expect(exitCode).toBe(0)
      for (const flag of [
        '--capture',
        '--speed',
        '--duration',
        '--scenario',
        '--seed',
        '--resume',
        '--halted',
        '--storage',
        '--hash',
        '--report',
        '--ports',
      ])
        expect(message).toContain(flag)
    }
  })
})
