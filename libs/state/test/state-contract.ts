import { aFill, aKillSwitch, aPortfolioState, aQuote } from '@triplane/testing'
import { noteEvent, type LatestState } from '../src/index.ts'
import { StateError } from '../src/state-error.ts'
import type { StateOptions, StateValues } from '../src/latest-state.ts'
import { until } from './until.ts'

/** Creates a state that is ready for writing, and empty unless its account was used before. */
export type CreateState = (options: StateOptions) => LatestState | Promise<LatestState>

let accounts = 0
/** An account that no other test uses. */
export const anAccount = () => `sim-${process.pid}-${accounts++}`

export const aQuoteState = (bid: number): StateValues['quote'] => ({
  instrument: 'BTC/USDT:USDT@sim',
  bid,
  bidSize: 1,
  ask: bid + 1,
  askSize: 2,
  tsRecvUs: 1_723_127_400_000_000,
})

/** The tests that every implementation of the latest state has to pass. */
export function stateContract(name: string, createState: CreateState): void {
  describe(`${name} keeps the contract of the latest state`, () => {
    const opened: LatestState[] = []
    async function aState(options: Partial<StateOptions> = {}): Promise<LatestState> {
      const state = await createState({ account: anAccount(), ...options })
      opened.push(state)
      return state
    }
    afterEach(() => Promise.all(opened.splice(0).map((state) => state.close())))

    it('returns a set value with its time, and nothing under other keys and kinds', async () => {
      const state = await aState({ nowUs: () => 1_723_127_400_000_007 })
      state.set('quote', 'BTC/USDT:USDT@sim', aQuoteState(61_800.2))
      await state.flush()
      const noted = { ...aQuoteState(61_800.2), notedUs: 1_723_127_400_000_007 }
      expect(await state.get('quote', 'BTC/USDT:USDT@sim')).toEqual(noted)
      expect(await state.get('quote', 'BTC/USDT@sim')).toBeUndefined()
      expect(await state.get('position', 'BTC/USDT:USDT@sim')).toBeUndefined()
      expect(await state.list('quote')).toEqual(new Map([['BTC/USDT:USDT@sim', noted]]))
      expect(await state.list('plane')).toEqual(new Map())
    })

    it('keeps the newest value of each key', async () => {
      const state = await aState()
      for (let i = 1; i <= 1000; i++) state.set('quote', `sim/${i % 3}`, aQuoteState(i))
      await state.flush()
      for (let i = 1; i <= 2; i++) state.set('quote', 'sim/0', aQuoteState(2000 + i))
      await state.flush()
      const quotes = await state.list('quote')
      expect([...quotes].map(([key, { bid }]) => [key, bid])).toEqual([
        ['sim/0', 2002],
        ['sim/1', 1000],
        ['sim/2', 998],
      ])
      expect(state.health()).toEqual({ isHealthy: true, waiting: 0, errors: 0, dropped: 0 })
    })

    it('stores values without an explicit flush', async () => {
      const state = await aState()
      state.set('plane', 'order', { status: 'running', runId: 'run-1', tradingState: 'active' })
      await until(async () => (await state.get('plane', 'order'))?.status === 'running')
      expect(state.health()).toMatchObject({ waiting: 0 })
    })

    it('keeps accounts apart, whatever their names', async () => {
      const account = anAccount()
      const [one, pattern] = [await aState({ account }), await aState({ account: `${account.slice(0, -1)}*` })]
      one.set('quote', 'SPY@sim', aQuoteState(500))
      await one.flush()
      expect((await one.list('quote')).size).toBe(1)
      expect((await pattern.list('quote')).size).toBe(0)
    })

    it('expires values, each kind after its own time', async () => {
      const state = await aState({ expirySeconds: { plane: 0.3 } })
      state.set('plane', 'data', { status: 'running', runId: 'run-1' })
      state.set('quote', 'SPY@sim', aQuoteState(500))
      await state.flush()
      await until(async () => (await state.get('plane', 'data')) === undefined)
      expect(await state.list('plane')).toEqual(new Map())
      expect(await state.get('quote', 'SPY@sim')).toMatchObject({ bid: 500 })
    })

    it('drops and counts keys beyond the bound, and still accepts newer values of the others', async () => {
      const state = await aState({ maxKeys: 2 })
      for (const key of ['a', 'b', 'c', 'd', 'a']) state.set('quote', key, aQuoteState(key === 'a' ? 9 : 1))
      expect(state.health()).toMatchObject({ dropped: 2 })
      await state.flush()
      expect([...(await state.list('quote')).keys()]).toEqual(['a', 'b'])
    })

    it('notes quotes, positions, fills and kill switches of events', async () => {
      const state = await aState({ nowUs: () => 7 })
      noteEvent(state, aQuote({ bid: 1 }))
      noteEvent(state, aPortfolioState())
      noteEvent(state, aFill())
      noteEvent(state, aKillSwitch())
      await state.flush()
      const { bidSize, ask, askSize, tsRecvUs } = aQuote()
      expect(await state.get('quote', 'BTC/USDT@sim')).toEqual({
        instrument: 'BTC/USDT@sim',
        bid: 1,
        bidSize,
        ask,
        askSize,
        tsRecvUs,
        notedUs: 7,
      })
      expect(await state.get('position', 'BTC/USDT@sim')).toEqual({
        ...aPortfolioState().positions[0],
        effectUs: aPortfolioState().effectUs,
        notedUs: 7,
      })
      const { fillId, intentId, strategy, instrument, side, quantity, price, fee, effectUs } = aFill()
      const fill = { fillId, intentId, strategy, instrument, side, quantity, price, fee, effectUs, notedUs: 7 }
      expect(await state.get('fill', 'BTC/USDT@sim')).toEqual(fill)
      const killSwitch = await state.get('killSwitch', 'drawdown')
      expect(killSwitch).toMatchObject({ active: true, limit: 0.02 })
      expect(killSwitch).not.toHaveProperty('type')
    })

    it('silently drops values and refuses reads after close', async () => {
      const state = await aState()
      await state.close()
      state.set('quote', 'SPY@sim', aQuoteState(500))
      await state.flush()
      expect(state.health()).toMatchObject({ isHealthy: false, dropped: 1 })
      const refusal = await state.get('quote', 'SPY@sim').catch((error: unknown) => error)
      expect(refusal).toBeInstanceOf(StateError)
      expect(refusal).toMatchObject({ code: 'closed', retryable: false })
      await expect(state.list('quote')).rejects.toMatchObject({ code: 'closed' })
      await expect(state.close()).resolves.toBeUndefined()
    })
  })
}
