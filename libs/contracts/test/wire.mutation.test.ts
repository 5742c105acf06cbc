import { mutateRecords } from './mutations.ts'

it('a randomly mutated record is refused or read correctly, and nothing past its end is read', () => {
  const { read, refused } = mutateRecords(50_000, 7)
  expect(read).toBeGreaterThan(1000)
  expect(refused).toBeGreaterThan(1000)
}, 120_000)
