import { promql } from './promql.ts'

it('removes the indentation of the source, and indents an inserted value like its place', () => {
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

it('leaves a single line unchanged', () => {
  expect(promql`a > ${2}`).toBe('a > 2')
})
