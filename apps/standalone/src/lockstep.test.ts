import { rank, type Rank } from '@triplane/contracts'
import type { FeedItem } from '@triplane/market-data'
import { Lockstep } from './lockstep.ts'

/** Three planes that record their calls, with their own timers every 100 us. */
function recordingPlanes() {
  const log: string[] = []
  const timer = (name: string, periodUs: number) => {
    let dueUs = Number.POSITIVE_INFINITY
    /** Data starts it. */
    const start = (nowUs: number) => void (dueUs = Math.min(dueUs, Math.ceil((nowUs + 1) / periodUs) * periodUs))
    const run = (throughUs: number) => {
      for (; dueUs <= throughUs; dueUs += periodUs) log.push(`${name} timer ${dueUs}`)
    }
    return { start, run, nextDueUs: () => dueUs }
  }
  const dataTimer = timer('data', 100)
  const plane = (name: string, periodUs: number) => {
    const own = timer(name, periodUs)
    return {
      step(throughUs: number, throughRank: Rank) {
        if (throughRank !== rank.data) return own.run(throughUs)
        own.start(throughUs)
        log.push(`${name} data ${throughUs}`)
      },
      nextDueUs: own.nextDueUs,
    }
  }
  const data = {
    accept(item: FeedItem) {
      dataTimer.start(item.tsRecvUs)
      log.push(`data ${item.tsRecvUs}`)
    },
    advance: dataTimer.run,
    nextDueUs: dataTimer.nextDueUs,
  }
  return {
    log,
    lockstep: new Lockstep(
      { data, strategy: plane('strategy', 150), order: plane('order', 70) },
      { monotonicUs: () => 0 },
    ),
  }
}

const frame = (tsRecvUs: number): FeedItem => ({ type: 'connect', origin: { source: 's', venue: 'v' }, tsRecvUs })
const time = (tsRecvUs: number): FeedItem => ({ type: 'time', tsRecvUs })

describe('Lockstep', () => {
  it('gives all three planes an instant of data at once, and closes it when time moves on', () => {
    const { log, lockstep } = recordingPlanes()
    for (const tsRecvUs of [10, 10, 250]) lockstep.accept(frame(tsRecvUs))
    expect(log).toEqual([
      ...['data 10', 'strategy data 10', 'order data 10', 'data 10', 'strategy data 10', 'order data 10'],
      ...[
        'order timer 70',
        'data timer 100',
        'order timer 140',
        'strategy timer 150',
        'data timer 200',
        'order timer 210',
      ],
      ...['data 250', 'strategy data 250', 'order data 250'],
    ])
  })

  it('does the same however finely time advances', () => {
    const coarse = recordingPlanes()
    for (const item of [frame(10), frame(900)]) coarse.lockstep.accept(item)
    coarse.lockstep.closeBefore(1200)
    const fine = recordingPlanes()
    for (let us = 10; us < 1200; us += 5) fine.lockstep.accept(us === 10 || us === 900 ? frame(us) : time(us))
    fine.lockstep.closeBefore(1200)
    expect(fine.log).toEqual(coarse.log)
  })

  it('gives a frame whose clock went back the current time', () => {
    const { log, lockstep } = recordingPlanes()
    for (const tsRecvUs of [50, 40]) lockstep.accept(frame(tsRecvUs))
    expect(log.filter((line) => line.startsWith('strategy'))).toEqual(['strategy data 50', 'strategy data 50'])
  })
})
