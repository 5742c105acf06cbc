import type { ExecutionEvent } from '@triplane/contracts'
import { unknownCodesOf } from '@triplane/testing'
import * as fc from 'fast-check'
import { Session } from '../test/session.ts'
import { tellFillsTwice } from '../../execution/test/told-twice.ts'

const side = fc.constantFrom('BUY' as const, 'SELL' as const)
const ticks = fc.integer({ min: -3, max: 3 })
const size = fc.integer({ min: 0, max: 300 }).map((lots) => lots / 100)

const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('quote' as const), at: ticks }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('mark' as const), at: ticks }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('trade' as const), at: ticks, size, side }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delta' as const), at: ticks, size, side }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('intent' as const),
      side,
      at: ticks,
      size,
      isImmediate: fc.boolean(),
      aheadUs: fc.constantFrom(-500_000, -500_000, -500_000, 3_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), of: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('switch' as const), active: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('command' as const),
      command: fc.constantFrom('reduce' as const, 'resume' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('book' as const), valid: fc.constant(true) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('book' as const), valid: fc.boolean() }) },
)
const script = fc.array(fc.tuple(step, fc.constantFrom(0, 1, 500, 3_000, 9_000, 400_000)), {
  minLength: 10,
  maxLength: 50,
  size: 'max',
})
type Script = typeof script extends fc.Arbitrary<infer T> ? T : never

/** An action before each step of the script; it must change nothing. */
interface Beside {
  readonly before?: (session: Session, i: number) => void
}

const LATE_FILLS = { paper: { fillLatencyMs: 12 }, orderRetentionMs: 1_000 }

function play(script: Script, { before }: Beside = {}): Session {
  const session = new Session(LATE_FILLS).open()
  session.take()
  const price = (at: number) => Math.round(1_000 + at) / 10
  let priorUs = session.nowUs
  script.forEach(([what, gapUs], i) => {
    // Data and commands precede the strategies' events of the same microsecond.
    const isStrategy = what.kind === 'intent' || what.kind === 'cancel' || what.kind === 'switch'
    session.wait(isStrategy ? gapUs : Math.max(1, gapUs))
    if (session.nowUs > priorUs) before?.(session, i)
    priorUs = session.nowUs
    const wasHalted = session.core.view().tradingState === 'halted'
    const from = session.outputs.length
    act(session, what, price, i)
    if (wasHalted && what.kind !== 'switch') expect(session.outputs.slice(from).filter(isSubmission)).toEqual([])
  })
  return session.wait(1_000_000).settle()
}

function isSubmission(event: ExecutionEvent): boolean {
  return event.type === 'orderEvent' && event.state === 'submitted'
}

function act(session: Session, what: Script[number][0], price: (at: number) => number, i: number) {
  switch (what.kind) {
    case 'quote':
      return session.quote(price(what.at), price(what.at + 1))
    case 'mark':
      return session.mark(price(what.at))
    case 'trade':
      return session.trade(price(what.at), what.size + 0.01, what.side === 'BUY' ? 'buy' : 'sell')
    case 'delta':
      return what.side === 'BUY'
        ? session.delta([price(-Math.abs(what.at)), what.size], [])
        : session.delta([], [price(1 + Math.abs(what.at)), what.size])
    case 'intent':
      return session.intent(`OFI-${i}`, {
        side: what.side,
        quantity: String(what.size),
        limitPrice: String(price(what.at)),
        timeInForce: what.isImmediate ? 'IOC' : 'GTC',
        decisionRecvUs: session.nowUs + what.aheadUs,
      })
    case 'cancel':
      return session.cancel(`OFI-${what.of}`)
    case 'switch':
      return session.killSwitch(what.active)
    case 'command':
      return session.command(what.command)
    case 'book':
      return session.status(what.valid ? 'book_valid' : 'book_invalid')
  }
}

describe('order plane core', () => {
  it('gives the same outputs however finely time is advanced', () => {
    fc.assert(
      fc.property(script, fc.integer({ min: 200, max: 3_000 }), (script, strideUs) => {
        let doneUs = 0
        const finely = play(script, {
          before(session) {
            for (let us = Math.max(doneUs, session.nowUs - 25_000); us < session.nowUs; us += strideUs) {
              session.core.advance(us)
              session.take()
            }
            doneUs = session.nowUs
          },
        })
        expect(finely.lines()).toEqual(play(script).lines())
      }),
    )
  })

  it('gives the same outputs however often it is read', () => {
    fc.assert(
      fc.property(script, fc.integer({ min: 1, max: 3 }), (script, looks) => {
        const watched = play(script, {
          before(session) {
            for (let i = 0; i < looks; i++) session.core.view()
          },
        })
        const alone = play(script)
        expect(watched.lines()).toEqual(alone.lines())
        expect(watched.core.snapshot()).toEqual(alone.core.snapshot())
      }),
    )
  })

  it('resumes identically from a snapshot at any point', () => {
    fc.assert(
      fc.property(script, fc.nat(50), (script, cut) => {
        const restored = play(script, { before: (session, i) => void (i === cut % script.length && session.restore()) })
        const straight = play(script)
        expect(restored.lines()).toEqual(straight.lines())
        expect(restored.core.snapshot()).toEqual(straight.core.snapshot())
      }),
    )
  })

  it('books every fill once, however long ago its order ended or was forgotten, and however often it is reported', () => {
    const gapUs = fc.constantFrom(0, 5_000, 20_000, 1_000_000, 15_000_000)
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.constant('intent' as const) },
      { weight: 3, arbitrary: fc.constant('trade' as const) },
      { weight: 3, arbitrary: fc.constant('cancel' as const) },
      { weight: 1, arbitrary: fc.constant('repeat' as const) },
    )
    const steps = fc.array(fc.tuple(step, gapUs), { minLength: 10, maxLength: 40, size: 'max' })
    type Steps = typeof steps extends fc.Arbitrary<infer T> ? T : never
    const latencyUs = fc.integer({ min: 5_000, max: 60_000_000 })
    let late = 0
    let forgotten = 0
    let repeated = 0

    /** Orders rest at 100, trade in part, and are cancelled while their fills are under way. */
    function played(script: Steps, fillLatencyUs: number, orderRetentionUs: number, repeats: boolean) {
      const paper = { fillLatencyMs: fillLatencyUs / 1000 }
      const session = new Session({
        paper,
        orderRetentionMs: orderRetentionUs / 1000,
        risk: { maxMarketAgeMs: 3_600_000 },
      }).open()
      script.forEach(([what, gapUs], i) => {
        session.wait(gapUs + 1)
        if (what === 'intent') session.intent(`OFI-${i}`, { quantity: '0.5' })
        if (what === 'trade') session.trade(100, 5.2, 'sell')
        if (what === 'cancel') for (const { intent } of session.core.view().open) session.cancel(intent.intentId)
        if (what === 'repeat' && repeats) repeated += tellTwice(session, gapUs)
      })
      return session.wait(200_000_000).settle()
    }

    /** Makes every fill under way come a second time, `laterUs` after the first. Returns their number. */
    function tellTwice(session: Session, laterUs: number): number {
      const saved = session.core.snapshot()
      const { broker, told } = tellFillsTwice(saved.broker, laterUs)
      session.restore({ ...saved, broker })
      return told
    }

    const fillsOf = ({ outputs }: Session) => outputs.filter((event) => event.type === 'fill')
    fc.assert(
      fc.property(steps, latencyUs, (script, latencyUs) => {
        const once = played(script, latencyUs, 3_600_000_000, false)
        const session = played(script, latencyUs, 1, true)
        const plain = (fill: ReturnType<typeof fillsOf>[number]) => ({ ...fill, seq: 0, tsAckUs: 0 })
        expect(fillsOf(session).map(plain)).toEqual(fillsOf(once).map(plain))
        expect(session.core.view().account).toEqual(once.core.view().account)
        const bought = fillsOf(session).reduce((sum, { quantity }) => sum + Number(quantity), 0)
        expect(session.core.view().account.positions[0]?.position.quantity ?? 0n).toBe(BigInt(Math.round(bought * 1e8)))
        expect(session.core.view().totals.lateFills).toBe(fillsOf(session).filter(({ isLate }) => isLate).length)
        late += session.core.view().totals.lateFills
        // The fill of a forgotten order counts its own arrival as the acknowledgement.
        forgotten += fillsOf(session).filter(({ tsAckUs }, i) => tsAckUs !== fillsOf(once)[i]?.tsAckUs).length
      }),
    )
    expect([late > 20, forgotten > 20, repeated > 20]).toEqual([true, true, true])
  })

  it('submits nothing while halted, keeps booked positions, and reserves nothing once all orders have ended', () => {
    let submitted = 0
    let filled = 0
    fc.assert(
      fc.property(script, (script) => {
        const session = play(script)
        session.killSwitch(true)
        session.wait(1_000_000).settle()
        const { open, refusedTransitions, account } = session.core.view()
        expect([open, refusedTransitions]).toEqual([[], 0])

        expect(session.outputs.flatMap(unknownCodesOf)).toEqual([])
        const fills = session.outputs.filter((event) => event.type === 'fill')
        const bought = fills.reduce((sum, { side, quantity }) => sum + (side === 'BUY' ? 1 : -1) * Number(quantity), 0)
        expect(account.positions[0]?.position.quantity ?? 0n).toBe(BigInt(Math.round(bought * 1e8)))
        submitted += session.outputs.filter(isSubmission).length
        filled += fills.length
      }),
    )
    expect([submitted > 200, filled > 100]).toEqual([true, true])
  })
})
