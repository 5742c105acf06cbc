import type { FrameLayout } from './frame-layout.ts'

/**
 * Reads the values of frames whose layout is known, straight from the bytes.
 *
 * Invariants
 * 1. `fits` succeeds only when every byte of the frame is part of a literal of the layout or of a hole's value.
 * 2. A value is exactly what `JSON.parse` and `Number` would return.
 * 3. Values are those of the last `fits`. Levels are new arrays each time and may be kept.
 */
export interface LayoutReader {
  /** Values of INTEGER and DECIMAL holes by slot; 1 and 0 for FLAG holes. */
  readonly numbers: Float64Array
  /** Bytes that hold the frame; `view` is of the same. */
  readonly bytes: Uint8Array
  readonly view: DataView
  /** Where in `bytes` the symbol stands. */
  readonly symbolStart: number
  readonly symbolEnd: number
  /** Takes the frame from `start` to `end` (exclusive) to be asked about; false when it is too long to be. */
  take(bytes: Uint8Array, start: number, end: number): boolean
  /** True when the frame that was taken fits the layout. */
  fits(layout: FrameLayout): boolean
  /** What the LEVELS hole of this slot holds: price, size, price, size, ... */
  levels(slot: number): number[]
}
