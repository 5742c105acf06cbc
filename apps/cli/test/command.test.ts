import { statSync } from 'node:fs'
import { join } from 'node:path'
import { fromSources, triplane } from './triplane.ts'

const bundle = join(__dirname, '../../../dist/apps/cli/main.js')

jest.setTimeout(60_000)

describe('the command as a process', () => {
  it.each([
    ['help', ['--help'], {}, 0, /^Usage: triplane/, /^$/],
    ['a wrong command line', ['halt'], {}, 2, /^$/, /^error: required option '--why <text>' not specified\n/],
    ['no token', ['halt', '--why', 'x'], {}, 2, /^$/, /^triplane: Expected an operator's token/],
    [
      'a plane that is down',
      ['halt', '--why', 'x'],
      { TRIPLANE_TOKEN: 'x', TRIPLANE_ORDER_PLANES: 'http://127.0.0.1:1' },
      1,
      /no answer/,
      /^triplane: Expected every order plane to answer, was silence from http:\/\/127\.0\.0\.1:1\n$/,
    ],
    ['no database', ['dlq', 'list'], {}, 2, /^$/, /^triplane: Expected DATABASE_URL to name the database/],
    [
      'a setting that is wrong, and others that are not ours',
      ['run', 'list'],
      { TRIPLANE_KAFKA_REPLICAS: 'many', TRIPLANE_WHATEVER: '1' },
      2,
      /^$/,
      /^triplane: The configuration is not valid:\n {2}kafka.replicas \(TRIPLANE_KAFKA_REPLICAS\).*\n$/,
    ],
  ])('%s', async (_, argv, environment, code, output, messages) => {
    const ended = await triplane(argv, environment)
    expect(ended.messages).toMatch(messages)
    expect(ended.output).toMatch(output)
    expect(ended.code).toBe(code)
  })

  it('runs its bundle unchanged while its sources are unchanged', async () => {
    await triplane(['--help'], {})
    const bundledMs = statSync(bundle).mtimeMs
    expect(await triplane(['--help'], {})).toMatchObject({ code: 0, messages: '' })
    expect(statSync(bundle).mtimeMs).toBe(bundledMs)
  })

  it('runs from its sources where there is no bundle', async () => {
    const ended = await triplane(['--help'], {}, fromSources)
    expect(ended).toMatchObject({ code: 0, messages: '' })
    expect(ended.output).toMatch(/^Usage: triplane/)
  })
})
