import fc from 'fast-check'
import { BatchQueue } from './batch-queue.ts'

const aQueue = (maxItems = 1_000, maxWeight = 1_000) =>
  new BatchQueue<number>({ maxItems, maxWeight, weightOf: (item) => item })

describe('BatchQueue', () => {
  it('hands over every item once and in order, however pushes, takes and wake-ups interleave', async () => {
    const steps = fc.array(fc.constantFrom('push', 'take', 'wake', 'turn'))
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const queue = aQueue()
        const taken: number[] = []
        let taking: Promise<void> | undefined
        let pushed = 0
        for (const step of all) {
          if (step === 'push') queue.push(pushed++)
          if (step === 'wake') queue.wake()
          if (step === 'turn') await Promise.resolve()
          // One reader: it takes again once it has its batch.
          if (step === 'take')
            taking ??= queue.take(60_000).then((items) => {
              taken.push(...items)
              taking = undefined
            })
        }
        queue.wake()
        await taking
        taken.push(...(await queue.take(0)))
        expect(taken).toEqual(Array.from({ length: pushed }, (_, i) => i))
        expect(queue.size).toBe(0)
      }),
    )
  })

  it('collects everything pushed until the reader resumes, and then waits anew', async () => {
    const queue = aQueue()
    const batch = queue.take(60_000)
    queue.push(1)
    queue.push(2)
    expect(await batch).toEqual([1, 2])
    let isOver = false
    const next = queue.take(60_000).then(() => (isOver = true))
    await new Promise((resolve) => setImmediate(resolve))
    expect(isOver).toBe(false)
    queue.wake()
    await next
  })

  it('returns an empty batch when nothing arrives in time', async () => {
    expect(await aQueue().take(1)).toEqual([])
  })

  it.each([
    { name: 'items', queue: aQueue(2, 1_000), items: [1, 1] },
    { name: 'weight', queue: aQueue(1_000, 10), items: [3, 7] },
  ])('is full at its limit of $name, accepts more all the same, and is empty after a take', async (limit) => {
    const { queue, items } = limit
    expect(queue.isFull).toBe(false)
    items.forEach((item) => queue.push(item))
    expect(queue.isFull).toBe(true)
    queue.push(5)
    expect(await queue.take(0)).toEqual([...items, 5])
    expect(queue.isFull).toBe(false)
  })
})
