// What run.mjs needs to compare ratios with the stored ones.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { changeOf, type Change, type Ratio } from './ratio.ts'

export { NODE_OPTIONS } from '../tools/node-options.ts'

/** The benches that have ratios: their work is done in their own processes. */
export const compared: readonly string[] = ['frames-to-book', 'three-planes', 'frame-to-order', 'input-queue']

/** Ratios by who is compared, of each bench. */
export type Ratios = Readonly<Record<string, Readonly<Record<string, Ratio>>>>

/** Reads the stored ratios; there are none without a file. */
export function readBaseline(file: string): Ratios {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Ratios) : {}
}

/** Writes the ratios of some benches, and keeps those of the others. */
export function saveBaseline(file: string, ratios: Ratios): void {
  const rounded = Object.entries({ ...readBaseline(file), ...ratios }).map(([bench, pairs]) => [
    bench,
    Object.fromEntries(Object.entries(pairs).map(([pair, ratio]) => [pair, roundedOf(ratio)])),
  ])
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(rounded), undefined, 2)}\n`)
}

const roundedOf = ({ value, error }: Ratio): Ratio => ({
  value: Number(value.toPrecision(4)),
  error: Number(error.toFixed(4)),
})

/** A line for each ratio, and whether one is worse or missing. */
export function compareRatios(
  before: Ratios,
  now: Ratios,
): { readonly lines: readonly string[]; readonly isWorse: boolean } {
  const lines: string[] = []
  let isWorse = false
  for (const [bench, pairs] of Object.entries(now))
    for (const [pair, ratio] of Object.entries(pairs)) {
      const known = before[bench]?.[pair]
      const change = known && changeOf(known, ratio)
      isWorse ||= change?.verdict === 'worse'
      lines.push(lineOf(`${bench}: ${pair}`, known, ratio, change))
    }
  return { lines, isWorse }
}

function lineOf(name: string, known: Ratio | undefined, now: Ratio, change: Change | undefined): string {
  const figures = `${name.padEnd(54)}${textOf(known).padStart(16)} -> ${textOf(now).padEnd(16)}`
  if (change === undefined) return `  new      ${figures}`
  const { share, allowed, verdict } = change
  return `  ${verdict.padEnd(9)}${figures}${percent(share, true).padStart(8)}, counts from ${percent(allowed)}`
}

const textOf = (ratio: Ratio | undefined) => (ratio ? `${ratio.value.toPrecision(4)} ±${percent(ratio.error)}` : '')
const percent = (share: number, signed = false) => `${signed && share > 0 ? '+' : ''}${(100 * share).toFixed(1)} %`
