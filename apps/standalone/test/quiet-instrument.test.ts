import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { instrumentsOf, loadInstruments } from '@triplane/config'
import { topics, type Event } from '@triplane/contracts'
import { createSimulatedMarket, openCaptures } from '@triplane/feeds'
import { configuredRates } from '@triplane/instruments'
import { systemClock, US_PER_SECOND } from '@triplane/kernel'
import { createLogger } from '@triplane/logging'
import { createMemoryBus } from '@triplane/messaging'
import { loadStandaloneConfig } from '../src/config.ts'
import { liveStatus } from '../src/live-status.ts'
import { LiveView } from '../src/live-view.ts'
import { parseOptions } from '../src/options.ts'
import { createMetricsOfPlanes } from '../src/plane-servers.ts'
import { composePlanes } from '../src/planes.ts'
import { run } from '../src/run.ts'
import { silentScreen, temporaryFolder } from './run-standalone.ts'

const START_US = Date.UTC(2024, 7, 8, 14, 30) * 1000
const SECONDS = 90
const BTC = 'BTC/USDT:USDT@binance_usdm'
const ETH = 'ETH/USDT:USDT@binance_usdm'
/** Trades more than the default one, so that a short replay has results. */
const eager = {
  TRIPLANE_STRATEGY_OFI_WARM_UP_MS: '1000',
  TRIPLANE_STRATEGY_OFI_DEAD_BAND_DEVIATIONS: '0.2',
  TRIPLANE_STRATEGY_OFI_MIN_CHANGE: '0.05',
}

interface Line {
  readonly us: number
  readonly text: string
}

/** Two instruments of one source, with the steps of the perpetuals. */
function market(): readonly Line[] {
  const of = { session: '24x7', annualVolatility: 0.6, halfSpreadRatio: 0.000_04, ordersPerSecond: 40 } as const
  const btc = {
    ...of,
    venueSymbol: 'BTCUSDT',
    tickSize: '0.1',
    lotSize: '0.001',
    startPrice: 61_800,
    meanOrderSize: 0.4,
  }
  const eth = { ...of, venueSymbol: 'ETHUSDT', tickSize: '0.01', lotSize: '0.001', startPrice: 2_680, meanOrderSize: 6 }
  const simulated = createSimulatedMarket({ seed: 11, startUs: START_US, instruments: [btc, eth] })
  const lines: Line[] = []
  for (const item of simulated.generate(START_US + SECONDS * US_PER_SECOND)) {
    if (item.type !== 'frame') continue
    const { tsRecvUs, bytes, start, end, origin } = item
    const text = Buffer.from(bytes.subarray(start, end)).toString('latin1')
    const { snapshotSymbol } = origin
    const url = `https://fapi.binance.com/fapi/v1/depth?symbol=${snapshotSymbol}&limit=1000`
    const seconds = (tsRecvUs / 1e6).toFixed(6)
    lines.push({ us: tsRecvUs, text: snapshotSymbol ? `${url} -> ${seconds}: ${text}` : `${tsRecvUs}000 ${text}` })
  }
  return lines
}

describe('an instrument that goes quiet on a connection that is up', () => {
  const varFolder = temporaryFolder()
  const lines = market()

  /** The planes' decisions on these lines, in order. */
  async function decisions(of: readonly Line[], settings: Readonly<Record<string, string>> = {}): Promise<Event[]> {
    const capture = join(varFolder(), 'market.capture')
    writeFileSync(capture, of.map(({ text }) => `${text}\n`).join(''))
    const options = parseOptions(['--capture', capture, '--speed', 'max', '--var', varFolder()], () => 1)
    const config = loadStandaloneConfig(options, { ...eager, ...settings })
    const source = await openCaptures(options, systemClock)
    const instruments = instrumentsOf(source.venues, loadInstruments())
    const rates = configuredRates(config.order.ratesToUsd)
    const logger = createLogger({
      ...{ service: 'standalone', level: 'CRITICAL', levels: {}, clock: systemClock },
      destination: { file: join(varFolder(), 'triplane.log') },
    })
    const bus = createMemoryBus({ nowUs: () => 0, retainRecords: 1_000_000, maxUncommittedRecords: 1_000_000 })
    const planes = composePlanes({
      ...{ config, source: source.name, instruments, rates, isSessionOpen: () => true, bus, runId: 'quiet', logger },
      ...{
        metrics: createMetricsOfPlanes({ config, instruments, rates, source: source.name, logger }),
      },
      ...{ clock: systemClock, turnUs: () => 0, hash: false },
    })
    await run({
      ...{ source, planes, history: undefined, durationUs: undefined, clock: systemClock },
      view: new LiveView(silentScreen, [], () => 0),
      status: () => liveStatus(planes, source, undefined),
      onTurn: () => undefined,
      isStopped: () => false,
    })
    const decided = [topics.intents, topics.orders, topics.fills, topics.killSwitch]
    const reader = bus.consumer({ group: 'test', topics: decided, from: 'earliest' })
    const events: Event[] = reader.take(1_000_000).flatMap((record) => [...record.events])
    await bus.close()
    return events
  }
  /** A moment at which an order of ETH rests that would have rested another second, with or without a position in ETH. */
  function momentOfRest(events: readonly Event[], isHeld: boolean): number {
    let held = 0
    for (const [i, event] of events.entries()) {
      if (event.type === 'fill' && event.instrument === ETH)
        held += (event.side === 'BUY' ? 1 : -1) * Math.round(Number(event.quantity) * 1000)
      if (event.type !== 'orderEvent' || event.instrument !== ETH || event.state !== 'acknowledged') continue
      const next = events.slice(i + 1).find((later) => 'intentId' in later && later.intentId === event.intentId)
      const restsUs = next && 'effectUs' in next ? next.effectUs - event.effectUs : 0
      if ((held !== 0) === isHeld && restsUs > US_PER_SECOND && event.effectUs > START_US + 20 * US_PER_SECOND)
        return event.effectUs
    }
    throw new Error('Expected an order of ETH that rests')
  }

  const effectUsOf = (event: Event) => ('effectUs' in event ? event.effectUs : 0)
  const isOf = (instrument: string, ...types: readonly Event['type'][]) => {
    return (event: Event) => 'instrument' in event && event.instrument === instrument && types.includes(event.type)
  }
  const trips = (events: readonly Event[]) => events.filter((event) => event.type === 'killSwitch' && event.active)
  const isEth = ({ text }: Line) => text.includes('ETHUSDT')

  let [flatUs, heldUs] = [0, 0]
  beforeAll(async () => {
    const events = await decisions(lines)
    flatUs = momentOfRest(events, false)
    heldUs = momentOfRest(events, true)
  }, 60_000)
  const withoutEthFrom = (quietUs: number) => lines.filter((line) => line.us <= quietUs || !isEth(line))

  it('is not traded, and its working orders are cancelled, while the other continues', async () => {
    const events = await decisions(withoutEthFrom(flatUs))
    const staleUs = flatUs + 3 * US_PER_SECOND
    const later = events.filter((event) => effectUsOf(event) > staleUs)
    expect(events.filter((event) => event.type === 'cancelIntent' && event.reason === 'stale_market')).toMatchObject([
      { instrument: ETH },
    ])
    expect(later.filter(isOf(ETH, 'orderIntent', 'fill'))).toEqual([])
    const open = new Map<string, string>()
    for (const event of events)
      if (event.type === 'orderEvent' && event.instrument === ETH) open.set(event.intentId, event.state)
    expect([...open.values()].filter((state) => !['filled', 'cancelled'].includes(state))).toEqual([])
    expect(later.filter(isOf(BTC, 'orderIntent')).length).toBeGreaterThan(5)
    expect(later.filter(isOf(BTC, 'fill')).length).toBeGreaterThan(5)
    expect(trips(events)).toEqual([])
  }, 60_000)

  it('stops all trading where it has more of the exposure than the setting allows', async () => {
    const limit = { TRIPLANE_STRATEGY_KILL_SWITCHES_STALE_EXPOSURE_LIMIT_RATIO: '0.01' }
    const events = await decisions(withoutEthFrom(heldUs), limit)
    const [trip] = trips(events)
    expect(trip).toMatchObject({
      switchType: 'stale_data',
      limit: 0.01,
      why: expect.stringContaining('of gross exposure'),
    })
    const tripUs = trip ? effectUsOf(trip) : 0
    expect(tripUs).toBeGreaterThan(heldUs + 3 * US_PER_SECOND)
    expect(events.filter((event) => event.type === 'orderIntent' && event.effectUs > tripUs)).toEqual([])
  }, 60_000)

  it('stops all trading where it is not alone: the whole source is silent', async () => {
    const silentUs = 20 * US_PER_SECOND
    const events = await decisions(lines.filter((line) => line.us <= heldUs || line.us > heldUs + silentUs))
    const [trip] = trips(events)
    expect(trip).toMatchObject({ switchType: 'stale_data', why: expect.stringContaining('capture') })
    const tripUs = trip ? effectUsOf(trip) : 0
    // Silent for the limit of 5 s, and confirmed.
    expect(tripUs - heldUs).toBeGreaterThan(5 * US_PER_SECOND)
    expect(tripUs - heldUs).toBeLessThan(10 * US_PER_SECOND)
    expect(events.filter((event) => event.type === 'orderIntent' && event.effectUs > tripUs)).toEqual([])
  }, 60_000)
})
