import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeLine, wire, type Event } from '@triplane/contracts'
import { aFill, anOrderIntent, aQuote, aTrade, examples } from '@triplane/testing'
import { wireBreaks, wireLayouts } from './wire-document.ts'

const docs = join(__dirname, '../docs')
const hasPython = spawnSync('python3', ['--version']).status === 0
const itWithPython = hasPython ? it : it.skip

itWithPython(
  `what docs/wire-reader.py reads of every event is its JSON${hasPython ? '' : ' [not run: there is no python3]'}`,
  () => {
    const shares = [{ strategy: 'OFI', quantity: '0.1' }]
    const more: readonly Event[] = [
      aTrade({ tradeId: 'T-ü', lastTradeId: 7 }),
      aFill({ shares, isLate: false }),
      anOrderIntent({ shares }),
      aQuote({ bid: 0.1 + 0.2 }),
    ]
    const events = [...Object.values(examples), ...more]
    const records = [...events.map((event) => [event]), events].map((all) => wire.encodeRecord(all).toString('hex'))
    const { stdout, stderr } = spawnSync('python3', [join(docs, 'wire-reader.py')], {
      input: records.join('\n'),
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    const read = stdout.trimEnd().split('\n')
    expect(read.map((line) => encodeLine(JSON.parse(line) as Event))).toEqual([...events, ...events].map(encodeLine))
  },
)

describe('layouts of the wire', () => {
  const published = readFileSync(join(docs, 'wire.json'), 'utf8')
  const changed = (from: string, to: string) => wireBreaks(wireLayouts().replace(from, to))

  it('match the published ones, or add to them', () => {
    expect(wireBreaks(published)).toEqual([])
  })

  it.each([
    ['"at": 48', '"at": 56', 'trade/price has moved: fields and choices are added at the end'],
    [
      '"buy",\n          "sell"',
      '"sell",\n          "buy"',
      'trade/aggressor has moved: fields and choices are added at the end',
    ],
    ['"name": "price"', '"name": "cost"', 'trade/cost is gone'],
    ['"tag": "trade"', '"tag": "print"', 'number 1 is that of print v2'],
    ['"version": 2', '"version": 3', 'number 1 is that of trade v3'],
  ])('may not change within a version: %s', (from, to, why) => {
    expect(changed(from, to)).toEqual([why])
  })

  it('may differ in the next version, and lack what is new', () => {
    expect(changed('"version": 2', '"version": 1')).toEqual([])
    expect(wireBreaks(JSON.stringify((JSON.parse(published) as readonly unknown[]).slice(1)))).toEqual([])
  })
})
