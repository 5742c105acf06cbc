import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CliWorld } from '../../test/cli-world.ts'

const infrastructure = join(__dirname, '../../../../infrastructure')

let world: CliWorld
let folder: string
beforeEach(() => {
  world = new CliWorld()
  folder = mkdtempSync(join(tmpdir(), 'triplane-render-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const render = (...flags: string[]) => ['monitoring', 'render', '--from', infrastructure, '--to', folder, ...flags]

describe('monitoring render', () => {
  it('writes the files of Prometheus and Alertmanager, and reports who is notified', async () => {
    world.environment = {
      SLACK_WEBHOOK_URL: 'https://hooks.slack.com/x',
      DEADMAN_URL: 'https://deadman.example/',
      HOME: '/root',
    }
    expect(await world.run(...render())).toBe(0)
    expect(world.output.split('\n').slice(0, 5).join('\n')).toMatchInlineSnapshot(`
      "alerts    go to
      critical  slack
      error     slack
      warning   slack
      deadman   webhook"
    `)
    expect(world.messages).toBe('')
    const text = (path: string) => readFileSync(join(folder, path), 'utf8')
    expect(text('prometheus/prometheus.yml')).toContain('job_name: order-plane')
    expect(text('alertmanager/alertmanager.yml')).toContain('/etc/alertmanager/secrets/slack-critical')
    expect(text('alertmanager/secrets/slack-critical')).toBe('https://hooks.slack.com/x')
  })

  it('warns in one line that alerts go nowhere, and that a second run changes nothing', async () => {
    expect(await world.run(...render())).toBe(0)
    expect(world.output).toContain(
      '\nAlerts go nowhere. Set SLACK_WEBHOOK_URL, SMTP_HOST, TELEGRAM_BOT_TOKEN or ALERT_WEBHOOK_URL.\n',
    )
    const { code, value } = await world.json(...render())
    expect({ code, value }).toMatchObject({
      code: 0,
      value: {
        to: folder,
        written: [],
        removed: [],
        channels: { critical: [] },
        notices: [expect.any(String), expect.any(String)],
      },
    })
  })

  it('supports another folder for Alertmanager, and another owner for secrets', async () => {
    world.environment = { SLACK_WEBHOOK_URL: 'https://hooks.slack.com/x' }
    const { uid, gid } = statSync(folder)
    expect(await world.run(...render('--alertmanager-folder', '/opt/am', '--owner', `${uid}:${gid}`))).toBe(0)
    expect(readFileSync(join(folder, 'alertmanager/alertmanager.yml'), 'utf8')).toContain(
      '/opt/am/secrets/slack-critical',
    )
    expect(statSync(join(folder, 'alertmanager/secrets/slack-critical'))).toMatchObject({ uid, gid })
  })

  it.each([
    [
      'a setting that is wrong',
      { TRIPLANE_TARGETS: 'moon' },
      [],
      'triplane.targets (TRIPLANE_TARGETS): expected one of',
    ],
    [
      'a setting that is misspelt',
      { SLACK_WEBHOOK_UR: 'x' },
      [],
      'SLACK_WEBHOOK_UR: expected a variable that is known (SLACK_WEBHOOK_URL)',
    ],
    ['a folder without rules', {}, ['--from', '/nowhere'], '/nowhere/prometheus/prometheus.yml is not valid:'],
    ['an owner without a group', {}, ['--owner', 'nobody'], 'Expected two numbers such as 65534:65534.'],
  ])('%s is exit code 2, and nothing is written', async (_, environment, flags, message) => {
    world.environment = environment
    expect(await world.run(...render(...flags))).toBe(2)
    expect(world.messages).toContain(message)
    expect(existsSync(join(folder, 'prometheus'))).toBe(false)
  })

  it('exits with 1 for a folder that it cannot write to', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    expect(await world.run('monitoring', 'render', '--from', infrastructure, '--to', file)).toBe(1)
    expect(world.messages).toMatch(/^triplane: Cannot write to .*file: (ENOTDIR|EEXIST)/)
  })
})
