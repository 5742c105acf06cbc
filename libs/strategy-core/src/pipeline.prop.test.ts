import fc from 'fast-check'
import { encodeLine, isEvent, type Fill, type OrderEvent, type OrderIntent, instrumentId } from '@triplane/contracts'
import { configuredRates } from '@triplane/instruments'
import { fixed, formatFixed } from '@triplane/kernel'
import {
  aFill,
  aMark,
  aMarketStatus,
  anOfi,
  anOperatorCommand,
  anOrderEvent,
  aQuote,
  testStartUs,
  anInstrument,
} from '@triplane/testing'
import { strategyConfigSchema } from './config.ts'
import { createStrategyCore } from './pipeline.ts'
import {
  type StrategyCore,
  type StrategyInput,
  type StrategyOutput,
  type StrategySnapshot,
} from './strategy-plane-core.ts'

const instruments = ['BTC/USDT', 'ETH/USDT'].map((symbol) => anInstrument({ symbol }))
const config = strategyConfigSchema.parse({
  startingCashUsd: '1000000',
  ofi: { horizonMs: 1000, stepMs: 100, deviationHorizonMs: 5000, warmUpMs: 0, deadBandDeviations: 0.3, minChange: 0.1 },
  portfolio: { symbolLimitUsd: 50_000, grossLimitUsd: 80_000, netLimitUsd: 60_000 },
  intents: { minTradeUsd: 500, maxOrderUsd: 20_000, urgentTradeUsd: 20_000, minIntervalMs: 100 },
  killSwitches: { confirmations: 2, lossLimitUsd: 150, silenceLimitMs: 8000 },
})
const rates = configuredRates(config.ratesToUsd)
const newCore = (snapshot?: StrategySnapshot) =>
  createStrategyCore(config, { instruments, rates, isSessionOpen: () => true }, snapshot)

const stepsOf = fc.array(
  fc.record({
    afterMs: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 1, max: 400 }) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 9000 }) },
    ),
    instrument: fc.constantFrom(...instruments),
    action: fc.oneof(
      { weight: 12, arbitrary: fc.constant('flow' as const) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('book_invalid' as const, 'book_valid' as const, 'disconnected' as const),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom('halt' as const, 'reduce' as const, 'resume' as const, 'rearm' as const),
      },
    ),
    flow: fc.integer({ min: -40, max: 40 }),
    ticks: fc.integer({ min: -60, max: 60 }),
    /** The fate of the intents sent at this step. */
    fate: fc.constantFrom('fill', 'part', 'rest', 'deny', 'silent'),
  }),
  { minLength: 10, maxLength: 120 },
)
type Step = ReturnType<typeof stepsOf.generate>['value'][number]

/** The inputs of a step, without sequence numbers. */
function marketInputs({ action, instrument: traded, flow }: Step, bid: number, atUs: number): StrategyInput[] {
  const instrument = instrumentId(traded)
  switch (action) {
    case 'flow':
      return [
        aQuote({ instrument, tsRecvUs: atUs, bid, ask: bid + 0.2 }),
        aMark({ instrument, tsRecvUs: atUs, price: bid + 0.1, ageUs: 0 }),
        anOfi({ instrument, tsRecvUs: atUs, value: flow, depth: 3 }),
      ]
    case 'book_invalid':
    case 'book_valid':
    case 'disconnected':
      return [aMarketStatus({ instrument, tsRecvUs: atUs, status: action })]
    default:
      return [anOperatorCommand({ effectUs: atUs, command: action })]
  }
}

const effectUsOf = (event: StrategyInput) => ('effectUs' in event ? event.effectUs : event.tsRecvUs)
/** An order plane that applies the step's fate to each intent, 10 ms later; resting orders fill a second later. */
function fatefulOrderPlane() {
  const pending: (OrderEvent | Fill)[] = []
  const resting = new Map<string, OrderIntent>()
  let seq = 0

  function reply(intent: OrderIntent, atUs: number, state: OrderEvent['state'], filled: bigint, fillsNow = 0n) {
    const { intentId, instrument, side, quantity } = intent
    if (fillsNow > 0n) {
      const fields = {
        intentId,
        instrument,
        side,
        quantity: formatFixed(fillsNow, 3),
        price: intent.limitPrice ?? '1',
        fee: '1',
      }
      pending.push(aFill({ ...fields, seq: ++seq, fillId: `fill-${seq}`, effectUs: atUs }))
    }
    const filledQuantity = formatFixed(filled, 3)
    pending.push(
      anOrderEvent({ seq: ++seq, intentId, instrument, side, effectUs: atUs, state, quantity, filledQuantity }),
    )
  }

  return {
    pending,
    accept(output: StrategyOutput, fate: Step['fate']) {
      if (output.type === 'orderIntent') {
        const atUs = output.effectUs + 10_000
        const quantity = fixed(output.quantity, 3)
        const part = quantity / 2n
        if (fate === 'fill') reply(output, atUs, 'filled', quantity, quantity)
        if (fate === 'part') reply(output, atUs, 'cancelled', part, part)
        if (fate === 'deny') reply(output, atUs, 'denied', 0n)
        if (fate === 'rest') {
          reply(output, atUs, 'acknowledged', 0n)
          resting.set(output.intentId, output)
        }
      } else if (output.type === 'cancelIntent') {
        const intent = resting.get(output.intentId)
        if (intent) reply(intent, output.effectUs + 10_000, 'cancelled', 0n)
        resting.delete(output.intentId)
      }
    },
  }
}

interface Run {
  readonly inputs: readonly StrategyInput[]
  readonly outputs: readonly StrategyOutput[]
  readonly endUs: number
}

/** Runs a core against the order plane, in input order, and records both sides. `check` sees each output when it comes. */
function record(steps: readonly Step[], check: (output: StrategyOutput, core: StrategyCore) => void = () => {}): Run {
  const core = newCore()
  const orderPlane = fatefulOrderPlane()
  const inputs: StrategyInput[] = []
  const outputs: StrategyOutput[] = []
  const bids = new Map(instruments.map((instrument) => [instrumentId(instrument), 50_000]))
  let fate: Step['fate'] = 'fill'
  let nowUs = testStartUs
  let marketSeq = 0
  let operatorSeq = 0

  function collect() {
    for (const output of core.outbox.drain()) {
      check(output, core)
      outputs.push(output)
      orderPlane.accept(output, fate)
    }
  }
  function take(input: StrategyInput) {
    inputs.push(input)
    core.process(input)
    collect()
  }
  /** Handles replies and timers that are due before `untilUs`, each at its time. */
  function settle(untilUs: number) {
    for (;;) {
      const reply = orderPlane.pending[0]
      const replyUs = reply?.effectUs ?? Infinity
      const dueUs = core.nextDueUs()
      if (Math.min(replyUs, dueUs) >= untilUs) return
      if (dueUs <= replyUs) {
        core.advance(dueUs)
        collect()
      } else {
        orderPlane.pending.shift()
        take(reply as OrderEvent | Fill)
      }
    }
  }

  for (const instrument of instruments.map(instrumentId)) {
    take(aMarketStatus({ seq: ++marketSeq, instrument, tsRecvUs: nowUs, status: 'book_valid' }))
  }
  for (const step of steps) {
    nowUs += step.afterMs * 1000
    settle(nowUs)
    fate = step.fate
    const id = instrumentId(step.instrument)
    bids.set(id, (bids.get(id) as number) + step.ticks / 10)
    for (const input of marketInputs(step, bids.get(id) as number, nowUs)) {
      take({ ...input, seq: input.type === 'operatorCommand' ? ++operatorSeq : ++marketSeq })
    }
  }
  const endUs = nowUs + 3_000_000
  settle(endUs)
  return { inputs, outputs, endUs }
}

/** Feeds the recorded inputs to a core in another way, and gives its outputs. */
function replay({ inputs, endUs }: Run, deliver: (core: StrategyCore, input: StrategyInput) => StrategyCore): string[] {
  let core = newCore()
  const lines: string[] = []
  const collect = () => core.outbox.drain().forEach((output) => lines.push(encodeLine(output)))
  for (const input of inputs) {
    core = deliver(core, input)
    collect()
  }
  core.advance(endUs - 1)
  collect()
  return lines
}

const linesOf = (run: Run) => run.outputs.map(encodeLine)

describe('the strategy plane, whatever happens', () => {
  it('sends valid events, no intents while a switch is active, one live order an instrument', () => {
    let intents = 0
    let trips = 0
    fc.assert(
      fc.property(stepsOf, (steps) => {
        const active = new Set<string>()
        record(steps, (output, core) => {
          expect(isEvent(output)).toBe(true)
          if (output.type === 'killSwitch') {
            trips += output.active ? 1 : 0
            if (output.active) active.add(output.switchType)
            else active.delete(output.switchType)
          }
          if (output.type === 'targetPortfolio' && active.size > 0) expect(output.targets).toEqual([])
          if (output.type !== 'orderIntent') return
          intents++
          expect([...active]).toEqual([])
          const { desk } = core.snapshot().instruments.find((of) => of.id === output.instrument) ?? {}
          expect(desk?.orders.map((order) => order.intentId)).toEqual([output.intentId])
        })
      }),
      { numRuns: 100 },
    )
    expect(intents).toBeGreaterThan(100)
    expect(trips).toBeGreaterThan(20)
  })

  it('says the same however finely time is advanced', () => {
    fc.assert(
      fc.property(stepsOf, fc.integer({ min: 1000, max: 700_000 }), (steps, strideUs) => {
        const run = record(steps)
        let throughUs = testStartUs - 1
        const fine = replay(run, (core, input) => {
          for (; throughUs + strideUs < effectUsOf(input); throughUs += strideUs) core.advance(throughUs + strideUs)
          core.process(input)
          return core
        })
        const coarse = replay(run, (core, input) => {
          core.process(input)
          return core
        })
        expect(fine).toEqual(linesOf(run))
        expect(coarse).toEqual(linesOf(run))
      }),
      { numRuns: 25 },
    )
  })

  it('does the same however often it is looked at', () => {
    fc.assert(
      fc.property(stepsOf, fc.integer({ min: 1, max: 3 }), (steps, looks) => {
        const run = record(steps)
        const lines = (reads: number) =>
          replay(run, (core, input) => {
            for (let i = 0; i < reads; i++) core.summary()
            core.process(input)
            return core
          })
        expect(lines(looks)).toEqual(linesOf(run))
        expect(lines(0)).toEqual(linesOf(run))
      }),
      { numRuns: 25 },
    )
  })

  it('goes on from a snapshot taken anywhere', () => {
    fc.assert(
      fc.property(stepsOf, (steps) => {
        const run = record(steps)
        const lines = replay(run, (core, input) => {
          const restored = newCore(JSON.parse(JSON.stringify(core.snapshot())) as StrategySnapshot)
          restored.process(input)
          return restored
        })
        expect(lines).toEqual(linesOf(run))
      }),
      { numRuns: 25 },
    )
  })
})
