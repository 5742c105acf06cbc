import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createCompiledLayoutReader } from './compiled-layout-reader.ts'
import { learnLayout, slotOf, type FrameLayout } from './frame-layout.ts'
import type { LayoutReader } from './layout-reader.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)

function aReader(): LayoutReader {
  const reader = createCompiledLayoutReader()
  if (reader === undefined) throw new Error('Expected an engine with WebAssembly and SIMD')
  return reader
}

function aLayout(text: string): FrameLayout {
  const layout = learnLayout(text, [])
  if (layout === undefined) throw new Error(`Expected a layout of ${text}`)
  return layout
}

/** What the reader makes of the price in a frame with this layout; undefined when it does not fit. */
function priceOf(reader: LayoutReader, layout: FrameLayout, text: string): number | undefined {
  const bytes = bytesOf(text)
  return reader.take(bytes, 0, bytes.length) && reader.fits(layout) ? reader.numbers[slotOf('p')] : undefined
}

describe('the compiled reader', () => {
  it('is compiled from the source that is there', () => {
    const source = readFileSync(join(__dirname, 'assembly/layout-reader.ts'))
    const module = readFileSync(join(__dirname, 'layout-reader.wasm.ts'), 'utf8')
    expect(module).toContain(`// ${createHash('sha256').update(source).digest('hex')}\n`)
  })

  it('holds more layouts than there are places, in turns', () => {
    const reader = aReader()
    const layouts = Array.from({ length: 200 }, (_, i) => aLayout(`{"key":"v${i}","p":"1"}`))
    for (let round = 0; round < 2; round++) {
      for (const [i, layout] of layouts.entries()) {
        expect(priceOf(reader, layout, `{"key":"v${i}","p":"${i}.5"}`)).toBe(i + 0.5)
        expect(priceOf(reader, layout, `{"key":"v${i + 1}","p":"${i}.5"}`)).toBeUndefined()
      }
    }
  })

  it('leaves layouts and frames that are too long for its memory', () => {
    const reader = aReader()
    const long = `{"key":"v${'x'.repeat(3_000)}","p":"1"}`
    expect(priceOf(reader, aLayout(long), long)).toBeUndefined()
    const text = '{"s":"S","p":"1"}'
    expect(priceOf(reader, aLayout(text), text)).toBe(1)
    expect(priceOf(reader, aLayout(text), text.replace('"S"', `"${'S'.repeat(262_128)}"`))).toBe(1)
    expect(priceOf(reader, aLayout(text), text.replace('"S"', `"${'S'.repeat(262_129)}"`))).toBeUndefined()
  })

  it('reads the most levels that a frame can have', () => {
    const reader = aReader()
    const frameOf = (count: number) => `{"b":[${Array(count).fill('["1","2"]').join()}],"a":[]}`
    const layout = aLayout(frameOf(1))
    const bytes = bytesOf(frameOf(26_212))
    expect(reader.take(bytes, 0, bytes.length) && reader.fits(layout)).toBe(true)
    expect(reader.levels(slotOf('b'))).toEqual(Array.from({ length: 2 * 26_212 }, (_, i) => 1 + (i % 2)))
    expect(reader.levels(slotOf('a'))).toEqual([])
  })

  it('does not read on in a frame before', () => {
    const reader = aReader()
    const text = '{"p":"12345.5","b":[["1","2"]],"q":"17"}'
    const layout = aLayout(text)
    expect(priceOf(reader, layout, text)).toBe(12345.5)
    for (let end = 0; end < text.length; end++) expect(priceOf(reader, layout, text.slice(0, end))).toBeUndefined()
  })

  describe('where the engine cannot run it', () => {
    const engine = Reflect.get(globalThis, 'WebAssembly') as object
    afterEach(() => Reflect.set(globalThis, 'WebAssembly', engine))

    it.each([
      { name: 'no WebAssembly', instead: undefined },
      { name: 'no SIMD', instead: { validate: (): boolean => false } },
      { name: 'no memory for it', instead: { validate: (): boolean => true, Module: Object, Instance: outOfMemory } },
    ])('is not there: $name', ({ instead }) => {
      Reflect.set(globalThis, 'WebAssembly', instead)
      expect(createCompiledLayoutReader()).toBeUndefined()
    })
  })
})

function outOfMemory(): never {
  throw new RangeError('could not allocate memory')
}
