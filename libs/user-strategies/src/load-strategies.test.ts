import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { aBar, anOfi } from '@triplane/testing'
import { loadStrategies } from './load-strategies.ts'

/** A folder with these files. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'user-strategies-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

/** A strategy whose opinion on every flow is what the expression gives. */
const strategyOf = (expression: string, before = '') => `
  import { defineStrategy } from '@triplane/strategy'
  import { stateSchema, field } from '@triplane/contracts'
  import { z } from 'zod'
  ${before}
  export default defineStrategy({
    name: 'MINE',
    doc: 'Says what a test wants.',
    parameters: z.strictObject({ factor: z.number().default(1) }).prefault({}),
    inputs: { events: ['ofi'] },
    state: stateSchema({ seen: field.count }),
    create({ parameters }, saved = { seen: 0 }) {
      let seen: number = saved.seen
      return {
        on(event) {
          seen++
          return [{ type: 'opinion', instrument: event.instrument, strength: (${expression}) * parameters.factor }]
        },
        snapshot: () => ({ seen }),
      }
    },
  })`

async function opened(files: Readonly<Record<string, string>>, saved?: unknown) {
  const definitions = await loadStrategies(folderOf(files))
  const mine = definitions.find(({ name }) => name === 'MINE')
  if (!mine) throw new Error('Expected MINE')
  return mine.open({ universe: [], quoted: [], parameters: { factor: 0.5 }, position: () => 0 }, saved)
}

describe('a folder of strategies', () => {
  it('is read beside those of Triplane, TypeScript as it is, with files of its own', async () => {
    const files = {
      'mine.ts': strategyOf('half(seen)', `import { half } from './half.ts'`),
      'half.ts': 'export const half = (n: number): number => n / 2',
      'mine.test.ts': 'nonsense (',
    }
    const mine = await opened(files, { seen: 1 })
    const said = [{ type: 'opinion', instrument: 'BTC/USDT@sim', strength: 0.5 }]
    expect(mine.on(anOfi({ instrument: 'BTC/USDT@sim' }))).toEqual(said)
    expect(mine.snapshot()).toEqual({ seen: 2 })
    const definitions = await loadStrategies(folderOf(files))
    expect(definitions.map(({ name }) => name)).toEqual(['OFI', 'MOM', 'MM', 'MINE'])
    expect(() =>
      definitions.at(-1)?.open({ universe: [], quoted: [], parameters: {}, position: () => 0 }, { seen: 'x' }),
    ).toThrow('/MINE/seen')
  })

  it.each([
    ['Date.now() / 1e15', 'Date (time is in the events)'],
    ['new Date().getTime()', 'Date (time is in the events)'],
    ['Math.random()', 'Math.random (a strategy gives the same for the same events)'],
    ['Math.pow(2, 0.5)', 'Math.pow (its last bits differ between Node versions)'],
    ['globalThis.x', 'globalThis (a strategy hears events and nothing else)'],
    ['process.pid', 'process (a strategy hears events and nothing else)'],
    ['Number(eval("1"))', 'eval (a strategy hears events and nothing else)'],
    ['Number(new Function("return 1")())', 'Function (a strategy hears events and nothing else)'],
  ])('is refused for %s', async (expression, reason) => {
    const file = { 'mine.ts': strategyOf(expression) }
    await expect(opened(file)).rejects.toThrow(`mine.ts: Expected a pure strategy, was one that uses ${reason}`)
  })

  it('may have names of its own that are those of what it may not use', async () => {
    const mine = await opened({ 'mine.ts': strategyOf('Date.now()', 'const Date = { now: () => 1 }') })
    expect(mine.on(anOfi({}))).toMatchObject([{ strength: 0.5 }])
  })

  it.each([
    ['another way to the clock', '(() => {}).constructor("return Date.now()")()', /Code generation from strings/],
    ['another way to chance', '(Math as any)["ran" + "dom"]()', /not a function/],
    ['the locale', 'Number((1000).toLocaleString())', /not a function/],
    ['the global', '((function (this: any) { return this })() as any).Date', /undefined/],
  ])('finds nothing by %s', async (_, expression, message) => {
    const mine = await opened({ 'mine.ts': strategyOf(expression) })
    expect(() => mine.on(anOfi({}))).toThrow(message)
  })

  it.each([
    ['a package', `import { readFileSync } from 'node:fs'; readFileSync`, 'mine.ts:5:', 'was node:fs'],
    ['a file outside', `import { x } from '../secret.ts'; x`, 'mine.ts:5:', 'was ../secret.ts'],
    ['a dynamic import', `void import('./half.ts')`, 'mine.ts:5:', 'was a dynamic import of ./half.ts'],
    ['what is no TypeScript', 'const = 1', 'mine.ts:5:', 'Expected identifier'],
  ])('is refused for %s, by file and line', async (_, before, place, reason) => {
    const failed = opened({ 'mine.ts': strategyOf('1', before) })
    await expect(failed).rejects.toThrow(place)
    await expect(failed).rejects.toThrow(reason)
  })

  it('is refused for a name that another has, for none at all, and when it is not there', async () => {
    const twice = folderOf({ 'a.ts': strategyOf('1'), 'b.ts': strategyOf('1') })
    await expect(loadStrategies(twice)).rejects.toThrow('b.ts: Expected a name of its own, was MINE, which another has')
    await expect(loadStrategies(folderOf({}))).rejects.toThrow('Expected files that call defineStrategy, was none')
    await expect(loadStrategies(join(tmpdir(), 'no-such-folder'))).rejects.toThrow(
      /no-such-folder: Cannot read the folder: ENOENT/,
    )
    await expect(loadStrategies(folderOf({ 'a.ts': 'null!.x' }))).rejects.toThrow(
      'a.ts: TypeError: Cannot read properties of null',
    )
  })

  it.each([
    ['doc', "doc: 'Says what a test wants.',", 'a sentence'],
    ['parameters', 'parameters: z.strictObject({ factor: z.number().default(1) }).prefault({}),', 'a schema of zod'],
    ['inputs', "inputs: { events: ['ofi'] },", "an object such as { events: ['ofi'] }"],
    ['state', 'state: stateSchema({ seen: field.count }),', 'what stateSchema gives'],
    ['create', 'create({ parameters }, saved = { seen: 0 }) {', 'a function'],
  ])('is refused without its part %s, or with something else in its place', async (part, line, expected) => {
    const whole = strategyOf('1')
    expect(whole).toContain(line)
    const rest = line.endsWith('{') ? 'other(parameters, saved) {' : ''
    for (const [instead, found] of [
      ['', 'undefined'],
      [`${part}: 1,`, '1'],
      [`${part}: null,`, 'null'],
    ] as const) {
      const refused = loadStrategies(folderOf({ 'mine.ts': whole.replace(line, instead + rest) }))
      await expect(refused).rejects.toThrow(`mine.ts: Expected ${part} to be ${expected}, was ${found}`)
    }
  })

  it.each(['warmUp', 'limits', 'eager'])('is refused where %s is no function', async (part) => {
    const text = strategyOf('1').replace("name: 'MINE',", `name: 'MINE', ${part}: 'x',`)
    await expect(loadStrategies(folderOf({ 'mine.ts': text }))).rejects.toThrow(
      `mine.ts: Expected ${part} to be a function or nothing, was 'x'`,
    )
  })

  it.each([
    ["events: ['trades']", 'a strategy hears quote, trade, ofi', 'trades'],
    ["bars: ['2m']", 'a strategy hears bars of 1m, 5m, 15m, 1h, 1d', '2m'],
  ])('is refused where it asks for what there is not: %s', async (inputs, rule, found) => {
    const files = { 'mine.ts': strategyOf('1').replace("events: ['ofi']", inputs) }
    await expect(opened(files)).rejects.toThrow(new RegExp(`mine.ts: .*${rule}.*${found}`))
  })

  it('hears what it asks for', async () => {
    const mine = await opened({ 'mine.ts': strategyOf('seen') })
    expect(mine.on(aBar({}))).toHaveLength(1)
  })
})
