import { testStartUs } from '@triplane/testing'
import { RollingMinute } from './rolling-minute.ts'

const at = (seconds: number) => testStartUs + seconds * 1_000_000

describe('RollingMinute', () => {
  it('forgets what is a minute old, second by second', () => {
    const minute = new RollingMinute()
    minute.add(at(0), 1)
    minute.add(at(30), 2)
    minute.add(at(30.9), 4)
    expect(minute.sum(at(59.9))).toBe(7)
    expect(minute.sum(at(60))).toBe(6)
    expect(minute.sum(at(90))).toBe(0)
  })

  it('is empty after a long silence', () => {
    const minute = new RollingMinute()
    minute.add(at(0), 1)
    minute.add(at(100_000), 3)
    expect(minute.sum(at(100_000))).toBe(3)
  })
})
