import { connect } from 'node:net'
import { createHealth } from '@triplane/health'
import { createMetrics } from './metrics.ts'
import { startMetricsServer, type MetricsServer, type MetricsServerOptions } from './metrics-server.ts'

const servers: MetricsServer[] = []

async function serve(options: Partial<MetricsServerOptions> = {}) {
  const server = await startMetricsServer(createMetrics('data_plane'), { port: 0, ...options })
  servers.push(server)
  return server
}

const textOf = async (url: string) => (await fetch(`${url}/metrics`)).text()

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

describe('the metrics server', () => {
  it('serves the text format with the metrics of service, Node and process', async () => {
    const { url } = await serve()
    const response = await fetch(`${url}/metrics`)
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const text = await response.text()
    expect(text).toContain('# TYPE data_ticks_received_total counter\n')
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds\{service="data_plane"\} /m)
    expect(text).toMatch(/^process_resident_memory_bytes\{service="data_plane"\} \d+$/m)
    expect(text).toContain(
      `triplane_build_info{version="unknown",commit="unknown",node="${process.version}",service="data_plane"} 1\n`,
    )
    expect(text.endsWith('\n')).toBe(true)
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    expect(lines.every((line) => /^[a-z_0-9]+\{.*service="data_plane".*\} \S+$/.test(line))).toBe(true)
  })

  it('serves the requested families and refuses others', async () => {
    const { url } = await serve()
    expect(await (await fetch(`${url}/metrics?families=book`)).text()).toMatch(/^# HELP crypto_orderbook_bid_price /)
    const refused = await fetch(`${url}/metrics?families=books`)
    expect(refused.status).toBe(400)
    expect(await refused.text()).toBe('Expected families to be one of all, core, book, was "books"\n')
  })

  it('continues when the client disconnects in the middle of the answer', async () => {
    const { port } = new URL((await serve()).url)
    for (let i = 0; i < 20; i++) {
      const socket = connect(Number(port), '127.0.0.1')
      socket.on('error', () => undefined)
      socket.write('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n')
      await new Promise((resolve) => setTimeout(resolve, i % 5))
      socket.destroy()
    }
    expect(await textOf(`http://127.0.0.1:${port}`)).toContain('triplane_build_info')
  })

  it('serves health, from its checks', async () => {
    let lagSeconds = 1
    const { url } = await serve({
      health: createHealth({ checks: { lag: () => ({ healthy: lagSeconds <= 5, details: { lagSeconds } }) } }),
    })
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'healthy' })
    lagSeconds = 6
    expect((await fetch(`${url}/health`)).status).toBe(503)
  })

  it('shows at a scrape whether the service is ready, like /ready', async () => {
    let lagSeconds = 1
    const health = createHealth({ readiness: { lag: () => ({ healthy: lagSeconds <= 5, details: { lagSeconds } }) } })
    const { url } = await serve({ health })
    const shown = async () => /^triplane_ready\{service="data_plane"\} (\S+)$/m.exec(await textOf(url))?.[1]
    const until = async (value: string) => {
      while ((await shown()) !== value) await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await until('1')
    lagSeconds = 6
    await until('0')
    expect((await fetch(`${url}/ready`)).status).toBe(503)
  })

  it('names the port that is taken', async () => {
    const { url } = await serve()
    const port = Number(new URL(url).port)
    await expect(serve({ port })).rejects.toMatchObject({
      name: 'MetricsServerError',
      code: 'port_in_use',
      message: `Expected port ${port} on 127.0.0.1 to be free for the metrics of data_plane, was in use by another program.`,
    })
  })
})
