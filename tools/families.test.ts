import { labelName } from '@triplane/metrics'
import { families, serviceFamilies } from './families.ts'

const metrics = families.flatMap(([, family]) => Object.values(family))

describe('the families of all services', () => {
  it('give each metric a unique name and a help text that is a sentence', () => {
    expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length)
    expect(metrics.filter(({ help }) => !/^\S.*\.$/.test(help))).toEqual([])
  })

  it('have exchange before symbol wherever they have one', () => {
    const ofInstruments = metrics
      .map(({ name, labels }) => ({ name, labels: labels.map(labelName) }))
      .filter(({ labels }) => labels.includes('symbol'))
    expect(ofInstruments.filter(({ labels }) => labels[labels.indexOf('symbol') - 1] !== 'exchange')).toEqual([])
  })
})

it.each(serviceFamilies)('the family of %s has the name of its service', (service, family) => {
  const names = Object.values(family).map(({ name }) => name)
  expect(names.length).toBeGreaterThan(0)
  expect(names.filter((name) => !name.startsWith(`${service.replaceAll('-', '_')}_`))).toEqual([])
})
