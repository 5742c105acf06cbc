import { effectUsOf, Outbox, rank, type Event, type PlaneCore, type Rank } from '@triplane/contracts'
import { aFill, aQuote, aSignal } from '@triplane/testing'
import fc from 'fast-check'
import { Stepper } from './stepper.ts'

/** A core that echoes its inputs, and emits a quote at each whole ten of market time, which is its timer. */
function anEcho(seenUs = 0): PlaneCore<Event, Event> & { seenUs: number } {
  const outbox = new Outbox<Event>(0)
  const dueUs = (afterUs: number) => (Math.floor(afterUs / 10) + 1) * 10
  return {
    outbox,
    seenUs,
    process(event) {
      this.advance(effectUsOf(event) - 1)
      outbox.add({ ...event })
    },
    advance(throughUs) {
      for (; dueUs(this.seenUs) <= throughUs; this.seenUs = dueUs(this.seenUs))
        outbox.add(aQuote({ seq: 0, tsRecvUs: dueUs(this.seenUs) }))
    },
    nextDueUs() {
      return dueUs(this.seenUs)
    },
    snapshot() {
      return this.seenUs
    },
  }
}

const quote = (seq: number, tsRecvUs: number): Event => aQuote({ seq, tsRecvUs })
const signal = (seq: number, effectUs: number): Event => aSignal({ seq, effectUs })
const fill = (seq: number, effectUs: number): Event => aFill({ seq, effectUs })
const told = (events: readonly Event[]) => events.map((event) => `${event.type} ${effectUsOf(event)}`)

describe('Stepper', () => {
  it('lets what its core does not hear wait, and drops it when it is its turn', () => {
    const heard = new Set<Event['type']>(['fill'])
    const before = new Stepper(anEcho(), undefined, heard)
    before.push('data-plane', quote(1, 4))
    before.push('order-plane', fill(1, 5))
    before.push('data-plane', quote(2, 8))
    expect(told(before.step(5, rank.strategy))).toEqual(['fill 5'])
    const { inputs } = before.snapshot()
    const after = new Stepper(anEcho(), inputs, new Set<Event['type']>(['fill', 'quote']))
    expect(told(after.step(9, rank.strategy))).toEqual(['quote 8'])
  })

  it('handles what is due in input order, and closes the instant with the last rank', () => {
    const stepper = new Stepper(anEcho())
    stepper.push('strategy-plane', signal(1, 10))
    stepper.accept('data-plane', quote(1, 10), 10, rank.data)
    stepper.accept('data-plane', quote(2, 11), 10, rank.data)
    expect(told(stepper.step(10, rank.data))).toEqual(['quote 10'])
    expect(stepper.nextDueUs()).toBe(10)
    expect(told(stepper.step(10, rank.strategy))).toEqual(['signal 10', 'quote 10'])
    expect(told(stepper.step(10, rank.strategy))).toEqual([])
    expect(stepper.nextDueUs()).toBe(11)
  })

  const instants = fc.array(
    fc.record({
      producer: fc.constantFrom('a', 'b'),
      make: fc.constantFrom(quote, signal, fill),
      us: fc.integer({ min: 1, max: 40 }),
    }),
    { maxLength: 30 },
  )
  const steps = fc.array(fc.record({ taken: fc.integer({ min: 0, max: 6 }), us: fc.integer({ min: 0, max: 10 }) }), {
    maxLength: 12,
  })
  const ranks: readonly Rank[] = [rank.data, rank.strategy]

  it('does the same whether due inputs wait or go straight to the core, and whether it is restored between two steps', () => {
    fc.assert(
      fc.property(instants, steps, (inputs, turns) => {
        const waiting = new Stepper(anEcho())
        let straight = new Stepper(anEcho())
        let [at, nowUs] = [0, 0]
        for (const { taken, us } of turns) {
          nowUs += us
          // No more inputs arrive for a closed instant.
          const arrived = inputs.slice(at, (at += taken)).filter((input) => input.us > nowUs - us)
          arrived.forEach(({ producer, make, us: effectUs }, i) => {
            const event = make(at + i, effectUs)
            waiting.push(producer, event)
            straight.accept(producer, event, nowUs, rank.data)
          })
          for (const throughRank of ranks) {
            const outputs = straight.step(nowUs, throughRank)
            expect(outputs.every((event) => effectUsOf(event) <= nowUs)).toBe(true)
            expect(told(outputs).sort()).toEqual(told(waiting.step(nowUs, throughRank)).sort())
          }
          expect(straight.nextDueUs()).toBe(waiting.nextDueUs())
          const { core, inputs: held } = straight.snapshot()
          straight = new Stepper(anEcho(core as number), JSON.parse(JSON.stringify(held)) as typeof held)
        }
      }),
    )
  })
})
