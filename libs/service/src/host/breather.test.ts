import { Breather } from './breather.ts'

it('lets the outside world have its turn when 20 ms are over since the last one', async () => {
  let nowUs = 0
  let turns = 0
  const breather = new Breather({ monotonicUs: () => nowUs }, async () => {
    turns++
    nowUs += 5_000
  })
  const breathed: boolean[] = []
  for (const stepUs of [0, 19_999, 1, 19_999, 1]) {
    nowUs += stepUs
    breathed.push(await breather.breathe())
  }
  expect(breathed).toEqual([false, false, true, false, true])
  expect(turns).toBe(2)
})
