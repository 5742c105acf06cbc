import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadInstruments } from '@triplane/config'
import { systemClock } from '@triplane/kernel'
import { createLogger } from '@triplane/logging'
import { startRun, type ServiceParts } from '@triplane/service'
import { readExposition } from '@triplane/testing'
import { composeDataPlane } from '../apps/data-plane/src/compose.ts'
import { loadDataServiceConfig } from '../apps/data-plane/src/config.ts'
import { composeOrderPlane } from '../apps/order-plane/src/compose.ts'
import { loadOrderServiceConfig } from '../apps/order-plane/src/config.ts'
import { composeStrategyPlane } from '../apps/strategy-plane/src/compose.ts'
import { loadStrategyServiceConfig } from '../apps/strategy-plane/src/config.ts'
import { FakeBinance } from '../libs/feeds/test/live-feed.ts'
import { kafkaInMemory, sharedSource } from '../libs/service/test/kafka-in-memory.ts'

const venue = 'binance_spot'
const instruments = loadInstruments().filter((instrument) => instrument.venue === venue)
const soon = () => new Promise((resolve) => setTimeout(resolve, 10))

/** The three planes as services, on a bus in memory instead of Kafka, live at a venue of this process. */
class Services {
  readonly fake: FakeBinance
  readonly strategy: ServiceParts
  readonly #services: readonly ServiceParts[]
  readonly #stopping = new AbortController()
  readonly #works: Promise<unknown>

  private constructor(fake: FakeBinance, services: readonly [ServiceParts, ServiceParts, ServiceParts]) {
    this.fake = fake
    this.#services = services
    this.strategy = services[1]
    const { signal } = this.#stopping
    this.#works = Promise.all(services.flatMap(({ parts }) => parts.map(async ({ run }) => run?.(signal))))
  }

  static async start(folder: string, settings: Readonly<Record<string, string>>): Promise<Services> {
    const fake = await FakeBinance.start(
      venue,
      instruments.map(({ venueSymbol }) => venueSymbol),
    )
    const kafka = kafkaInMemory({ nowUs: systemClock.nowUs, partitions: ({ batched }) => (batched ? 4 : 1) })
    const bus = sharedSource(kafka)
    const shared = { TRIPLANE_STATE_FOLDER: folder, TRIPLANE_MARKET_VENUES: venue }
    const logger = createLogger({ service: 'test', destination: { write: () => undefined } })
    const edges = { logger, clock: systemClock }
    const data = {
      ...{ TRIPLANE_SOURCE_KIND: 'venue', TRIPLANE_SOURCE_VENUE: venue },
      ...{ TRIPLANE_SOURCE_WS_URL: fake.wsUrl, TRIPLANE_SOURCE_REST_URL: fake.restUrl },
    }
    const environment = { ...shared, ...data, ...settings }
    await startRun(kafka, {
      ...{ runId: 'past0001', mode: 'live', venues: [venue], who: 'test', nowUs: systemClock.nowUs() },
    })
    return new Services(fake, [
      composeDataPlane(loadDataServiceConfig(environment), edges, bus),
      composeStrategyPlane(loadStrategyServiceConfig(environment), edges, bus),
      await composeOrderPlane(loadOrderServiceConfig(environment), edges, bus),
    ])
  }

  /** The instruments that MOM does not trade yet, as the strategy plane shows them; undefined before it has a run. */
  warmingUp(): readonly string[] | undefined {
    const view = this.strategy.parts.flatMap(({ views }) => views?.['strategies'] ?? [])[0]
    const shown = view?.() as readonly { readonly name: string; readonly warmingUp: readonly string[] }[] | undefined
    return shown?.find(({ name }) => name === 'MOM')?.warmingUp
  }

  /** Samples of a family of the strategy plane. */
  async samples(family: string) {
    return readExposition(await this.strategy.metrics.expose()).find(({ name }) => name === family)?.samples ?? []
  }

  async isWarm(): Promise<boolean> {
    const checks = this.strategy.parts.map(({ checks }) => checks?.['warm_up']).filter((check) => check !== undefined)
    const [check] = checks
    return check !== undefined && typeof check !== 'function' && (await check.check()).healthy
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#works
    for (const { parts } of this.#services) for (const { close } of [...parts].reverse()) await close?.()
    await this.fake.stop()
  }
}

describe('three planes as services at a live venue', () => {
  const folder = mkdtempSync(join(tmpdir(), 'triplane-past-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const settings = { TRIPLANE_STRATEGY_STRATEGIES: 'OFI,MOM', TRIPLANE_STRATEGY_MOM_BARS: '5' }
  let services: Services
  afterEach(() => services.stop())

  it('warm a strategy up with the past bars that the setting requests, before any market data arrives', async () => {
    services = await Services.start(join(folder, 'enough'), { ...settings, TRIPLANE_SOURCE_PAST_BARS: '1m:6' })
    while (services.warmingUp()?.length !== 0) await soon()
    expect(await services.isWarm()).toBe(true)
    expect(services.fake.barRequests.length).toBe(instruments.length)
  }, 60_000)

  it('show a strategy that needs more of them than the setting requests', async () => {
    services = await Services.start(join(folder, 'few'), { ...settings, TRIPLANE_SOURCE_PAST_BARS: '1m:2' })
    await services.fake.until(() => services.fake.open === 1)
    // Order flow arrives after past bars: once it is there, they are too.
    const hasFlow = async () =>
      (await services.samples('triplane_stage_in_total')).some(
        ({ labels, value }) => labels['stage'] === 'signals' && value > 0,
      )
    while (!(await hasFlow())) {
      services.fake.tick()
      await soon()
    }
    const cold = services.warmingUp() ?? []
    expect(cold).toContain('BTC/USDT@binance_spot')
    const samples = await services.samples('strategy_warming_up_instruments')
    expect(samples.find(({ labels }) => labels['strategy'] === 'MOM')?.value).toBe(cold.length)
    expect(await services.isWarm()).toBe(false)
  }, 60_000)
})
