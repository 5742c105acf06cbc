import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMetrics, isPlanned, type Catalog } from '@triplane/metrics'
import { readExposition } from '@triplane/testing'
import { families as all } from './families.ts'
import { olderNames } from './older-names.ts'

const root = join(__dirname, '..')

/** The text of a section of docs/metrics.md. */
function section(title: string): string {
  const [, text] = readFileSync(join(root, 'docs/metrics.md'), 'utf8').split(`\n## ${title}\n`)
  return text?.split('\n## ')[0] ?? ''
}

/** The first code of each row of the tables in a text. */
const namesIn = (text: string) => [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name)

/** The sources of the services and libraries, without tests and without the catalogues. */
const sources = ['apps', 'libs']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  )
  .filter((path) => /\/src\/.*\.ts$/.test(path) && !/node_modules|\.test\.ts$|\/catalog(\/|\.ts$)/.test(path))
  .map((path) => readFileSync(join(root, path), 'utf8'))
  .filter((text) => /@triplane\/metrics|everyServiceCatalog|Metrics<|defineService/.test(text))

describe('the planned metrics', () => {
  it('are listed in docs/metrics.md, and nothing else is', () => {
    const planned = all.flatMap(([, catalog]) => Object.values(catalog).filter(isPlanned))
    expect(namesIn(section('Not recorded yet'))).toEqual(planned.map(({ name }) => name))
  })

  it.each(all)('have HELP and TYPE and no sample: %s', async (service, catalog) => {
    const exposed = new Map(
      readExposition(await createMetrics(service, { processMetrics: false, labels: labelsOf(catalog) }).expose()).map(
        (family) => [family.name, family],
      ),
    )
    for (const { name, help, type } of Object.values(catalog).filter(isPlanned))
      expect(exposed.get(name)).toEqual({ name, help, type, samples: [] })
  })

  it.each(all)('are all that no code records: %s', (_, catalog) => {
    const recorded = Object.entries(catalog).filter(([, metric]) => !isPlanned(metric))
    const unrecorded = recorded.filter(([key]) => !sources.some((text) => new RegExp(`\\b${key}\\b`).test(text)))
    expect(unrecorded.map(([key]) => key)).toEqual([])
  })
})

describe('the dotted names of older code', () => {
  it('are in docs/metrics.md, each once', () => {
    const names = olderNames.map(({ name }) => name)
    expect(namesIn(section('Names of older code'))).toEqual(names)
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter((name) => !/^[a-z]+\.[a-z_]+$/.test(name))).toEqual([])
  })

  it.each(olderNames)('have an existing metric: $name', ({ metrics }) => {
    const known = new Set(all.flatMap(([, catalog]) => Object.values(catalog).map(({ name }) => name)))
    known.add('process_cpu_seconds_total').add('process_resident_memory_bytes')
    expect(metrics.filter((name) => !known.has(name))).toEqual([])
    expect(metrics.length).toBeGreaterThan(0)
  })
})

/** A value for each open label, as from a configuration. */
function labelsOf(catalog: Catalog): Readonly<Record<string, readonly string[]>> {
  const open = Object.values(catalog).flatMap(({ labels }) => labels.filter((label) => typeof label === 'string'))
  return Object.fromEntries(open.map((name) => [name, ['some']]))
}
