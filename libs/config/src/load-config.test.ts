import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { composeConfig, loadConfig, type ConfigSources } from './load-config.ts'
import { secret } from './secrets.ts'

const schema = composeConfig({
  storage: z.object({
    url: z.string().min(1).optional(),
    batchSize: z.int().min(1).max(100_000).default(5000),
    password: secret(z.string().min(8)).optional(),
    enabled: z.boolean().default(true),
  }),
  metrics: z.object({
    ports: z.object({ data: z.int().max(65535).default(8000), order: z.int().max(65535).default(8001) }).prefault({}),
    symbols: z.array(z.string()).default([]),
    speed: z.union([z.number().positive(), z.literal('max')]).default('max'),
  }),
})

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'triplane-config-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function file(content: unknown): string {
  const path = join(folder, 'config.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

/** The violations, line by line, in the error of loading these sources. */
function complaints(sources: ConfigSources): string[] {
  try {
    loadConfig(schema, sources)
  } catch (error) {
    return (error as Error).message.split('\n').slice(1)
  }
  return []
}

describe('loading configuration', () => {
  it('gives the defaults without any source', () => {
    expect(loadConfig(schema, {})).toEqual({
      storage: { batchSize: 5000, enabled: true },
      metrics: { ports: { data: 8000, order: 8001 }, symbols: [], speed: 'max' },
    })
  })

  it('reads secrets from files, trimmed, and prefers a variable to its file', () => {
    const path = join(folder, 'secret')
    writeFileSync(path, 'from-a-file\n')
    const load = (environment: Readonly<Record<string, string>>) =>
      loadConfig(schema, { environment, aliases: { DATABASE_PASSWORD: 'storage.password' } }).storage.password
    expect(load({ TRIPLANE_STORAGE_PASSWORD_FILE: path })).toBe('from-a-file')
    expect(load({ DATABASE_PASSWORD_FILE: path })).toBe('from-a-file')
    expect(load({ DATABASE_PASSWORD_FILE: path, DATABASE_PASSWORD: 'set-by-hand' })).toBe('set-by-hand')
    expect(() => load({ DATABASE_PASSWORD_FILE: join(folder, 'none') })).toThrow(
      /DATABASE_PASSWORD_FILE.*a file that can be read.*ENOENT/,
    )
    expect(() => load({ TRIPLANE_STORAGE_URL_FILE: path })).toThrow('TRIPLANE_STORAGE_URL_FILE')
  })

  it('prefers flags over environment over file over defaults, value by value', () => {
    const config = loadConfig(schema, {
      file: file({ storage: { batchSize: 1, url: 'file' }, metrics: { ports: { data: 1, order: 1 } } }),
      environment: { TRIPLANE_STORAGE_BATCH_SIZE: '2', TRIPLANE_METRICS_PORTS_DATA: '2', HOME: '/root' },
      flags: { metrics: { ports: { data: 3, order: undefined } } },
    })
    expect(config.storage).toEqual({ batchSize: 2, url: 'file', enabled: true })
    expect(config.metrics.ports).toEqual({ data: 3, order: 1 })
  })

  it.each([
    ['TRIPLANE_STORAGE_ENABLED', 'false', { storage: { enabled: false } }],
    ['TRIPLANE_METRICS_SYMBOLS', 'BTC/USDT, SPY', { metrics: { symbols: ['BTC/USDT', 'SPY'] } }],
    ['TRIPLANE_METRICS_SYMBOLS', '', { metrics: { symbols: [] } }],
    ['TRIPLANE_METRICS_SPEED', '10', { metrics: { speed: 10 } }],
    ['TRIPLANE_METRICS_SPEED', 'max', { metrics: { speed: 'max' } }],
    ['DATABASE_URL', 'postgres://host/db', { storage: { url: 'postgres://host/db' } }],
  ])('reads %s=%s', (variable, text, want) => {
    const aliases = { DATABASE_URL: 'storage.url' }
    expect(loadConfig(schema, { environment: { [variable]: text }, aliases })).toMatchObject(want)
  })

  it('names every violation at once: path, expected value, found value', () => {
    const found = complaints({
      file: file({
        storage: { batchSize: 0, enabled: 'yes', batch: 1 },
        metrics: { speed: 'fast', symbols: [7] },
        store: {},
      }),
      environment: {
        TRIPLANE_METRICS_PORTS_DATA: '99999',
        TRIPLANE_METRICS_PORTS_ORDER: 'a',
        TRIPLANE_STORE: '1',
        TRIPLANE_DATA: 'x',
      },
      readElsewhere: ['TRIPLANE_DATA'],
    })
    expect(found).toEqual([
      '  storage.batchSize: expected number to be >=1, found 0',
      '  storage.enabled: expected boolean, found "yes"',
      '  storage.batch: expected a key that is known (url, batchSize, password, enabled), found ***',
      '  metrics.ports.data (TRIPLANE_METRICS_PORTS_DATA): expected number to be <=65535, found 99999',
      '  metrics.ports.order (TRIPLANE_METRICS_PORTS_ORDER): expected number, found "a"',
      '  metrics.symbols[0]: expected string, found 7',
      '  metrics.speed: expected number or "max", found "fast"',
      '  store: expected a key that is known (storage, metrics), found ***',
      '  TRIPLANE_STORE: expected a variable that is known, found ***',
    ])
  })

  it('never shows a secret', () => {
    expect(complaints({ environment: { TRIPLANE_STORAGE_PASSWORD: 'short' } })).toEqual([
      '  storage.password (TRIPLANE_STORAGE_PASSWORD): expected string to have >=8 characters, found ***',
    ])
  })

  it.each([
    [
      'is not JSON',
      '{',
      /config\.json is not valid:\n {2}\(file\): expected JSON, found none at line 1, column 2, where it ends/,
    ],
    ['is not an object', '[]', /\(file\): expected an object, found an array/],
  ])('refuses a file that %s', (_, content, message) => {
    expect(() => loadConfig(schema, { file: file(content) })).toThrow(message)
  })

  it('refuses a missing file', () => {
    expect(() => loadConfig(schema, { file: join(folder, 'none.json') })).toThrow(
      /expected a file that can be read, found ENOENT/,
    )
  })
})
