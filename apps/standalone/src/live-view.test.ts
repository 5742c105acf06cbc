import { testStartUs } from '@triplane/testing'
import { LiveView, type LiveStatus } from './live-view.ts'

const status: LiveStatus = {
  marketTimeUs: testStartUs,
  frames: 1000,
  refused: 3,
  gaps: 2,
  signals: 40,
  intents: 12,
  orders: 11,
  denied: 4,
  fills: 7,
  openOrders: 1,
  tradingState: 'active',
  instruments: [
    {
      name: 'BTC/USDT:USDT',
      bid: 61_800.2,
      ask: 61_800.3,
      position: '-0.12345',
      bookValid: true,
      barIncomplete: true,
    },
    { name: 'SPY', bid: undefined, ask: undefined, position: '0', bookValid: false, barIncomplete: false },
  ],
  equityUsd: 1_000_123.456,
  pnlUsd: 123.456,
  drawdownRatio: 0.0012,
  switches: [
    { type: 'pnl', active: false, distanceRatio: 0.25 },
    { type: 'drawdown', active: true, distanceRatio: 1 },
    { type: 'psr', active: false, distanceRatio: 0 },
    { type: 'stale_data', active: false, distanceRatio: 0 },
    { type: 'manual', active: false, distanceRatio: 0 },
  ],
  storedRows: 12_345_678,
}

const urls = ['http://127.0.0.1:8000', 'http://127.0.0.1:8001', 'http://127.0.0.1:8002']

/** A view on a screen that records its output, with a manual clock. */
function watched(isTTY: boolean, columns = 80, shownUrls: readonly string[] = urls) {
  const written: string[] = []
  let nowMs = 0
  const view = new LiveView({ isTTY, columns, write: (text) => void written.push(text) }, shownUrls, () => nowMs)
  return {
    written,
    view,
    showAt(ms: number, fields: Partial<LiveStatus> = {}) {
      nowMs = ms
      view.show(() => ({ ...status, ...fields }))
    },
  }
}

describe('the live view on a terminal', () => {
  it('keeps its columns aligned, however long a name is', () => {
    const { written, showAt } = watched(true, 120)
    const instruments = ['BTC/USDT@binance_spot', 'SPY'].map((name) => ({ ...status.instruments[0], name }))
    showAt(0, { instruments: instruments as LiveStatus['instruments'] })
    const lines = written
      .join('')
      .split('\n')
      .filter((line) => line.includes('61,800.20'))
    expect(lines).toHaveLength(2)
    expect(new Set(lines.map((line) => line.indexOf('61,800.20'))).size).toBe(1)
  })

  it('shows rates, prices, positions, PnL, switches and URLs of each plane', () => {
    const { written, showAt } = watched(true)
    showAt(0)
    showAt(500, { frames: 1600 })
    const text = written.at(-1) ?? ''
    expect(text.split('\n')).toEqual([
      'Triplane  2024-08-08 14:30:00 UTC   Ctrl-C stops',
      '',
      'data      http://127.0.0.1:8000',
      '  1,200 frames/s, 1,600 in, 3 refused, 2 gaps, 12,345,678 rows stored',
      '  BTC/USDT:USDT     61,800.20    61,800.30   position   -0.12345  incomplete',
      '  SPY                       -            -   position          0  book invalid',
      'strategy  http://127.0.0.1:8002',
      '  equity 1,000,123.46 USD (+123.46), drawdown 0.120 %',
      '  40 signals, 12 intents',
      '  pnl 0.25  drawdown TRIPPED  psr 0.00  stale_data 0.00  manual 0.00',
      'order     http://127.0.0.1:8001',
      '  active; 11 orders, 4 denied, 7 fills, 1 open',
      '',
    ])
  })

  it('refreshes in place, at most twice a second', () => {
    const { written, showAt } = watched(true)
    for (const ms of [0, 100, 499, 500, 900, 1000]) showAt(ms)
    const lines = (written[0] ?? '').split('\n').length - 1
    const up = `\x1b[${lines}A\x1b[J`
    expect(written).toEqual([expect.any(String), up, expect.any(String), up, expect.any(String)])
  })

  it('leaves the terminal at the end, once', () => {
    const { written, view, showAt } = watched(true)
    view.clear()
    expect(written).toEqual([])
    showAt(0)
    view.clear()
    view.clear()
    expect(written.slice(1)).toEqual([expect.stringMatching(/^\x1b\[\d+A\x1b\[J$/)])
  })

  it('never uses more than the width of the terminal, so that no line wraps', () => {
    for (const columns of [60, 80]) {
      const { written, showAt } = watched(true, columns)
      showAt(0, { progress: 0.5 })
      expect(Math.max(...(written[0] ?? '').split('\n').map((line) => line.length))).toBeLessThan(columns)
    }
  })

  it('has a progress bar where there is an end', () => {
    const { written, showAt } = watched(true)
    showAt(0, { progress: 0.255 })
    expect(written[0]).toContain('[#####...............] 25 %')
  })

  it('shows that metrics are off', () => {
    const { written, showAt } = watched(true, 80, [])
    showAt(0)
    expect(written[0]).toContain('order     metrics off')
  })
})

describe('the live view elsewhere', () => {
  it('prints one line every five seconds, without control characters', () => {
    const { written, view, showAt } = watched(false)
    for (const ms of [0, 500, 4999]) showAt(ms)
    showAt(5000, { frames: 2000, progress: 0.999 })
    view.clear()
    expect(written).toEqual([
      '2024-08-08 14:30:00  0 frames/s  7 fills  1 open  equity 1,000,123.46 (+123.46)  active: drawdown\n',
      '2024-08-08 14:30:00  99%  200 frames/s  7 fills  1 open  equity 1,000,123.46 (+123.46)  active: drawdown\n',
    ])
  })

  it('asks for the status only to show it', () => {
    const { view } = watched(false)
    const asked = jest.fn(() => status)
    view.show(asked)
    view.show(asked)
    expect(asked).toHaveBeenCalledTimes(1)
  })
})
