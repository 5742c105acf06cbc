import type { FeedItem } from '@triplane/market-data'
import { disconnectReasonsOf } from '@triplane/feeds'
import { createLogger } from '@triplane/logging'
import { createMetrics } from '@triplane/metrics'
import { readExposition, testStartUs } from '@triplane/testing'
import { notUnderstood, notValid } from '../../../data-core/test/refused-items.ts'
import { aFrame, instruments, message, newCore, origin, SECOND, Tape } from '../../../data-core/test/tape.ts'
import { createDataMetrics, exportDataPlane } from './data-plane-metrics.ts'
import { Freshness } from './freshness.ts'

const T = testStartUs

/** A session whose outputs are recorded, and its exposition. */
function recorded(core = newCore(), source: 'sim' | 'capture' = 'sim') {
  const logger = createLogger({ service: 'test', destination: { write: () => undefined } })
  const metrics = createDataMetrics({ instruments, source, maxSeries: 10_000, logger })
  const tape = new Tape(core)
  const record = exportDataPlane(metrics, core, { source, nowUs: () => 5 * SECOND })
  return {
    metrics,
    core,
    feed(...items: readonly FeedItem[]) {
      for (const item of items) tape.feed(item).forEach(record)
    },
    /** The value of the only series with this name and these labels in it; undefined when it is not exposed. */
    async value(name: string, ...labels: readonly string[]) {
      const lines = (await metrics.expose()).split('\n').filter((line) => line.startsWith(`${name}{`))
      const found = lines.filter((line) => labels.every((label) => line.includes(label)))
      expect(found.length).toBeLessThanOrEqual(1)
      return found[0] === undefined ? undefined : Number(found[0].split(' ').at(-1))
    },
  }
}

const connect: FeedItem = { type: 'connect', origin, tsRecvUs: T }
const disconnect: FeedItem = { type: 'disconnect', origin, tsRecvUs: T + 10 * SECOND, reason: 'outage' }
const trade = (seconds: number, id: number) => {
  const nowUs = T + seconds * SECOND
  return aFrame(message.trade(nowUs, id), nowUs)
}

describe('the metrics of the data plane', () => {
  it('follow the connection', async () => {
    const { feed, value } = recorded()
    expect(await value('data_feed_connected')).toBe(0)
    feed(connect)
    expect(await value('data_feed_connected')).toBe(1)
    feed(disconnect)
    expect(await value('data_feed_connected')).toBe(0)
    expect(await value('data_feed_disconnects_total', 'reason="outage"')).toBe(1)
  })

  it('count the clock offsets that were taken anew', async () => {
    const { feed, value } = recorded()
    feed(connect, trade(0, 1), trade(1, 2))
    expect(await value('data_clock_agreements_total')).toBe(0)
    // From its sixth second on the whole source is 800 ms further ahead.
    for (let i = 0; i < 30; i++) {
      const nowUs = T + 6 * SECOND + i * 100_000
      feed(aFrame(message.trade(nowUs + 800_000, 3 + i), nowUs))
    }
    expect(await value('data_clock_agreements_total')).toBe(1)
  })

  it('show the clock offset in force, a lost connection or not', async () => {
    const { feed, value } = recorded()
    feed(connect)
    expect(await value('data_clock_offset_seconds')).toBeUndefined()
    feed(trade(0, 1))
    expect(await value('data_clock_offset_seconds')).toBe(0.002)
    feed(disconnect)
    expect(await value('data_clock_offset_seconds')).toBe(0.002)
  })

  it('show how old events are when they are published: their delay, and our work from hand-over on', async () => {
    const metrics = createMetrics('data_plane', { processMetrics: false })
    let monotonicUs = 0
    const freshness = new Freshness(metrics, { source: 'sim', instruments }, () => monotonicUs)
    freshness.handedOver()
    freshness.onDelay('BTC/USDT@sim', 400_000)
    freshness.onDelay('BTC/USDT@sim', -3_000)
    monotonicUs = 5_000
    freshness.published()
    freshness.published()
    const text = await metrics.expose()
    expect(text).toMatch(/data_freshness_seconds_count\{.*BTC\/USDT.*\} 2/)
    expect(text).toMatch(/data_freshness_seconds_sum\{.*BTC\/USDT.*\} 0.41/)
  })

  it('measure completeness and the last minute at the market time that is reached, also in silence', async () => {
    const { feed, value } = recorded()
    feed(connect, trade(0, 1), trade(1, 2))
    expect(await value('crypto_trade_volume', 'BTC/USDT')).toBe(2)
    feed({ type: 'time', tsRecvUs: T + 10 * SECOND })
    expect(await value('data_completeness_score', 'BTC/USDT')).toBe(0.2)
    feed({ type: 'time', tsRecvUs: T + 100 * SECOND })
    expect(await value('crypto_trade_volume', 'BTC/USDT')).toBe(0)
  })

  it('take the book away while it is not valid', async () => {
    const { feed, value } = recorded()
    feed(connect, aFrame(message.snapshot(T, 10), T))
    expect(await value('data_book_valid', 'BTC/USDT')).toBe(1)
    expect(await value('crypto_orderbook_bid_price', 'BTC/USDT', 'level="0"')).toBe(99.9)
    expect(await value('crypto_orderbook_bid_price', 'BTC/USDT', 'level="1"')).toBeUndefined()
    feed(disconnect)
    expect(await value('data_book_valid', 'BTC/USDT')).toBe(0)
    expect(await value('crypto_orderbook_bid_price', 'BTC/USDT', 'level="0"')).toBeUndefined()
    expect(await value('crypto_depth', 'BTC/USDT', 'side="bid"')).toBeUndefined()
  })

  it.each([
    ['not_json', 'normalize', 'frame', aFrame('{', T)],
    ['bad_size', 'validate', 'tick', aFrame(message.trade(T, 9, 100, 0), T)],
    ['bad_price', 'validate', 'quote', aFrame(message.quote(T, 9, 0), T)],
    ['bad_price', 'validate', 'book', aFrame(message.delta(T, 10, 11, [[0, 1]]), T)],
  ])('count a refusal for %s of %s once everywhere', async (reason, stage, eventType, frame) => {
    const { feed, value } = recorded()
    feed(connect, trade(0, 1), frame)
    expect(await value('data_dlq_messages_total', `error_type="${reason}"`, `event_type="${eventType}"`)).toBe(1)
    expect(await value('triplane_stage_refused_total', `stage="${stage}"`, `reason="${reason}"`)).toBe(1)
    const counter = stage === 'normalize' ? 'data_normalization_errors_total' : 'data_validation_errors_total'
    const typed = stage === 'normalize' ? [] : [`event_type="${eventType}"`]
    expect(await value(counter, `error_type="${reason}"`, ...typed)).toBe(1)
    expect(await value('triplane_stage_in_total', 'stage="normalize"')).toBe(2)
    expect(await value('triplane_stage_out_total', 'stage="validate"')).toBe(1)
    expect(await value('data_ticks_received_total', 'BTC/USDT')).toBe(1)
  })

  it('name the reason of a disconnect that a recording has of its own, and none that is not known', async () => {
    const { feed, value } = recorded(newCore(), 'capture')
    for (const reason of disconnectReasonsOf('capture'))
      expect(await value('data_feed_disconnects_total', `reason="${reason}"`)).toBe(0)
    feed(connect, { ...disconnect, reason: 'hole' }, connect, { ...disconnect, reason: 'the cable was cut' })
    expect(await value('data_feed_disconnects_total', 'reason="hole"')).toBe(1)
    expect(await value('data_feed_disconnects_total', 'reason="other"')).toBe(1)
  })

  describe.each([
    { stage: 'normalize', refusals: notUnderstood },
    { stage: 'validate', refusals: notValid },
  ])('of what can be refused ($stage)', ({ stage, refusals }) => {
    const cases = Object.entries(refusals).flatMap(([type, byReason]) =>
      Object.entries(byReason).map(([reason, items]) => ({ type, reason, items: items as readonly FeedItem[] })),
    )

    it.each(cases)('show a $type for $reason from the start, and count it', async ({ type, reason, items }) => {
      const { metrics, feed } = recorded()
      const refused = async () => {
        const families = readExposition(await metrics.expose()).filter(({ name }) =>
          /_(dlq|errors|ntp|refused)_/.test(name),
        )
        return families.flatMap(({ samples }) => samples.map(({ name, labels, value }) => ({ name, labels, value })))
      }
      feed(connect, trade(0, 100), aFrame(message.kline(T, 120_000, true), T))
      const before = await refused()
      feed(...items)
      const after = await refused()
      expect(after).toHaveLength(before.length)
      const event_type = { bookDelta: 'book', bookSnapshot: 'book', trade: 'tick' }[type] ?? type
      const counted = after
        .filter((sample, i) => sample.value !== before[i]?.value)
        .map(({ name, labels: { source: _, service: __, ...labels }, value }) => ({ name, labels, value }))
      const [ofStage, labels] =
        stage === 'normalize'
          ? ['data_normalization_errors_total', { error_type: reason }]
          : ['data_validation_errors_total', { error_type: reason, event_type }]
      expect(counted.filter(({ name }) => name !== 'data_ntp_rejects_total')).toEqual([
        { name: ofStage, labels, value: 1 },
        { name: 'data_dlq_messages_total', labels: { event_type, error_type: reason }, value: 1 },
        { name: 'triplane_stage_refused_total', labels: { stage, reason }, value: 1 },
      ])
    })

    it('show nothing else', async () => {
      const families = readExposition(await recorded().metrics.expose())
      const letters = families.find(({ name }) => name === 'data_dlq_messages_total')?.samples ?? []
      const reasons = new Set(cases.map(({ reason }) => reason))
      const shown = letters.filter(({ labels }) => reasons.has(labels['error_type'] as string))
      const pairs = cases.map(({ type, reason }) => `${type.startsWith('book') ? 'book' : type} ${reason}`)
      expect(shown).toHaveLength(new Set(pairs).size)
    })
  })

  it('go on after a resume: connected as before, and counting from 0', async () => {
    const before = recorded()
    before.feed(connect, trade(1, 1), aFrame('{', T))
    const { feed, value } = recorded(newCore(before.core.snapshot()))
    feed(trade(2, 2))
    expect(await value('data_feed_connected')).toBe(1)
    expect(await value('triplane_stage_in_total', 'stage="normalize"')).toBe(1)
    expect(await value('triplane_stage_refused_total', 'stage="normalize"', 'reason="not_json"')).toBe(0)
    expect(await value('triplane_stage_in_total', 'stage="publish"')).toBe(1)
  })
})
