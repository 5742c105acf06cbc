import type { FrameLayout } from './frame-layout.ts'
import type { LayoutReader } from './layout-reader.ts'
import { moduleBase64 } from './layout-reader.wasm.ts'

/** The part of WebAssembly that is used here; the types of Node have none. */
declare const WebAssembly: {
  validate(bytes: Uint8Array): boolean
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

type Exports = Readonly<
  Record<
    'FRAME_BYTES' | 'PROGRAM_BYTES' | 'PROGRAMS' | 'SLOTS' | 'frame' | 'programs' | 'numbers' | 'symbol' | 'levels',
    { readonly value: number }
  >
> & {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly fits: (program: number, length: number) => number
}

/** Kind of the step that only has the last literal. */
const END = 6
const STEP_HEAD_BYTES = 4

/** The compiled reader (`assembly/layout-reader.ts`); undefined where the engine has no WebAssembly, no SIMD or no memory for it. */
export function createCompiledLayoutReader(): LayoutReader | undefined {
  if (typeof WebAssembly === 'undefined') return undefined
  const bytes = Uint8Array.from(atob(moduleBase64), (character) => character.charCodeAt(0))
  if (!WebAssembly.validate(bytes)) return undefined
  try {
    return new CompiledLayoutReader(new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as Exports)
  } catch {
    return undefined
  }
}

/**
 * A frame is copied into the module's memory, and so are the layouts that are asked for: as many as have a place there, the
 * one that came first makes room.
 */
class CompiledLayoutReader implements LayoutReader {
  readonly numbers: Float64Array
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly #symbol: Int32Array
  /** By slot of levels: how many numbers are kept, and where from. */
  readonly #counts: Int32Array
  readonly #levels: Float64Array
  readonly #fits: Exports['fits']
  readonly #frame: number
  readonly #maxLength: number
  readonly #programs: number
  readonly #programBytes: number
  readonly #held: (FrameLayout | undefined)[]
  #nextPlace = 0
  #length = 0
  /** Grows to the longest side seen. It holds doubles from the start, so that its slices do. */
  readonly #scratch: number[] = [0.5]

  constructor({ memory, fits, ...places }: Exports) {
    this.numbers = new Float64Array(memory.buffer, places.numbers.value, places.SLOTS.value)
    this.#counts = new Int32Array(memory.buffer, places.numbers.value, 2 * places.SLOTS.value)
    this.#symbol = new Int32Array(memory.buffer, places.symbol.value, 2)
    this.#levels = new Float64Array(memory.buffer, places.levels.value)
    this.bytes = new Uint8Array(memory.buffer)
    this.view = new DataView(memory.buffer)
    this.#fits = fits
    this.#frame = places.frame.value
    this.#maxLength = places.FRAME_BYTES.value
    this.#programs = places.programs.value
    this.#programBytes = places.PROGRAM_BYTES.value
    this.#held = new Array<FrameLayout | undefined>(places.PROGRAMS.value).fill(undefined)
  }

  get symbolStart(): number {
    return this.#symbol[0] as number
  }

  get symbolEnd(): number {
    return this.#symbol[1] as number
  }

  take(bytes: Uint8Array, start: number, end: number): boolean {
    const length = end - start
    if (length > this.#maxLength) return false
    this.#length = length
    // A part is made faster this way than by `subarray`.
    const part = length === bytes.length ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset + start, length)
    this.bytes.set(part, this.#frame)
    return true
  }

  fits(layout: FrameLayout): boolean {
    if (this.#held[layout.place] !== layout && !this.#hold(layout)) return false
    return this.#fits(this.#programs + layout.place * this.#programBytes, this.#length) !== 0
  }

  levels(slot: number): number[] {
    const count = this.#counts[2 * slot] as number
    const from = this.#counts[2 * slot + 1] as number
    const levels = this.#levels
    const scratch = this.#scratch
    for (let i = 0; i < count; i++) scratch[i] = levels[from + i] as number
    return scratch.slice(0, count)
  }

  /** Gives the layout a place; false when it is too long for any. */
  #hold(layout: FrameLayout): boolean {
    const { literals, kinds, slots } = layout
    const size = literals.reduce((sum, { length }) => sum + STEP_HEAD_BYTES + length, 0)
    if (size > this.#programBytes) return false
    layout.place = this.#nextPlace
    this.#nextPlace = (this.#nextPlace + 1) % this.#held.length
    this.#held[layout.place] = layout
    let at = this.#programs + layout.place * this.#programBytes
    for (const [hole, literal] of literals.entries()) {
      this.bytes[at] = kinds[hole] ?? END
      this.bytes[at + 1] = slots[hole] ?? 0
      this.view.setUint16(at + 2, literal.length, true)
      this.bytes.set(literal.bytes, at + STEP_HEAD_BYTES)
      at += STEP_HEAD_BYTES + literal.length
    }
    return true
  }
}
