import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { field, stateSchema } from '@triplane/contracts'
import { createStateCodec } from '@triplane/service'
import { loadStopped, markRunning, saveStopped } from './run-file.ts'

const schema = stateSchema({ runId: field.text, cash: field.units })
const codecOf = (configurationDigest: string) => createStateCodec(schema, { configurationDigest, commit: 'c1' })
const codec = codecOf('d')
const run = { runId: 'r1', cash: '100' }

describe('run file', () => {
  let folder: string
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'triplane-run-'))))
  afterEach(() => rmSync(folder, { recursive: true }))
  const file = () => join(folder, 'run.json')

  it('returns what a clean shutdown saved', () => {
    markRunning(folder, 'r1')
    saveStopped(folder, codec.encode(run))
    expect(loadStopped(folder, codec)).toEqual({ state: run, differences: [] })
  })

  it('refuses a run that did not stop cleanly', () => {
    saveStopped(folder, codec.encode(run))
    markRunning(folder, 'r2')
    expect(() => loadStopped(folder, codec)).toThrow(/r2 that was not: it crashed/)
  })

  it('accepts other settings, and reports it', () => {
    saveStopped(folder, codec.encode(run))
    expect(loadStopped(folder, codecOf('e'))).toEqual({
      state: run,
      differences: ['It was saved under another configuration'],
    })
  })

  it('names the field that does not fit', () => {
    writeFileSync(file(), codec.encode(run).replace(',"cash":"100"', ''))
    expect(() => loadStopped(folder, codec)).toThrow(/Expected the field \/state\/cash, was nothing\. Start a new run/)
    expect(readFileSync(file(), 'utf8')).not.toContain('cash')
  })

  it('reports that there is nothing to resume', () => {
    expect(() => loadStopped(join(folder, 'none'), codec)).toThrow(/found none/)
    writeFileSync(file(), '{"ver')
    expect(() => loadStopped(folder, codec)).toThrow(/Expected JSON, was something else/)
  })
})
