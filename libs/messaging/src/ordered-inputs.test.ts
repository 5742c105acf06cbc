import { effectUsOf, rank, rankOf, type Event, type Rank } from '@triplane/contracts'
import { aFill, aQuote, aSignal, aTrade } from '@triplane/testing'
import fc from 'fast-check'
import { OrderedInputs } from './ordered-inputs.ts'

const quote = (seq: number, tsRecvUs: number): Event => aQuote({ seq, tsRecvUs })
const trade = (seq: number, tsRecvUs: number): Event => aTrade({ seq, tsRecvUs })
const signal = (seq: number, effectUs: number): Event => aSignal({ seq, effectUs })
const fill = (seq: number, effectUs: number): Event => aFill({ seq, effectUs })

interface Place {
  readonly effectUs: number
  readonly rank: Rank
  readonly producer: string
  readonly seq: number
}

/** The input order of architecture.md: effect time, rank, producer, sequence. */
function compareInputs(a: Place, b: Place): number {
  const byProducer = a.producer < b.producer ? -1 : a.producer > b.producer ? 1 : a.seq - b.seq
  return a.effectUs - b.effectUs || a.rank - b.rank || byProducer
}

function released(inputs: OrderedInputs, throughUs = Infinity, throughRank: Rank = rank.strategy): Event[] {
  const events: Event[] = []
  inputs.release(throughUs, throughRank, (event) => events.push(event))
  return events
}

describe('ordered inputs', () => {
  it.each([
    { name: 'earlier effect first', push: [fill(1, 20), quote(1, 10)], want: ['quote 10', 'fill 20'] },
    {
      name: 'data before orders before strategy',
      push: [signal(1, 10), fill(1, 10), quote(1, 10)],
      want: ['quote 10', 'fill 10', 'signal 10'],
    },
    {
      name: 'replies with different latencies',
      push: [fill(1, 30), fill(2, 20), fill(3, 20)],
      want: ['fill 20', 'fill 20', 'fill 30'],
    },
    { name: 'keeps later inputs', push: [quote(1, 30), quote(2, 31)], want: ['quote 30'] },
    {
      name: 'keeps inputs of a later rank',
      push: [quote(1, 30), fill(1, 30)],
      through: rank.data,
      want: ['quote 30'],
    },
  ])('$name', ({ push, through = rank.strategy, want }) => {
    const inputs = new OrderedInputs()
    for (const event of push) inputs.push(event.type, event)
    const got = released(inputs, 30, through)
    expect(got.map((event) => `${event.type} ${effectUsOf(event)}`)).toEqual(want)
    expect(inputs.size).toBe(push.length - want.length)
  })

  it('releases inputs pushed by the handler within the bound in the same call', () => {
    const inputs = new OrderedInputs()
    inputs.push('data', quote(1, 10))
    const seen: string[] = []
    inputs.release(20, rank.strategy, (event, producer) => {
      seen.push(producer)
      if (event.type === 'quote') {
        inputs.push('order', fill(1, 15))
        inputs.push('order', fill(2, 25))
      }
    })
    expect(seen).toEqual(['data', 'order'])
    expect(inputs.nextUs()).toBe(25)
  })

  it('releases in input order whatever the pushes, bounds and restarts', () => {
    const aPush = fc.record({
      producer: fc.constantFrom('data', 'order', 'strategy', 'a'),
      kind: fc.constantFrom(quote, fill, signal),
      effectUs: fc.integer({ min: 0, max: 50 }),
    })
    fc.assert(
      fc.property(
        fc.array(aPush, { maxLength: 60 }),
        fc.integer({ min: 0, max: 50 }),
        fc.boolean(),
        (pushes, bound, restart) => {
          const keys = pushes.map(({ producer, kind, effectUs }, i) => {
            const event = kind(i + 1, effectUs)
            return { producer, event, effectUs, rank: rankOf[event.type], seq: event.seq }
          })
          let inputs = new OrderedInputs()
          for (const { producer, event } of keys) inputs.push(producer, event)
          const first = released(inputs, bound, rank.order)
          if (restart) inputs = new OrderedInputs(JSON.parse(JSON.stringify(inputs.snapshot())))
          expect(first.every((event) => effectUsOf(event) < bound || rankOf[event.type] <= rank.order)).toBe(true)
          const within = keys.filter(
            (key) => key.effectUs < bound || (key.effectUs === bound && key.rank <= rank.order),
          )
          const beyond = keys.filter((key) => !within.includes(key))
          expect(first).toEqual(within.sort(compareInputs).map((key) => key.event))
          expect(released(inputs)).toEqual(beyond.sort(compareInputs).map((key) => key.event))
        },
      ),
    )
  })

  it('equals a stable sort of all waiting inputs, in whatever batches they arrive, even with equal sequences', () => {
    const batch = fc.record({
      producer: fc.constantFrom('data', 'data', 'data', 'order'),
      kind: fc.constantFrom(quote, trade, fill, signal),
      fromUs: fc.nat(30),
      steps: fc.array(fc.tuple(fc.constantFrom(-1, 0, 0, 1, 1, 2), fc.nat(3)), { minLength: 1, maxLength: 12 }),
    })
    const turn = fc.record({
      batches: fc.array(batch, { maxLength: 6 }),
      throughUs: fc.nat(12),
      throughRank: fc.constantFrom(rank.data, rank.order, rank.strategy),
      restores: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 8 }), (turns) => {
        let inputs = new OrderedInputs()
        let waiting: (Place & { readonly event: Event })[] = []
        let boundUs = 0
        for (const { batches, throughUs, throughRank, restores } of turns) {
          for (const { producer, kind, fromUs, steps } of batches) {
            let effectUs = boundUs + fromUs
            for (const [stepUs, seq] of steps) {
              effectUs += stepUs
              const event = kind(seq, effectUs)
              inputs.push(producer, event)
              waiting.push({ event, producer, effectUs, rank: rankOf[event.type], seq })
            }
          }
          boundUs += throughUs
          if (restores) inputs = new OrderedInputs(JSON.parse(JSON.stringify(inputs.snapshot())))
          const isDue = (input: Place) =>
            input.effectUs < boundUs || (input.effectUs === boundUs && input.rank <= throughRank)
          const due = waiting.filter(isDue).sort(compareInputs)
          expect(released(inputs, boundUs, throughRank)).toEqual(due.map(({ event }) => event))
          waiting = waiting.filter((input) => !isDue(input))
          expect(inputs.size).toBe(waiting.length)
          expect(inputs.nextUs()).toBe(Math.min(...waiting.map(({ effectUs }) => effectUs)))
        }
      }),
    )
  })

  it('saves only the waiting inputs, in input order, by producer', () => {
    const inputs = new OrderedInputs()
    for (const event of [quote(2, 20), quote(1, 20), signal(3, 10)]) inputs.push('b', event)
    inputs.push('a', fill(1, 30))
    inputs.push('c', quote(1, 5))
    released(inputs, 5)
    expect(inputs.snapshot()).toEqual([
      { producer: 'a', events: [fill(1, 30)] },
      { producer: 'b', events: [signal(3, 10), quote(1, 20), quote(2, 20)] },
    ])
  })

  it('stays correct over many inputs with a queue that is never empty', () => {
    const inputs = new OrderedInputs()
    for (let i = 0; i < 10; i++) inputs.push('data', quote(i, i))
    for (let i = 10; i < 5000; i++) {
      inputs.push('data', quote(i, i))
      expect(released(inputs, i - 10).map(effectUsOf)).toEqual([i - 10])
    }
    expect(inputs.size).toBe(10)
  })
})
