import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeWithDocker, startAlertmanager, type MonitoringServer } from '@triplane/testing/containers'
import { CliWorld } from './cli-world.ts'
import { triplane } from './triplane.ts'

interface Message {
  readonly attachments: readonly [{ readonly title: string; readonly text: string }]
}

describeWithDocker(['alertmanager'], 'the command against Alertmanager', () => {
  jest.setTimeout(180_000)
  const folder = mkdtempSync(join(tmpdir(), 'triplane-alerts-'))
  const messages: Message[] = []
  let status = 200
  const slack = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      messages.push(JSON.parse(body) as Message)
      response.writeHead(status).end('ok')
    })
  })
  let alertmanager: MonitoringServer

  beforeAll(async () => {
    await new Promise<void>((resolve) => slack.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(slack.address() as AddressInfo).port}/`
    const rendered = await triplane(['monitoring', 'render', '--to', folder], { SLACK_WEBHOOK_URL_CRITICAL: url })
    expect(rendered).toMatchObject({ code: 0, messages: '' })
    const paths = readdirSync(join(folder, 'alertmanager'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
    alertmanager = await startAlertmanager(
      paths.map((path) => ({ target: path.replace(folder, '/etc'), content: readFileSync(path, 'utf8') })),
    )
  })
  afterAll(async () => {
    await alertmanager?.remove()
    slack.closeAllConnections()
    await new Promise((resolve) => slack.close(resolve))
    rmSync(folder, { recursive: true })
  })

  const world = new CliWorld()
  async function run(...argv: string[]) {
    world.environment = { ALERTMANAGER_URL: alertmanager.url }
    world.nowUs = () => Date.now() * 1000
    const code = await world.run(...argv, '--json')
    const { messages, output } = world
    return { code, messages, value: output === '' ? undefined : (JSON.parse(output) as unknown) }
  }

  it('sends a test alert through the channels of its severity', async () => {
    const environment = { ALERTMANAGER_URL: alertmanager.url }
    expect(await triplane(['alerts', 'test', '--severity', 'critical', '--plane', 'order'], environment)).toEqual({
      code: 0,
      messages: '',
      output: [
        'TestAlert, severity critical, plane order, went to the receiver critical.',
        'channel  outcome',
        'slack    sent',
        '',
      ].join('\n'),
    })
    expect(messages.map(({ attachments }) => attachments[0].title)).toEqual(['[FIRING:1] TestAlert | order | critical'])
    expect(messages[0]?.attachments[0].text).toMatch(/^\*This is a test: nothing is wrong\.\*\n• \S+ sent it by/)
  })

  it('reports that a test alert goes nowhere', async () => {
    expect(await run('alerts', 'test', '--severity', 'warning', '--plane', 'data')).toMatchObject({
      code: 1,
      value: { receivers: ['warning'], channels: {} },
      messages: expect.stringContaining('Expected a channel for alerts of severity warning, found none'),
    })
  })

  it('reports a channel that refuses', async () => {
    status = 403
    const refused = await run('alerts', 'test', '--severity', 'critical', '--plane', 'strategy', '--wait', '8')
    status = 200
    expect(refused).toMatchObject({ code: 1, value: { channels: { slack: 'failed' } } })
    expect(refused.messages).toContain('Expected every channel to take the message within 8 s, was: slack failed')
  })

  it('lists a firing alert, and silences it', async () => {
    const labels = { alertname: 'ProcessingStuck', severity: 'critical', plane: 'order', topic: 'a' }
    const headers = { 'content-type': 'application/json' }
    const endsAt = new Date(Date.now() + 3_600_000).toISOString()
    const body = JSON.stringify([{ labels, endsAt }])
    expect((await fetch(`${alertmanager.url}/api/v2/alerts`, { method: 'POST', headers, body })).status).toBe(200)
    const listed = async () => {
      const { alerts } = (await run('alerts', 'list')).value as { alerts: { name: string }[] }
      return alerts.filter(({ name }) => name === 'ProcessingStuck')
    }
    expect(await listed()).toMatchObject([{ severity: 'critical', plane: 'order', state: 'active', labels }])

    const silenced = await run('alerts', 'silence', 'TestAlert', 'plane=~ord.*', '--for', '1h', '--why', 'a drill')
    expect(silenced).toMatchObject({ code: 0, messages: '', value: { comment: 'a drill' } })
    const topic = await run('alerts', 'silence', 'ProcessingStuck', 'topic!=b', '--for', '1h', '--why', 'a drill')
    expect(topic).toMatchObject({ code: 0, messages: '', value: { alerts: [labels] } })
    const [{ id }, { id: other }] = [topic.value, silenced.value] as [{ id: string }, { id: string }]
    expect(await listed()).toMatchObject([{ state: `silenced by ${id}` }])
    expect(await run('alerts', 'test', '--severity', 'critical', '--plane', 'order')).toMatchObject({
      code: 1,
      messages: `triplane: Expected somebody to be told, was nobody: silenced by ${other}\n`,
    })

    expect(await run('alerts', 'unsilence', id)).toMatchObject({ code: 0, value: { ended: id } })
    expect(await run('alerts', 'silences')).toMatchObject({
      value: { silences: [{ id: other, status: { state: 'active' } }] },
    })
    expect(await listed()).toMatchObject([{ state: 'active' }])
    const unknown = '00000000-0000-4000-8000-000000000000'
    expect(await run('alerts', 'unsilence', unknown)).toMatchObject({ code: 1, value: undefined })
  })

  it("forwards Alertmanager's refusal", async () => {
    expect(await run('alerts', 'silence', 'a=~.*', '--for', '1h', '--why', 'x')).toMatchObject({
      code: 1,
      messages: expect.stringMatching(/^triplane: Expected Alertmanager at \S+ to silence, was: HTTP 400, /),
    })
  })
})
