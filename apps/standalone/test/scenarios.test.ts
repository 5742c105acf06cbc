import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from './run-standalone.ts'
import { scenarioTable, TABLE_END, TABLE_START } from './scenario-table.ts'

describe('scenarios', () => {
  const varFolder = temporaryFolder()
  let table: readonly (readonly string[])[]
  let text: string
  beforeAll(async () => {
    text = await scenarioTable(varFolder())
    table = text
      .split('\n')
      .slice(2)
      .map((line) =>
        line
          .split('|')
          .map((cell) => cell.trim())
          .slice(1, -1),
      )
  }, 300_000)

  const column = (scenario: string, index: number) =>
    table.filter(([name]) => name === scenario).map((row) => row[index])

  it('match the table in the README', () => {
    const readme = readFileSync(join(__dirname, '../../../README.md'), 'utf8')
    const start = readme.indexOf(TABLE_START) + TABLE_START.length
    expect(readme.slice(start, readme.indexOf(TABLE_END)).trim()).toBe(text)
  })

  it.each(['calm', 'storm', 'bad-ticks', 'clock-drift'])('%s trips nothing', (scenario) => {
    expect(column(scenario, 2)).toEqual(['none', 'none', 'none'])
  })

  it('flash-crash trips a loss switch with every seed', () => {
    for (const cell of column('flash-crash', 2)) expect(cell).toMatch(/pnl|drawdown/)
  })

  it('feed-outage trips stale_data with every seed', () => {
    expect(column('feed-outage', 2)).toEqual(['stale_data', 'stale_data', 'stale_data'])
  })

  it('bad-ticks are refused under many codes, clock-drift under one', () => {
    for (const cell of column('bad-ticks', 3)) expect(cell?.split(',').length).toBeGreaterThanOrEqual(6)
    for (const cell of column('clock-drift', 3)) expect(cell).toMatch(/^clock_drift \d+$/)
  })

  it('trade, and send no order after a trip', () => {
    expect(table).toHaveLength(18)
    for (const row of table) {
      expect(Number(row[7])).toBeGreaterThan(0)
      expect(row[8]).toBe('0')
    }
  })
})
