import { createStateCheck } from '@triplane/contracts'
import { aBar, anOfi, aQuote, testStartUs, anInstrument } from '@triplane/testing'
import fc from 'fast-check'
import { settingsKey, strategies } from './registry.ts'
import type { StrategyEvent } from './strategy.ts'

const universe = ['BTC/USDT', 'ETH/USDT'].map((symbol) => anInstrument({ symbol }))

const eventsOf = fc.array(
  fc.record({
    instrument: fc.constantFrom('BTC/USDT@sim', 'ETH/USDT@sim'),
    type: fc.constantFrom('quote' as const, 'ofi' as const, 'bar' as const, 'hole' as const),
    price: fc.integer({ min: 900, max: 1100 }),
    flow: fc.integer({ min: -20, max: 20 }),
    isIncomplete: fc.boolean(),
  }),
  { minLength: 5, maxLength: 80 },
)
type Step = ReturnType<typeof eventsOf.generate>['value'][number]

function eventOf({ instrument, type, price, flow, isIncomplete }: Step, i: number): StrategyEvent | undefined {
  const tsRecvUs = testStartUs + i * 400_000
  switch (type) {
    case 'quote':
      return aQuote({ instrument, tsRecvUs, bid: price, ask: price + 0.2 })
    case 'ofi':
      return anOfi({ instrument, tsRecvUs, value: flow, depth: 3 })
    case 'bar':
      return aBar({ instrument, tsRecvUs, timeframe: '1m', close: price, ...(isIncomplete && { incomplete: true }) })
    case 'hole':
      return undefined
  }
}

it('has a name and a place among the settings for each', () => {
  expect(new Set(strategies.map(settingsKey)).size).toBe(strategies.length)
  for (const { name, doc, parameters, inputs } of strategies) {
    expect(parameters.safeParse({ unknown: 1 }).success).toBe(false)
    expect(() => parameters.parse({})).not.toThrow()
    expect(doc).toMatch(/\.$/)
    expect([name, inputs.events ?? inputs.bars ?? []]).not.toEqual([name, []])
  }
})

describe.each(strategies.map((definition) => [definition.name, definition] as const))('%s', (name, definition) => {
  const eager = definition.eager({}) ?? {}
  const open = (parameters: unknown, saved?: unknown) =>
    definition.open({ universe, quoted: [], parameters, position: () => 0.5 }, saved)

  it('says what its kind may say, of instruments of the run, with the defaults and with eager parameters', () => {
    fc.assert(
      fc.property(eventsOf, fc.constantFrom({}, eager), (steps, parameters) => {
        const strategy = open(parameters)
        for (const [i, step] of steps.entries()) {
          const event = eventOf(step, i)
          for (const decision of event ? strategy.on(event) : (strategy.onHole?.(step.instrument) ?? [])) {
            expect(['BTC/USDT@sim', 'ETH/USDT@sim']).toContain(decision.instrument)
            expect(decision.type).toBe(definition.limits ? 'orders' : 'opinion')
            if (decision.type === 'opinion') expect(Math.abs(decision.strength)).toBeLessThanOrEqual(1)
          }
        }
      }),
      { numRuns: 50 },
    )
  })

  it('goes on from what it saved, which is as its schema has it', () => {
    const check = createStateCheck(definition.state, '')
    fc.assert(
      fc.property(eventsOf, fc.nat(), (steps, cut) => {
        const straight = open(eager)
        let restored = open(eager)
        steps.forEach((step, i) => {
          const event = eventOf(step, i)
          if (i === cut % steps.length) {
            const saved: unknown = JSON.parse(JSON.stringify(restored.snapshot()))
            expect(check(saved)).toBeUndefined()
            restored = open(eager, saved)
          }
          const said = [straight, restored].map((one) =>
            event ? one.on(event) : (one.onHole?.(step.instrument) ?? []),
          )
          expect(said[1]).toEqual(said[0])
        })
        expect(restored.snapshot()).toEqual(straight.snapshot())
      }),
      { numRuns: 50 },
    )
  })

  it('refuses what another saved', () => {
    expect(() => open({}, { nothing: 'of mine' })).toThrow(`/${name}`)
  })
})
