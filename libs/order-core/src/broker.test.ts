import type { ExecutionEvent, OrderState } from '@triplane/contracts'
import * as fc from 'fast-check'
import { fakeRemote, WAY_US, type RemoteFaults } from '../../execution/test/fake-remote-broker.ts'
import { Session } from '../test/session.ts'

const LEAD_US = 50_000
const SECOND = 1_000_000
const remote = (faults: RemoteFaults = {}, fields: ConstructorParameters<typeof Session>[0] = {}) =>
  new Session({ minLatencyMs: LEAD_US / 1000, ...fields }, fakeRemote(faults)).open()
const after = (session: Session, us = SECOND) => session.wait(us).settle()
const statesOf = (outputs: readonly ExecutionEvent[], intentId = 'a') =>
  outputs.flatMap((event) => (event.type === 'orderEvent' && event.intentId === intentId ? [event.state] : []))
const fillsOf = ({ outputs }: Session) => outputs.filter((event) => event.type === 'fill')
const heldUnits = ({ core }: Session) => core.view().account.positions[0]?.position.quantity ?? 0n
const until = (...states: OrderState[]) => ['received', 'approved', 'submitted', ...states]

describe('an order at a remote broker', () => {
  it('fills as on paper', () => {
    const session = remote()
    session.intent('a', { limitPrice: '100.1' })
    after(session)
    expect(statesOf(session.outputs)).toEqual(until('acknowledged', 'filled'))
    expect(session.core.view()).toMatchObject({ refusedTransitions: 0, open: [] })
  })

  it('may be acknowledged after its fill, without effect', () => {
    const session = remote({ lateAckUs: 200_000 })
    session.intent('a')
    session.wait(2 * WAY_US).trade(100, 0.4, 'sell')
    after(session)
    expect(statesOf(session.outputs)).toEqual(until('partially_filled'))
    expect(session.core.view()).toMatchObject({ refusedTransitions: 0, totals: { unknownReplies: 0 } })
  })

  it.each([
    { name: 'acknowledged', sold: 0, back: 'acknowledged' as const },
    { name: 'partially filled', sold: 0.4, back: 'partially_filled' as const },
  ])('returns to $name when its cancellation is refused, and can be cancelled again', ({ sold, back }) => {
    const session = remote({ cancelRejects: 1 })
    session.intent('a')
    after(session)
    if (sold > 0) session.trade(100, sold, 'sell')
    after(session).forget()
    session.cancel('a')
    after(session)
    expect(statesOf(session.outputs)).toEqual(['pending_cancel', back])
    expect(session.core.view().open).toMatchObject([{ state: back, cancelReason: undefined }])
    session.cancel('a', 'stale_market')
    after(session)
    expect(session.brief().slice(-2)).toEqual(['a pending_cancel stale_market', 'a cancelled stale_market'])
    expect(session.core.view()).toMatchObject({ open: [], refusedTransitions: 0 })
  })

  it('is unknown when its cancellation is refused before any other report', () => {
    const session = remote({ cancelRejects: 1, lateAckUs: 400_000 })
    session.intent('a')
    session.cancel('a')
    after(session)
    expect(statesOf(session.outputs)).toEqual(until('pending_cancel', 'unknown', 'acknowledged'))
    expect(session.core.view().refusedTransitions).toBe(0)
  })

  it('returns to the state it reached meanwhile when its cancellation is refused', () => {
    const session = remote({ cancelRejects: 1 })
    session.intent('a')
    after(session).forget()
    session.cancel('a')
    session.trade(100, 0.4, 'sell')
    after(session)
    expect(session.brief()).toEqual(['a pending_cancel replaced', 'fill 0.4 @ 100', 'a partially_filled'])
  })

  it('is unknown after a time-out, keeps its reservation, and is known again by its fill', () => {
    const session = remote({ timesOut: true, lateAckUs: 300_000, lateFillUs: 300_000 })
    session.intent('a', { limitPrice: '100.1' })
    after(session, 200_000)
    expect(statesOf(session.outputs)).toEqual(until('unknown'))
    expect(session.core.view().open).toMatchObject([{ state: 'unknown', quantityUnits: 100_000_000n }])
    after(session)
    expect(statesOf(session.outputs)).toEqual(until('unknown', 'acknowledged', 'filled'))
    expect(fillsOf(session)).toHaveLength(1)
  })

  it('expires when the broker reports it, and a later fill is booked', () => {
    const session = remote({ expiresAfterUs: 500_000, lateFillUs: SECOND })
    session.intent('a')
    after(session, 400_000)
    session.trade(100, 0.4, 'sell')
    after(session, 5 * SECOND)
    expect(statesOf(session.outputs)).toEqual(until('acknowledged', 'expired'))
    expect(fillsOf(session)).toMatchObject([{ quantity: '0.4', isLate: true }])
    expect(heldUnits(session)).toBe(40_000_000n)
  })

  it('is booked once, however often its fill is reported', () => {
    const session = remote({ repeatFillsAfterUs: 100_000 })
    session.intent('a', { limitPrice: '100.1' })
    after(session)
    expect(fillsOf(session)).toHaveLength(1)
    expect(heldUnits(session)).toBe(100_000_000n)
  })

  it('is booked once by a fill of any age, even when the order was forgotten', () => {
    const faults = { lateFillUs: 3600 * SECOND, repeatFillsAfterUs: SECOND }
    const session = remote(faults, { orderRetentionMs: 1000 })
    session.intent('a')
    session.wait(2 * WAY_US).trade(100, 0.4, 'sell')
    session.cancel('a')
    after(session, 10 * SECOND)
    session.intent('b', { postOnly: true, limitPrice: '99' })
    session.intent('c', { postOnly: true, limitPrice: '99' })
    after(session, 7200 * SECOND)
    expect(fillsOf(session)).toMatchObject([{ intentId: 'a', quantity: '0.4', isLate: true }])
    expect(heldUnits(session)).toBe(40_000_000n)
    expect(session.core.view().totals.lateFills).toBe(1)
  })

  it('is reconciled after a disconnect: a working one works on, one that was lost or ended unseen is unknown', () => {
    const start = remote().nowUs
    const away = { fromUs: start + 2 * SECOND, toUs: start + 4 * SECOND }
    const session = remote({ away })
    session.intent('a')
    session.intent('b', { limitPrice: '99.9' })
    after(session, 3 * SECOND).open()
    session.intent('lost', { decisionRecvUs: session.nowUs })
    session.trade(100, 1, 'sell')
    after(session, 900_000)
    expect(statesOf(session.outputs)).toEqual(until('acknowledged'))
    expect(statesOf(session.outputs, 'lost')).toEqual(until('unknown'))
    after(session, 5 * SECOND)
    expect(statesOf(session.outputs).at(-1)).toBe('filled')
    expect(statesOf(session.outputs, 'b')).toEqual(until('acknowledged'))
    expect(session.core.view().open.map(({ intent, state }) => `${intent.intentId} ${state}`)).toEqual([
      'b acknowledged',
      'lost unknown',
    ])
    expect(fillsOf(session)).toHaveLength(1)
  })

  it('is unknown while the broker no longer lists it, for a reason not reported yet', () => {
    const start = remote().nowUs
    const session = remote({ away: { fromUs: start + 2 * SECOND, toUs: start + 4 * SECOND }, lateFillUs: 6 * SECOND })
    session.intent('a')
    after(session)
    session.trade(100, 1, 'sell')
    after(session, 10 * SECOND)
    expect(statesOf(session.outputs)).toEqual(until('acknowledged', 'unknown', 'filled'))
  })

  it.each([
    {
      name: 'by the trading state, at once',
      command: 'halt' as const,
      then: ['b pending_cancel halted', 'b cancelled halted'],
    },
    { name: 'by whoever asks again', command: undefined, then: [] },
  ])('is cancelled after a disconnect that lost its cancellation, $name', ({ command, then }) => {
    const start = remote().nowUs
    const session = remote({ away: { fromUs: start + 2 * SECOND, toUs: start + 4 * SECOND } })
    session.intent('b', { limitPrice: '99.9' })
    after(session, 3 * SECOND).forget()
    session.cancel('b')
    if (command) session.command(command)
    after(session, 3 * SECOND)
    expect(session.brief()).toEqual(['b pending_cancel replaced', 'b acknowledged', ...then])
    session.cancel('b')
    after(session)
    expect(session.core.view()).toMatchObject({ open: [], refusedTransitions: 0 })
  })

  it('has the quantity that the broker amended it to', () => {
    const session = remote({ amendsTo: '0.6' })
    session.intent('a')
    after(session)
    expect(session.core.view().open).toMatchObject([{ quantityUnits: 60_000_000n }])
    session.trade(100, 0.6, 'sell')
    after(session)
    expect(fillsOf(session)).toMatchObject([{ quantity: '0.6', status: 'FILLED' }])
    expect(session.core.view().open).toEqual([])
  })

  describe('to be lowered while reducing', () => {
    const held = (faults: RemoteFaults, quantity = '0.6') => {
      const session = remote(faults)
      session.intent('long', { quantity, limitPrice: '100.1' })
      after(session)
      session.intent('a', { side: 'SELL', limitPrice: '100.2' })
      after(session).forget()
      return session
    }

    it('has the smaller quantity once the broker confirms it, and publishes nothing', () => {
      const session = held({})
      session.command('reduce')
      expect(session.core.view().open).toMatchObject([{ quantityUnits: 100_000_000n, amendingToUnits: 60_000_000n }])
      after(session)
      expect(session.core.view().open).toMatchObject([{ quantityUnits: 60_000_000n, amendingToUnits: undefined }])
      expect([session.outputs, session.amendments]).toEqual([[], ['amended']])
      session.trade(100.2, 3, 'buy')
      after(session)
      expect(session.brief()).toEqual(['fill 0.6 @ 100.2', 'a filled'])
      expect(heldUnits(session)).toBe(0n)
    })

    it('is cancelled when the broker refuses to lower it', () => {
      const session = held({ amendRejects: 1 })
      session.command('reduce')
      after(session)
      expect(session.brief()).toEqual(['a pending_cancel reducing', 'a cancelled reducing'])
      expect(session.amendments).toEqual(['rejected'])
    })

    it('is cancelled by the broker when as much is filled before the amendment arrives', () => {
      const session = held({})
      session.command('reduce')
      session.trade(100.2, 0.6, 'buy')
      after(session)
      expect(session.brief()).toEqual([
        ...['fill 0.6 @ 100.2', 'a partially_filled'],
        // The rest of the order would open now.
        ...['a pending_cancel reducing', 'a cancelled reducing'],
      ])
      expect(session.core.view()).toMatchObject({ open: [], refusedTransitions: 0 })
      expect(heldUnits(session)).toBe(0n)
    })

    it('is complete when its amendment is reported after its last fill', () => {
      const session = held({ lateAmendUs: 300_000 })
      session.command('reduce')
      session.wait(2 * WAY_US).trade(100.2, 3, 'buy')
      after(session, 200_000)
      after(session)
      expect(session.brief()).toEqual([
        ...['fill 0.6 @ 100.2', 'a partially_filled'],
        // Without the amendment the rest would open now; the broker has nothing left to cancel.
        ...['a pending_cancel reducing', 'a partially_filled', 'a filled'],
      ])
      expect(session.core.view().open).toEqual([])
    })

    it('requests the amendment again when it may have been lost', () => {
      const start = remote().nowUs
      const away = { fromUs: start + 3 * SECOND, toUs: start + 5 * SECOND }
      const session = held({ away })
      after(session)
      session.command('reduce')
      after(session, 5 * SECOND)
      expect(session.core.view().open).toMatchObject([{ quantityUnits: 60_000_000n, amendingToUnits: undefined }])
      expect([session.brief(), session.amendments]).toEqual([[], ['amended']])
    })

    it('is halted like any other', () => {
      const session = held({ lateAmendUs: 300_000 })
      session.command('reduce')
      session.command('halt')
      after(session)
      expect(session.brief()).toEqual(['a pending_cancel halted', 'a cancelled halted'])
      expect(session.core.view()).toMatchObject({ open: [], refusedTransitions: 0 })
    })
  })

  it('resumes identically from a snapshot at any moment, whatever goes wrong', () => {
    const faults = fc.record({
      lateAckUs: fc.nat(200_000),
      lateFillUs: fc.nat(400_000),
      repeatFillsAfterUs: fc.nat(300_000),
      cancelRejects: fc.nat(2),
      timesOut: fc.boolean(),
      expiresAfterUs: fc.integer({ min: 1, max: 600_000 }),
    })
    const steps = fc.array(
      fc.tuple(fc.constantFrom('intent' as const, 'trade' as const, 'cancel' as const), fc.nat(150_000)),
      { maxLength: 20 },
    )
    fc.assert(
      fc.property(faults, steps, fc.nat(20), (faults, script, at) => {
        const played = (restores: boolean) => {
          const session = remote(faults, { risk: { maxMarketAgeMs: 3_600_000 } })
          script.forEach(([what, gapUs], i) => {
            session.wait(gapUs + 1)
            if (what === 'intent') session.intent(`OFI-${i}`, { quantity: '0.5' })
            if (what === 'trade') session.trade(100, 0.3, 'sell')
            if (what === 'cancel') for (const { intent } of session.core.view().open) session.cancel(intent.intentId)
            if (restores && i === at) session.restore()
          })
          return after(session, 10 * SECOND)
        }
        const session = played(true)
        expect(session.lines()).toEqual(played(false).lines())
        const bought = fillsOf(session).reduce((sum, { quantity }) => sum + Math.round(Number(quantity) * 1e8), 0)
        expect(heldUnits(session)).toBe(BigInt(bought))
        expect(new Set(fillsOf(session).map(({ fillId }) => fillId)).size).toBe(fillsOf(session).length)
      }),
    )
  })
})
