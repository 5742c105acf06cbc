import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@triplane/kernel'
import { createLogger } from '@triplane/logging'
import { startRun, type ServiceParts } from '@triplane/service'
import { loadStrategies } from '@triplane/user-strategies'
import { composeDataPlane } from '../apps/data-plane/src/compose.ts'
import { loadDataServiceConfig } from '../apps/data-plane/src/config.ts'
import { composeOrderPlane } from '../apps/order-plane/src/compose.ts'
import { loadOrderServiceConfig } from '../apps/order-plane/src/config.ts'
import { runStandalone } from '../apps/standalone/test/run-standalone.ts'
import { writeTapeStrategy } from '../apps/standalone/test/tape-strategy.ts'
import { composeStrategyPlane } from '../apps/strategy-plane/src/compose.ts'
import { loadStrategyServiceConfig } from '../apps/strategy-plane/src/config.ts'
import { kafkaInMemory, sharedSource } from '../libs/service/test/kafka-in-memory.ts'

const START = '2024-08-08T14:30Z'
const SECONDS = 20
const settings = { TRIPLANE_ORDER_MIN_LATENCY_MS: '50', TRIPLANE_STRATEGY_STRATEGIES: 'OFI,TAPE' }
const soon = () => new Promise((resolve) => setTimeout(resolve, 10))

interface RunView {
  readonly hash?: string
  readonly isFinal: boolean
}

/**
 * Runs the planes as three services in lockstep, on a bus in memory instead of Kafka. Returns their hashes.
 */
async function runServices(folder: string, strategyFolder: string) {
  const kafka = kafkaInMemory({
    ...{ nowUs: systemClock.nowUs, partitions: ({ batched }) => (batched ? 4 : 1) },
    ...{ retainRecords: 1_000_000, maxUncommittedRecords: 1_000_000 },
  })
  const bus = sharedSource(kafka)
  const logger = createLogger({ service: 'test', destination: { write: () => undefined } })
  const edges = { logger, clock: systemClock }
  const source = { TRIPLANE_SOURCE_SPEED: 'max', TRIPLANE_SOURCE_DURATION_MS: String(SECONDS * 1000) }
  const environment = { ...settings, ...source, TRIPLANE_STATE_FOLDER: folder }
  await startRun(kafka, {
    ...{ runId: 'tape0001', mode: 'lockstep', venues: ['sim'], who: 'test', nowUs: systemClock.nowUs() },
    ...{ seed: 3, startUs: Date.parse(START) * 1000, scenario: 'calm', sessions: 'always' },
  })
  const strategies = await loadStrategies(strategyFolder)
  const services: readonly ServiceParts[] = [
    composeDataPlane(loadDataServiceConfig(environment), edges, bus),
    composeStrategyPlane(loadStrategyServiceConfig(environment, strategies), edges, bus),
    await composeOrderPlane(loadOrderServiceConfig(environment), edges, bus),
  ]
  const stopping = new AbortController()
  const works = Promise.all(services.flatMap(({ parts }) => parts.map(async ({ run }) => run?.(stopping.signal))))
  const views = () => services.map(({ parts }) => parts.flatMap(({ views }) => views?.['run'] ?? [])[0]?.() as RunView)
  while (!views().every(({ isFinal }) => isFinal)) await soon()
  const [data, strategy, order] = views().map(({ hash }) => hash)
  stopping.abort()
  await works
  for (const { parts } of services) for (const { close } of [...parts].reverse()) await close?.()
  return { data, order, strategy }
}

describe('a strategy that subscribes to trades', () => {
  const folder = mkdtempSync(join(tmpdir(), 'triplane-trades-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('does the same over the bus of three services in lockstep as in one process', async () => {
    const strategyFolder = writeTapeStrategy(folder)
    const flags = ['--seed', '3', '--start-time', START, '--duration', `${SECONDS}s`, '--speed', 'max']
    const alone = await runStandalone([...flags, '--strategies', strategyFolder], join(folder, 'alone'), settings)
    expect(Object.keys(alone.strategies['TAPE']?.positions ?? {}).length).toBeGreaterThan(0)
    expect(await runServices(join(folder, 'services'), strategyFolder)).toEqual(alone.hashes)
  }, 120_000)
})
