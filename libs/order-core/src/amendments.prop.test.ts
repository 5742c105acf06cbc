import * as fc from 'fast-check'
import { fakeRemote } from '../../execution/test/fake-remote-broker.ts'
import { Session } from '../test/session.ts'

const SECOND = 1_000_000
const size = fc.integer({ min: 5, max: 200 }).map((lots) => String(lots / 100))
const commands = ['reduce', 'reduce', 'reduce', 'resume', 'resume', 'resume', 'halt'] as const
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('sell' as const), size }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('buy' as const), size }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('trade' as const), size, isUp: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), of: fc.nat(9) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('command' as const),
      command: fc.constantFrom(...commands),
    }),
  },
)
const script = fc.array(fc.tuple(step, fc.constantFrom(0, 3_000, 9_000, 60_000, 400_000)), {
  minLength: 8,
  maxLength: 40,
  size: 'max',
})
type Script = typeof script extends fc.Arbitrary<infer T> ? T : never

const faults = fc.record({
  lateAckUs: fc.constantFrom(0, 150_000),
  lateFillUs: fc.constantFrom(0, 200_000),
  lateAmendUs: fc.constantFrom(0, 3_000, 250_000),
  amendRejects: fc.constantFrom(0, 0, 0, 0, 1),
  timesOut: fc.constantFrom(false, false, false, true),
  awayUs: fc.option(fc.tuple(fc.nat(2 * SECOND), fc.integer({ min: 1, max: SECOND })), { nil: undefined }),
})
type Faults = typeof faults extends fc.Arbitrary<infer T> ? T : never

const risk = { maxMarketAgeMs: 3_600_000, maxOrders: 10_000, maxPositionUsd: 1e6, maxGrossUsd: 1e6 }

/** Orders rest around 100 at a remote broker and trade in part while the trading state changes. */
function played(script: Script, { awayUs, ...rest }: Faults, after: (session: Session, i: number) => void): Session {
  const start = new Session().nowUs
  const away = awayUs && { fromUs: start + SECOND + awayUs[0], toUs: start + SECOND + awayUs[0] + awayUs[1] }
  const session = new Session({ minLatencyMs: 2, risk }, fakeRemote(away ? { ...rest, away } : rest)).open()
  session.intent('long', { quantity: '2', limitPrice: '100.1' })
  session.wait(SECOND).settle()
  script.forEach(([what, gapUs], i) => {
    session.wait(gapUs + 1)
    if (what.kind === 'sell') session.intent(`${i}`, { side: 'SELL', limitPrice: '100.2', quantity: what.size })
    if (what.kind === 'buy') session.intent(`${i}`, { quantity: what.size })
    if (what.kind === 'trade') session.trade(what.isUp ? 100.2 : 100, Number(what.size), what.isUp ? 'buy' : 'sell')
    if (what.kind === 'cancel') session.cancel(`${what.of}`)
    if (what.kind === 'command') session.command(what.command)
    after(session, i)
  })
  return session
}

/** The approved and the filled quantity of each order. */
function approvedAndFilled({ outputs }: Session) {
  const units = new Map<string, { approved: number; filled: number }>()
  for (const event of outputs) {
    if (event.type === 'orderEvent' && event.state === 'approved')
      units.set(event.intentId, { approved: Math.round(Number(event.quantity) * 1e8), filled: 0 })
    const order = event.type === 'fill' ? units.get(event.intentId) : undefined
    if (order && event.type === 'fill') order.filled += Math.round(Number(event.quantity) * 1e8)
  }
  return units
}

describe('orders that are lowered', () => {
  it('stay between the filled and the approved quantity, whatever messages cross', () => {
    let amended = 0
    let rejected = 0
    fc.assert(
      fc.property(script, faults, (script, faults) => {
        const session = played(script, faults, (session) => {
          const units = approvedAndFilled(session)
          const { open } = session.core.view()
          for (const { intent, quantityUnits, filledUnits, amendingToUnits } of open) {
            expect(filledUnits <= quantityUnits).toBe(true)
            expect(quantityUnits <= BigInt(units.get(intent.intentId)?.approved ?? 0)).toBe(true)
            expect(amendingToUnits === undefined || amendingToUnits < quantityUnits).toBe(true)
          }
        })
        session.wait(10 * SECOND).settle()
        const { account, refusedTransitions } = session.core.view()
        const fills = session.outputs.filter((event) => event.type === 'fill')
        const net = fills.reduce((sum, { side, quantity }) => sum + (side === 'BUY' ? 1 : -1) * Number(quantity), 0)
        expect(account.positions[0]?.position.quantity ?? 0n).toBe(BigInt(Math.round(net * 1e8)))
        for (const { approved, filled } of approvedAndFilled(session).values())
          expect(filled).toBeLessThanOrEqual(approved)
        expect(refusedTransitions).toBe(0)
        amended += session.amendments.filter((outcome) => outcome === 'amended').length
        rejected += session.amendments.filter((outcome) => outcome === 'rejected').length
      }),
    )
    expect([amended > 10, rejected > 10]).toEqual([true, true])
  })

  it('end up closing no more than the position while reducing, whatever messages were lost', () => {
    fc.assert(
      fc.property(script, faults, (script, faults) => {
        const session = played(script, faults, () => undefined)
        session.command('resume')
        session.command('reduce')
        session.wait(10 * SECOND).settle()
        const { account, open } = session.core.view()
        const held = account.positions[0]?.position.quantity ?? 0n
        const works = open.filter(({ state }) => state !== 'unknown')
        const closing = held > 0n ? 'SELL' : 'BUY'
        expect(works.filter(({ intent }) => intent.side !== closing)).toEqual([])
        const remaining = works.reduce((sum, order) => sum + order.quantityUnits - order.filledUnits, 0n)
        expect(remaining <= (held > 0n ? held : -held)).toBe(true)
      }),
    )
  })

  it('resume identically from a snapshot at any moment', () => {
    fc.assert(
      fc.property(script, faults, fc.nat(40), (script, faults, cut) => {
        const end = (session: Session) => session.wait(10 * SECOND).settle()
        const straight = end(played(script, faults, () => undefined))
        const restored = end(played(script, faults, (session, i) => void (i === cut && session.restore())))
        expect(restored.lines()).toEqual(straight.lines())
        expect(restored.core.snapshot()).toEqual(straight.core.snapshot())
      }),
    )
  })
})
