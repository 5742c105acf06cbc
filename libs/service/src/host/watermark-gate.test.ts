import fc from 'fast-check'
import { topics } from '@triplane/contracts'
import type { BusRecord } from '@triplane/messaging'
import { gatedPartitions, WatermarkGate, type GatedPartition } from './watermark-gate.ts'

const NONE = Number.NEGATIVE_INFINITY

/** A watermark of a producer in a partition. */
function mark(gate: WatermarkGate, producer: string, topic: string, throughUs: number, final = false, partition = 0) {
  gate.note({ topic: { name: topic }, partition, producer } as BusRecord<unknown>, { throughUs, final })
}

/** A gate of quotes from these data planes, and of orders. */
function gated(...sources: readonly string[]) {
  const quotes = (producers: readonly string[]): GatedPartition => ({ topic: 'quotes', partition: 0, producers })
  return new WatermarkGate([quotes(sources), { topic: 'orders', partition: 0, producers: ['order-plane'] }], sources)
}

describe('the partitions that a plane waits for', () => {
  it('are promised by the plane that writes their topic', () => {
    expect(gatedPartitions(topics.intents, 2, {})).toEqual([
      { topic: topics.intents.name, partition: 0, producers: ['strategy-plane'] },
      { topic: topics.intents.name, partition: 1, producers: ['strategy-plane'] },
    ])
  })

  it('are promised by every data plane of the run where it is theirs', () => {
    expect(gatedPartitions(topics.market, 1, {})).toMatchObject([{ producers: ['data-plane'] }])
    const dataPlanes = [
      { instance: 'spot', venues: ['binance_spot'] },
      { instance: 'kraken', venues: ['kraken'] },
    ]
    expect(gatedPartitions(topics.market, 1, { dataPlanes })).toMatchObject([
      { producers: ['data-plane.spot', 'data-plane.kraken'] },
    ])
  })
})

describe('the gate of a plane in lockstep', () => {
  it('goes nowhere before the data plane has said where the run starts', () => {
    const gate = gated('data-plane')
    mark(gate, 'order-plane', 'orders', 500)
    expect(gate.boundUs).toBe(NONE)
    mark(gate, 'data-plane', 'quotes', 99)
    expect(gate.boundUs).toBe(99)
  })

  it('takes a partition without a watermark as complete up to the start', () => {
    const gate = gated('data-plane')
    mark(gate, 'data-plane', 'quotes', 99)
    mark(gate, 'data-plane', 'quotes', 300)
    expect(gate.boundUs).toBe(99)
    mark(gate, 'order-plane', 'orders', 250)
    expect(gate.boundUs).toBe(250)
  })

  it('hears only of the partitions and producers that it waits for', () => {
    const gate = gated('data-plane')
    mark(gate, 'data-plane', 'quotes', 99)
    mark(gate, 'order-plane', 'orders', 200)
    mark(gate, 'data-plane', 'bars', 150)
    mark(gate, 'somebody', 'quotes', 150)
    mark(gate, 'data-plane', 'quotes', 150, false, 7)
    expect(gate.boundUs).toBe(99)
  })

  it('goes as far as the data plane that is furthest behind', () => {
    const gate = gated('data-plane.a', 'data-plane.b')
    mark(gate, 'order-plane', 'orders', 1000)
    mark(gate, 'data-plane.a', 'quotes', 99)
    mark(gate, 'data-plane.a', 'quotes', 400)
    expect(gate.boundUs).toBe(NONE)
    mark(gate, 'data-plane.b', 'quotes', 199)
    expect(gate.boundUs).toBe(199)
    mark(gate, 'data-plane.b', 'quotes', 600)
    expect(gate.boundUs).toBe(400)
  })

  it('starts where the earliest data plane does', () => {
    const gate = gated('data-plane.a', 'data-plane.b')
    mark(gate, 'data-plane.b', 'quotes', 199)
    mark(gate, 'data-plane.a', 'quotes', 99)
    expect(gate.boundUs).toBe(99)
  })

  it('is held up by no data plane that has ended, and ends with the last of them', () => {
    const gate = gated('data-plane.a', 'data-plane.b')
    mark(gate, 'order-plane', 'orders', 2000)
    for (const source of ['data-plane.a', 'data-plane.b']) mark(gate, source, 'quotes', 99)
    mark(gate, 'data-plane.a', 'quotes', 300, true)
    mark(gate, 'data-plane.b', 'quotes', 700)
    expect([gate.boundUs, gate.isFinal]).toEqual([700, false])
    mark(gate, 'data-plane.b', 'quotes', 900, true)
    expect([gate.boundUs, gate.isFinal]).toEqual([900, true])
  })

  it('is not at the end before what it waits for has come so far', () => {
    const gate = gated('data-plane')
    mark(gate, 'data-plane', 'quotes', 99)
    mark(gate, 'data-plane', 'quotes', 900, true)
    mark(gate, 'order-plane', 'orders', 600)
    expect([gate.boundUs, gate.isFinal]).toEqual([600, false])
    mark(gate, 'order-plane', 'orders', 950)
    expect([gate.boundUs, gate.isFinal]).toEqual([900, true])
  })

  it('forgets nothing when it is saved and made anew', () => {
    const partitions = [{ topic: 'quotes', partition: 0, producers: ['data-plane.a', 'data-plane.b'] }]
    const sources = ['data-plane.a', 'data-plane.b']
    const gate = new WatermarkGate(partitions, sources)
    mark(gate, 'data-plane.a', 'quotes', 99)
    expect(gate.snapshot().sources).toEqual([
      { producer: 'data-plane.a', floorUs: 99, finalUs: null },
      { producer: 'data-plane.b', floorUs: null, finalUs: null },
    ])
    mark(gate, 'data-plane.b', 'quotes', 150)
    mark(gate, 'data-plane.a', 'quotes', 300, true)
    const again = new WatermarkGate(partitions, sources, gate.snapshot())
    expect(again.snapshot()).toEqual(gate.snapshot())
    expect(again.boundUs).toBe(150)
    mark(again, 'data-plane.b', 'quotes', 200, true)
    expect([again.boundUs, again.isFinal]).toEqual([300, true])
  })

  it('never falls, never passes what was promised, and is the same after a restart, whatever is promised when', () => {
    const sources = ['data-plane.a', 'data-plane.b']
    const partitions: GatedPartition[] = [
      { topic: 'quotes', partition: 0, producers: sources },
      { topic: 'orders', partition: 0, producers: ['order-plane'] },
    ]
    const steps = fc.array(
      fc.record({
        producer: fc.constantFrom(...sources, 'order-plane'),
        throughUs: fc.integer({ min: 1, max: 1000 }),
        restart: fc.boolean(),
      }),
    )
    fc.assert(
      fc.property(steps, (all) => {
        let gate = new WatermarkGate(partitions, sources)
        let boundUs = NONE
        const promised = new Map<string, number>()
        const first = new Map<string, number>()
        for (const { producer, throughUs: drawnUs, restart } of all) {
          // Nobody who hears the data planes is behind the start of the run.
          const throughUs = producer === 'order-plane' ? 1000 + drawnUs : drawnUs
          mark(gate, producer, producer === 'order-plane' ? 'orders' : 'quotes', throughUs)
          if (!first.has(producer)) first.set(producer, throughUs)
          promised.set(producer, Math.max(promised.get(producer) ?? 0, throughUs))
          if (restart) gate = new WatermarkGate(partitions, sources, gate.snapshot())
          expect(gate.boundUs).toBeGreaterThanOrEqual(boundUs)
          boundUs = gate.boundUs
          if (boundUs === NONE) {
            expect(sources.every((source) => first.has(source))).toBe(false)
            continue
          }
          const floorUs = Math.min(...sources.map((source) => first.get(source) ?? Infinity))
          const least = Math.min(...[...sources, 'order-plane'].map((one) => promised.get(one) ?? floorUs))
          expect(boundUs).toBe(least)
        }
      }),
    )
  })
})
