import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Report } from '../src/report.ts'
import { nothingUnderstood } from '../src/report.ts'
import { runStandalone } from './run-standalone.ts'

const folder = mkdtempSync(join(tmpdir(), 'triplane-not-understood-'))
afterAll(() => rmSync(folder, { recursive: true }))

const trade = (symbol: string, id: number) =>
  `{"stream":"${symbol.toLowerCase()}@trade","data":{"e":"trade","E":1723161600000,"T":1723161600000,"s":"${symbol}","t":${id},"p":"100.0","q":"1","X":"MARKET","m":false}}`

async function replay(name: string, payloads: readonly string[]): Promise<Report> {
  const capture = join(folder, name)
  writeFileSync(capture, payloads.map((payload, i) => `${1_723_161_600_000_000 + i}000 ${payload}\n`).join(''))
  return runStandalone(['--capture', capture, '--venue', 'binance_usdm'], join(folder, `${name}.var`))
}

it('reports what was found when no frame of a replay was understood', async () => {
  const report = await replay('strangers.txt', [trade('NOUSDT', 1), trade('NOUSDT', 2), 'not json'])
  const said = nothingUnderstood(report)
  expect(said).toContain('understood none of the 3')
  expect(said).toContain('most often 2 times unknown_instrument')
})

it('reports nothing when one frame was understood', async () => {
  const report = await replay('one.txt', [trade('NOUSDT', 1), trade('BTCUSDT', 2)])
  expect(report.events.trade).toBe(1)
  expect(nothingUnderstood(report)).toBeUndefined()
})
