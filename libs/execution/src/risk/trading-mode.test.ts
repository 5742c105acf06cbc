import { tradingStates, type TradingState } from '@triplane/contracts'
import * as fc from 'fast-check'
import { TradingMode } from './trading-mode.ts'

describe('trading mode', () => {
  it('is the strictest of its reasons', () => {
    const states = fc.constantFrom(...tradingStates)
    fc.assert(
      fc.property(
        fc.boolean(),
        states,
        states,
        states,
        states,
        (tripped, operator, heartbeat, reconciliation, journal) => {
          const mode = new TradingMode()
          if (tripped) mode.setSwitch('pnl', true)
          if (operator !== 'active') mode.command(operator === 'halted' ? 'halt' : 'reduce')
          mode.setCondition('heartbeat', heartbeat)
          mode.setCondition('reconciliation', reconciliation)
          mode.setCondition('journal', journal)
          const all: TradingState[] = [tripped ? 'halted' : 'active', operator, heartbeat, reconciliation, journal]
          const strictest = all.includes('halted') ? 'halted' : all.includes('reducing') ? 'reducing' : 'active'
          expect(mode.state).toBe(strictest)
          expect(new TradingMode(mode.snapshot()).state).toBe(strictest)
        },
      ),
    )
  })

  it.each([
    { command: 'resume', switches: ['manual'], after: 'active' },
    { command: 'resume', switches: ['stale_data', 'manual'], after: 'halted' },
    { command: 'reduce', switches: ['manual'], after: 'reducing' },
    { command: 'rearm', switches: ['stale_data', 'manual'], after: 'halted' },
  ] as const)(
    'says what remains after $command with $switches, and changes nothing',
    ({ command, switches, after }) => {
      const mode = new TradingMode()
      mode.command('halt')
      for (const type of switches) mode.setSwitch(type, true)
      const before = mode.snapshot()
      expect(mode.stateAfter(command)).toBe(after)
      expect(mode.snapshot()).toEqual(before)
    },
  )

  it('stays halted until every switch is re-armed', () => {
    const mode = new TradingMode()
    mode.setSwitch('drawdown', true)
    mode.setSwitch('pnl', true)
    mode.setSwitch('drawdown', false)
    expect([mode.state, mode.activeSwitch]).toEqual(['halted', 'pnl'])
    mode.command('resume')
    expect(mode.state).toBe('halted')
    mode.setSwitch('pnl', false)
    expect([mode.state, mode.activeSwitch]).toEqual(['active', undefined])
  })

  it('is not loosened by a reduce, whoever said it', () => {
    const mode = new TradingMode()
    mode.command('halt')
    mode.command('reduce')
    expect(mode.state).toBe('halted')
    mode.command('resume')
    mode.command('reduce')
    expect(mode.state).toBe('reducing')
  })

  it('keeps the operator’s halt until he resumes', () => {
    const mode = new TradingMode()
    mode.command('halt')
    mode.command('rearm')
    expect(mode.state).toBe('halted')
    mode.command('resume')
    expect(mode.state).toBe('active')
  })
})
