import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { runStandalone, temporaryFolder } from './run-standalone.ts'

const CAPTURE = join(__dirname, '../../../examples/captures/simulated-btcusdt.capture.gz')
/** With the quotes cut here, a position is open from before this time into the rest of the capture. */
const QUOTES_END_SECONDS = 33

describe('a stream of quotes that dies', () => {
  const varFolder = temporaryFolder()

  it('does not freeze a position: its marks continue by the book', async () => {
    const lines = gunzipSync(readFileSync(CAPTURE)).toString().split('\n')
    const secondsOf = (line: string) => Number(BigInt(line.split(' ')[0] ?? '') / 1_000_000n) / 1000
    const isQuote = (line: string) => line.includes('bookTicker"')
    const firstSeconds = secondsOf(lines.find(isQuote) ?? '')
    const cut = lines.filter((line) => !isQuote(line) || secondsOf(line) - firstSeconds <= QUOTES_END_SECONDS)
    const { b, a } = (
      JSON.parse(cut.findLast(isQuote)?.replace(/^\d+ /, '') ?? '') as { data: { b: string; a: string } }
    ).data
    const lastQuoted = (Number(b) + Number(a)) / 2
    const path = join(varFolder(), 'cut.capture')
    mkdirSync(varFolder(), { recursive: true })
    writeFileSync(path, cut.join('\n'))

    const report = await runStandalone(['--capture', path, '--speed', 'max'], join(varFolder(), 'var'))
    const [symbol = '', held] = Object.entries(report.positions)[0] ?? []
    const { bid = 0, ask = 0 } = report.books[symbol] ?? {}
    expect(held?.quantity).not.toBe(0)
    expect(Math.abs((held?.mark ?? 0) - lastQuoted)).toBeGreaterThan(100)
    expect(Math.abs((held?.mark ?? 0) - (bid + ask) / 2)).toBeLessThan(20)
    expect(held).toMatchObject({ isMarkStale: false })
    expect(held?.markAgeUs).toBeLessThan(2_000_000)
    // The gain of the account is realised, net of commission, and unrealised.
    const { equityUsd, realizedUsd, unrealizedUsd, feesUsd } = report.pnl
    expect(realizedUsd + unrealizedUsd).toBeCloseTo(equityUsd - 100_000, 8)
    expect(realizedUsd).toBeCloseTo(-feesUsd, 8)
    expect(unrealizedUsd).not.toBe(0)
  }, 60_000)
})
