import fc from 'fast-check'
import { Deferred } from './deferred.ts'
import { SerialQueue } from './serial-queue.ts'

describe('SerialQueue', () => {
  it('runs every task once, in order and one at a time, whichever fail', async () => {
    const works = fc.array(fc.record({ turns: fc.nat(3), fails: fc.boolean() }))
    await fc.assert(
      fc.asyncProperty(works, async (all) => {
        const queue = new SerialQueue()
        const seen: string[] = []
        let underWay = 0
        const outcomes = all.map(({ turns, fails }, i) =>
          queue.run(async () => {
            expect(++underWay).toBe(1)
            for (let turn = 0; turn < turns; turn++) await Promise.resolve()
            underWay--
            seen.push(`${i}`)
            if (fails) throw new Error(`${i}`)
            return i
          }),
        )
        const settled = await Promise.allSettled(outcomes)
        expect(seen).toEqual(all.map((_, i) => `${i}`))
        expect(settled.map(({ status }) => status === 'rejected')).toEqual(all.map(({ fails }) => fails))
      }),
    )
  })

  it('is idle when every given task has ended, failed or not', async () => {
    const queue = new SerialQueue()
    const work = new Deferred()
    let isIdle = false
    const failed = queue.run(() => work.promise)
    const idle = queue.idle().then(() => (isIdle = true))
    await new Promise((resolve) => setImmediate(resolve))
    expect(isIdle).toBe(false)
    work.reject(new Error('disk full'))
    await idle
    await expect(failed).rejects.toThrow('disk full')
  })
})
