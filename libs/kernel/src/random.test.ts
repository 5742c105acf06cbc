import { Random } from './random.ts'

describe('Random', () => {
  it('gives the same numbers on every machine', () => {
    const random = new Random(42)
    expect([random.uint32(), random.uint32(), random.uint32()]).toEqual([3893884377, 145076852, 3246010591])
  })

  it('continues from its state', () => {
    const random = new Random(7)
    random.normal()
    const twin = new Random(random.state())
    expect([twin.normal(), twin.exponential(3), twin.below(10)]).toEqual([
      random.normal(),
      random.exponential(3),
      random.below(10),
    ])
  })

  it('has the mean and the variance of the distributions it names', () => {
    const random = new Random(1)
    const draws = 50_000
    let normal = 0
    let square = 0
    let exponential = 0
    let uniform = 0
    for (let i = 0; i < draws; i++) {
      const z = random.normal()
      normal += z / draws
      square += (z * z) / draws
      exponential += random.exponential(3) / draws
      uniform += random.uniform() / draws
    }
    expect(normal).toBeCloseTo(0, 1)
    expect(square).toBeCloseTo(1, 1)
    expect(exponential).toBeCloseTo(3, 0)
    expect(uniform).toBeCloseTo(0.5, 2)
  })
})
