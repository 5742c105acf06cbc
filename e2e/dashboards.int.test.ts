import { describeWithDocker, startPostgres } from '@triplane/testing/containers'
import pg from 'pg'
import { createDashboards } from '../tools/dashboards/index.ts'
import { framesOf, type PrometheusSeries, type SqlRows } from '../tools/dashboards/grafana-frames.ts'
import { transformed } from '../tools/dashboards/grafana-data.ts'
import { panelsOf, queriesOf, type DashboardQuery, type View } from '../tools/dashboards/queries.ts'
import { Monitoring } from './monitoring.ts'
import { StandaloneProcess } from './standalone-process.ts'
import { buildApps, eagerStrategy } from './stack.ts'

/** Market time relative to wall time: five-minute bars close during the test. */
const SPEED = '5'
const SESSION_MS = 75_000

type Answer = readonly PrometheusSeries[] | SqlRows

/** A selection of everything. A variable with a single value gets the first. */
const picked = {
  job: ['data-plane', 'data-plane-book', 'order-plane', 'strategy-plane'],
  exchange: 'sim',
  strategy: ['OFI'],
  symbol: ['BTC/USDT', 'ETH/USDT'],
}

/** Panels, annotations and variables whose queries return nothing in such a session, and why. */
const emptyBecause: Readonly<Record<string, readonly string[]>> = {
  'no switch trips': [
    'Data Plane / Kill switches / Anno',
    'Live Market / Kill switches / Anno',
    'ML Pipeline / Kill switches / Anno',
    'Order Plane / Kill switches / Anno',
    'SLOs / Kill switches / Anno',
    'Services / Kill switches / Anno',
    'Strategy Plane / Kill switches / Anno',
    'Strategy Plane / Kill switches released by themselves / A',
    'System Overview / Kill switches / Anno',
    'Trading Performance / Kill switches / Anno',
  ],
  'no operator commands': ['Strategy Plane / Commands of operators / A'],
  'no order is lowered while reducing': ['Order Plane / Fills and cut-downs / D'],
  'no rate is fed': ['Trading Performance / Rates that are fed / A'],
  'no series are dropped': ['System Overview / Series / B'],
  'no indicator is computed yet': [
    'Live Market / Indicators / A',
    'Live Market / Price / B',
    'Live Market / RSI / A',
    'Strategy Plane / Indicators / A',
  ],
  'nothing records it yet, see docs/metrics.md': [
    'Order Plane / Rejections and errors / B',
    'Strategy Plane / Indicators / B',
    'Strategy Plane / PnL by strategy / D',
  ],
  'the portfolio is not optimised, nor a regime judged, yet': [
    'Strategy Plane / Portfolio optimisation time / A',
    'Strategy Plane / Portfolio optimisation time / B',
    'Strategy Plane / Portfolio optimisations / A',
    'Strategy Plane / Regime / A',
    'Strategy Plane / Regime / B',
    'Strategy Plane / Regime changes / A',
  ],
  'no model predicts and no batch job runs yet': [
    'ML Pipeline / Batch job runs / A',
    'ML Pipeline / Batch job runs / B',
    'ML Pipeline / Data drift / A',
    'ML Pipeline / Duration of the last run / A',
    'ML Pipeline / Errors of the last run / A',
    'ML Pipeline / Feature age / A',
    'ML Pipeline / Model accuracy / A',
    'ML Pipeline / Prediction latency p95 / A',
    'ML Pipeline / Prediction latency p95 / B',
    'ML Pipeline / Predictions / A',
    'ML Pipeline / Predictions by symbol / A',
    'ML Pipeline / Records of the last run / A',
    'ML Pipeline / Time since a batch job succeeded / A',
    'ML Pipeline / dag / dag',
    'ML Pipeline / exchange / exchange',
    'ML Pipeline / symbol / symbol',
  ],
  'heartbeat-watch does not run beside the test': [
    'Services / heartbeat_watch_age_seconds / A',
    'Services / heartbeat_watch_missed_total / A',
  ],
  'there is no node exporter beside the test': [
    'System Overview / CPU / A',
    'System Overview / Disk / A',
    'System Overview / Memory / A',
  ],
}

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
    monitoring = await Monitoring.start({ urls: app.urls, environment: {}, divisor: 1 })
    await new Promise((resolve) => setTimeout(resolve, SESSION_MS))
    pool = new pg.Pool({ connectionString: postgres.url })
    const { rows } = await pool.query<{ run_id: string }>('select run_id from current_run')
    view = { fromMs, toMs: Date.now(), stepSeconds: 1, values: { ...picked, run: rows[0]?.run_id ?? '' } }
  }, 240_000)

  afterAll(async () => {
    await pool?.end()
    await Promise.all([monitoring?.remove(), app?.stop()])
    await postgres?.remove()
  }, 60_000)

  async function answerTo(query: DashboardQuery): Promise<Answer> {
    if (query.kind === 'sql') return (await pool.query<Record<string, unknown>>(query.sql)).rows
    if (query.kind === 'instant') return monitoring.query(query.expr, query.timeMs)
    const { expr, stepSeconds } = query
    // Five-minute steps begin at full ones: a session of one minute may have none.
    const isLong = stepSeconds * 1000 > SESSION_MS
    const [startMs, endMs] = isLong ? [view.toMs, view.toMs] : [query.startMs, query.endMs]
    return monitoring.queryRange(expr, startMs, endMs, stepSeconds)
  }

  it("show data in every panel, or have a known reason not to; and the data passes the panels' transformations", async () => {
    const empty: string[] = []
    let queries = 0
    for (const dashboard of createDashboards()) {
      const answers = new Map<string, Record<string, Answer>>()
      const isOne = dashboard.templating.list?.some(({ name, multi }) => name === 'symbol' && !multi)
      const values = { ...view.values, ...(isOne && { symbol: picked.symbol[0] as string }) }
      for (const query of queriesOf(dashboard, { ...view, values })) {
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
    expect(empty.sort()).toEqual(Object.values(emptyBecause).flat().sort())
  }, 120_000)
})
