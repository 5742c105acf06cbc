import { topics, type Topic } from '@triplane/contracts'
import { aKillSwitch } from '@triplane/testing'
import { collect, sendTrades } from '../test/bus-contract.ts'
import type { Bus, BusRecord, Position } from './bus.ts'
import { createMemoryBus } from './memory-bus/memory-bus.ts'
import { readToEnd } from './read-to-end.ts'

const symbols = ['BTC/USDT', 'ETH/USDT', 'SPY', 'TSLA']
const data = { name: 'data', runId: 'run-1' }

/** A bus with twelve trades on three partitions. */
function aBus() {
  const bus = createMemoryBus({ nowUs: () => 1_000_000, partitions: (topic) => (topic.compacted ? 1 : 3) })
  const producer = bus.producer(data)
  for (let seq = 1; seq <= 12; seq++) sendTrades(producer, symbols[seq % 4] as string, seq, 1)
  return { bus, producer }
}

async function read(bus: Bus, wanted: readonly Topic[], from?: readonly Position[]): Promise<BusRecord[]> {
  const records: BusRecord[] = []
  await readToEnd(bus, { group: 'reader', topics: wanted, ...(from && { from }) }, (record) => records.push(record))
  return records
}

const seqs = (records: readonly BusRecord[]) => records.map(({ seq }) => seq).sort((a, b) => a - b)

describe('reading to the end', () => {
  it('shows every record of all partitions once, in order, each time it is called', async () => {
    const { bus } = aBus()
    const first = await read(bus, [topics.market])
    expect(seqs(first)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    const newest = new Map<number, number>()
    for (const { partition, offset } of first) {
      expect(offset).toBeGreaterThan(newest.get(partition) ?? -1)
      newest.set(partition, offset)
    }
    expect(newest.size).toBeGreaterThan(1)
    expect(await read(bus, [topics.market])).toEqual(first)
  })

  it('starts at positions, and does not wait when they are the end', async () => {
    const { bus, producer } = aBus()
    const from = await bus.endOf([topics.market])
    expect(await read(bus, [topics.market], from)).toEqual([])
    sendTrades(producer, 'SPY', 13, 2)
    expect(seqs(await read(bus, [topics.market], from))).toEqual([13, 14])
  })

  it('ends at once for empty topics, even beside topics with records', async () => {
    const { bus } = aBus()
    expect(await read(bus, [topics.killSwitch])).toEqual([])
    expect(seqs(await read(bus, [topics.killSwitch, topics.market]))).toHaveLength(12)
  })

  it('shows the records left on a compacted topic', async () => {
    const { bus, producer } = aBus()
    for (let seq = 13; seq <= 16; seq++)
      producer.send(topics.killSwitch, seq % 2 ? 'live/pnl' : 'live/manual', [aKillSwitch({ seq })])
    const records = await read(bus, [topics.killSwitch])
    expect(seqs(records).slice(-2)).toEqual([15, 16])
    expect(new Set(records.map(({ key }) => key))).toEqual(new Set(['live/pnl', 'live/manual']))
  })

  it('does not wait for records that were dropped, from the start or meanwhile', async () => {
    const { bus } = aBus()
    const gone = async () => (await bus.endOf([topics.market])).map((end) => ({ ...end, offset: end.offset + 5 }))
    expect(await read({ ...bus, endOf: gone, oldestOf: gone }, [topics.market])).toEqual([])

    let asked = 0
    const going = {
      ...bus,
      endOf: gone,
      oldestOf: async () => (asked++ === 0 ? bus.oldestOf([topics.market]) : gone()),
    }
    expect(seqs(await read(going, [topics.market]))).toHaveLength(12)
    expect(asked).toBe(2)
  })

  it('leaves out records that arrive meanwhile', async () => {
    const { bus, producer } = aBus()
    const ends = await bus.endOf([topics.market])
    const late = { ...bus, endOf: async () => ends }
    for (const symbol of symbols) sendTrades(producer, symbol, 13, 1)
    expect(seqs(await read(late, [topics.market])).at(-1)).toBe(12)
  })

  it('takes nothing from a group, and leaves no group behind that blocks retention', async () => {
    const { bus, producer } = aBus()
    const consumer = bus.consumer({ group: 'strategy', topics: [topics.market], from: 'earliest' })
    await read(bus, [topics.market])
    sendTrades(producer, 'SPY', 13, 1)
    expect(seqs(await collect(consumer, 13)).at(-1)).toBe(13)
    expect((await read(bus, [topics.market])).length).toBe(13)
  })

  it('closes its consumer when the callback throws, and rejects when the bus is closed', async () => {
    const { bus } = aBus()
    const fault = new Error('full')
    const seen = readToEnd(bus, { group: 'reader', topics: [topics.market] }, () => {
      throw fault
    })
    await expect(seen).rejects.toBe(fault)
    expect(seqs(await read(bus, [topics.market]))).toHaveLength(12)

    const unending = { ...bus, endOf: async () => [{ topic: topics.market.name, partition: 0, offset: 1000 }] }
    const reading = read(unending, [topics.market])
    await Promise.resolve()
    await bus.close()
    await expect(reading).rejects.toMatchObject({ code: 'closed' })
  })
})
