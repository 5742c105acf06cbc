import { describeWithDocker, startPostgres } from '@triplane/testing/containers'
import pg from 'pg'
import { createDashboards } from '../tools/dashboards/index.ts'
import { framesOf, type PrometheusSeries, type SqlRows } from '../tools/dashboards/grafana-frames.ts'
import { transformed } from '../tools/dashboards/grafana-data.ts'
import { panelsOf, queriesOf, type DashboardQuery, type View } from '../tools/dashboards/queries.ts'
import { Monitoring } from './monitoring.ts'
import { StandaloneProcess } from './standalone-process.ts'
import { buildApps, eagerStrategy, until } from './stack.ts'

/** Market time against wall time: five-minute bars close while the test looks on. */
const SPEED = '5'
const SESSION_MS = 75_000

type Answer = readonly PrometheusSeries[] | SqlRows

/** Queries that such a session gives nothing for, by dashboard, panel and reference, and why. */
const emptyBecause: Readonly<Record<string, string>> = {}

describeWithDocker(['prometheus', 'alertmanager', 'timescale'], 'the dashboards after a session', () => {
  let postgres: Awaited<ReturnType<typeof startPostgres>>
  let app: StandaloneProcess
  let monitoring: Monitoring
  let pool: pg.Pool
  let view: View

  beforeAll(async () => {
    buildApps('standalone')
    postgres = await startPostgres('timescale')
    const fromMs = Date.now()
    app = await StandaloneProcess.start(['--seed', '3', '--speed', SPEED], {
      ...eagerStrategy,
      DATABASE_URL: postgres.url,
    })
    monitoring = await Monitoring.start({ urls: app.urls, environment: {}, divisor: 20 })
    await until('the session', () => Date.now() - fromMs > SESSION_MS, SESSION_MS * 2)
    pool = new pg.Pool({ connectionString: postgres.url })
    view = { fromMs, toMs: Date.now(), stepSeconds: 1, values: {} }
  }, 240_000)

  afterAll(async () => {
    await pool?.end()
    await Promise.all([monitoring?.remove(), app?.stop()])
    await postgres?.remove()
  }, 60_000)

  async function answerTo(query: DashboardQuery): Promise<Answer> {
    if (query.kind === 'sql') return (await pool.query<Record<string, unknown>>(query.sql)).rows
    if (query.kind === 'instant') return monitoring.query(query.expr, query.timeMs)
    return monitoring.queryRange(query.expr, query.startMs, query.endMs, query.stepSeconds)
  }

  it("show data in every panel, or it is known why not; and it goes through the panels' transformations", async () => {
    const empty: string[] = []
    let queries = 0
    for (const dashboard of createDashboards()) {
      const answers = new Map<string, Record<string, Answer>>()
      for (const query of queriesOf(dashboard, view)) {
        const name = `${query.dashboard} / ${query.from} / ${query.refId}`
        const answer = await answerTo(query).catch((error: unknown) => {
          throw new Error(`Expected an answer for ${name}, was ${String(error)}: ${JSON.stringify(query)}`)
        })
        queries++
        if (answer.length === 0) empty.push(name)
        if (query.of === 'panel') answers.set(query.from, { ...answers.get(query.from), [query.refId]: answer })
      }
      for (const panel of panelsOf(dashboard)) {
        const given = answers.get(panel.title ?? '') ?? {}
        const drawn = await transformed(panel, framesOf(panel, given))
        const hasData = Object.values(given).some((answer) => answer.length > 0)
        expect([panel.title, drawn.some(({ length }) => length > 0)]).toEqual([panel.title, hasData])
      }
    }
    expect(queries).toBeGreaterThan(150)
    expect(empty.sort()).toEqual(Object.keys(emptyBecause).sort())
  }, 120_000)
})
