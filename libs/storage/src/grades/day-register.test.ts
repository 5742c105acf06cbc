import { US_PER_DAY, US_PER_HOUR } from '@triplane/kernel'
import type pg from 'pg'
import { DayRegister, daysOf } from './day-register.ts'

describe('the days of rows', () => {
  it('are distinct, in order, and before the epoch too', () => {
    expect(daysOf([2 * US_PER_DAY, US_PER_DAY - 1, 0, -1, 2 * US_PER_DAY + 5])).toEqual([-1, 0, 2])
  })
})

describe('a day register', () => {
  const asked: unknown[] = []
  let nowUs = 0
  let fails = false
  const client = {
    async query(_sql: string, values: unknown[]) {
      if (fails) throw new Error('away')
      asked.push(values)
    },
  } as unknown as pg.ClientBase
  const register = new DayRegister({ nowUs: () => 0, monotonicUs: () => nowUs })
  const ensure = async (table: string, ...days: number[]) => {
    const timesUs = days.map((day) => day * US_PER_DAY)
    await register.ensure(client, table, timesUs)
    return asked.splice(0)
  }

  it('registers each day once per table, and again after an hour', async () => {
    expect(await ensure('trades', 19_943, 19_944)).toEqual([['trades', ['2024-08-08', '2024-08-09']]])
    expect(await ensure('trades', 19_943, 19_945)).toEqual([['trades', ['2024-08-10']]])
    expect(await ensure('quotes', 19_943)).toEqual([['quotes', ['2024-08-08']]])
    nowUs += US_PER_HOUR - 1
    expect(await ensure('trades', 19_943)).toEqual([])
    nowUs += 1
    expect(await ensure('trades', 19_943)).toEqual([['trades', ['2024-08-08']]])
  })

  it('retries after a failure', async () => {
    fails = true
    await expect(ensure('ofi', 1)).rejects.toThrow('away')
    fails = false
    expect(await ensure('ofi', 1)).toEqual([['ofi', ['1970-01-02']]])
  })
})
