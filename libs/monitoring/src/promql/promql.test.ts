import { promql } from './promql.ts'

it('takes the indentation of the source away, and gives what is put in that of its place', () => {
  const inner = promql`
    a
      or b
  `
  expect(promql`
    sum(
      ${inner}
    ) > ${1}
  `).toBe('sum(\n  a\n    or b\n) > 1')
})

it('leaves one line as it is', () => {
  expect(promql`a > ${2}`).toBe('a > 2')
})
