import { nextTurn } from '@triplane/async'
import { topics, type Event } from '@triplane/contracts'
import { err, ok } from '@triplane/kernel'
import { createLogger } from '@triplane/logging'
import { createMemoryBus } from '@triplane/messaging'
import { createMetrics } from '@triplane/metrics'
import { aHeartbeat, aTrade, readExposition, testStartUs } from '@triplane/testing'
import type { ServicePart } from '../lifecycle/service-part.ts'
import { readBus } from './bus-reader.ts'
import type { BusSource } from './bus-source.ts'

type Source = BusSource<readonly Event[]>

/** A reader of heartbeats; a record of trades is not understood. */
function reading(connect?: Source['connect']) {
  const lines: string[] = []
  const logger = createLogger({ service: 'test', destination: { write: (line: string) => void lines.push(line) } })
  const clock = { nowUs: () => testStartUs, monotonicUs: () => 0 }
  const metrics = createMetrics('test', { processMetrics: false })
  const bus = Object.assign(createMemoryBus({ nowUs: clock.nowUs }), { ping: async () => undefined })
  const handled: string[] = []
  const part = readBus<readonly Event[]>(
    {
      group: 'reader',
      topics: [topics.heartbeats],
      source: {
        connect: connect ?? (async () => bus),
        decode: ({ events }) =>
          events[0]?.type === 'heartbeat' ? ok(events) : err({ code: 'not_json', detail: 'Expected JSON' }),
      },
      handle: (events, { producer }) => void handled.push(...events.map(({ seq }) => `${producer} ${seq}`)),
      metrics,
    },
    { logger, clock },
  )
  const stopping = new AbortController()
  const producer = bus.producer({ name: 'edge', runId: 'run' })
  const value = async (name: string, ...labels: readonly string[]) =>
    readExposition(await metrics.expose())
      .find((family) => family.name === name)
      ?.samples.find((sample) => labels.every((label) => Object.values(sample.labels).includes(label)))?.value
  return { part, bus, producer, handled, lines, value, stopping, work: part.run?.(stopping.signal) }
}

const pings = async ({ checks }: ServicePart) => {
  const kafka = checks?.['kafka']
  if (kafka === undefined || typeof kafka === 'function') throw new Error('Expected a check with rules')
  return kafka.check()
}

describe('a reader of the bus', () => {
  it('hands over what comes from now on, each record once', async () => {
    const { producer, handled, stopping, work, value } = reading()
    await nextTurn()
    producer.send(topics.heartbeats, 'data', [aHeartbeat({ seq: 1 })])
    producer.send(topics.heartbeats, 'data', [aHeartbeat({ seq: 2 })])
    await nextTurn()
    expect(handled).toEqual(['edge 1', 'edge 2'])
    expect(await value('triplane_bus_consumed_total', topics.heartbeats.name)).toBe(2)
    stopping.abort()
    await work
  })

  it('leaves what was said before it came', async () => {
    const { producer, handled, stopping, work } = reading()
    producer.send(topics.heartbeats, 'data', [aHeartbeat({ seq: 1 })])
    await nextTurn()
    expect(handled).toEqual([])
    stopping.abort()
    await work
  })

  it('counts a record that is not understood, says where it lies, and goes on', async () => {
    const { producer, handled, lines, stopping, work, value } = reading()
    await nextTurn()
    expect(await value('triplane_stage_refused_total', 'decode', 'not_json')).toBe(0)
    producer.send(topics.heartbeats, 'data', [aTrade()])
    producer.send(topics.heartbeats, 'data', [aHeartbeat({ seq: 2 })])
    await nextTurn()
    expect(handled).toEqual(['edge 2'])
    expect(await value('triplane_stage_refused_total', 'decode', 'not_json')).toBe(1)
    expect(lines.join()).toMatch(/A record is skipped.*heartbeats\.v1/)
    stopping.abort()
    await work
  })

  it('is degraded until it is connected, and again when it is stopped', async () => {
    const { part, stopping, work } = reading()
    await expect(pings(part)).rejects.toThrow('Expected Kafka to answer, was connecting')
    await nextTurn()
    expect(await pings(part)).toMatchObject({ healthy: true })
    stopping.abort()
    await work
    await expect(pings(part)).rejects.toThrow('connecting')
  })

  it('ends when it is stopped before it was connected', async () => {
    const { work, stopping } = reading(
      (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined))),
    )
    stopping.abort()
    await expect(work).resolves.toBeUndefined()
  })

  it('ends with the fault of a bus that is broken for good, and closes it', async () => {
    const bus = Object.assign(createMemoryBus({ nowUs: () => testStartUs }), { ping: async () => undefined })
    let isClosed = false
    const close = bus.close.bind(bus)
    bus.close = async () => {
      isClosed = true
      await close()
    }
    let breaks: ((fault: Error) => void) | undefined
    const { work } = reading(async (_stopping, onFatal) => {
      breaks = onFatal
      return bus
    })
    await nextTurn()
    breaks?.(new Error('sequence lost'))
    await expect(work).rejects.toThrow('sequence lost')
    expect(isClosed).toBe(true)
  })

  it('rejects when connecting is of no use', async () => {
    const { work } = reading(() => Promise.reject(new Error('wrong password')))
    await expect(work).rejects.toThrow('wrong password')
  })
})
