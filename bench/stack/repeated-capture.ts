import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { gzipSync } from 'node:zlib'

/** Times and ids of one line of a capture: what grows from copy to copy. */
interface Shift {
  readonly ms: number
  readonly updates: number
  readonly trades: number
}

/** Between the last frame of a copy and the first of the next. */
const BETWEEN_MS = 1
const NS_PER_MS = 1_000_000

const isTime: ReadonlySet<string> = new Set(['E', 'T'])

/**
 * The lines of a USD-M capture of Binance, each copy behind the one before: later by its length, with update ids that go on from its last depth
 * update and trade ids that go on from its last trade. So the copies are one feed, without a gap or a duplicate.
 */
export function* copiesOf(text: string, copies: number): Generator<string> {
  const lines = text.trimEnd().split('\n')
  const step = stepOf(lines)
  for (let n = 0; n < copies; n++) {
    const shift = { ms: n * step.ms, updates: n * step.updates, trades: n * step.trades }
    yield n === 0 ? `${lines.join('\n')}\n` : lines.map((line) => `${shifted(line, shift)}\n`).join('')
  }
}

/** Writes the copies to a compressed file. */
export async function writeCopies(file: string, text: string, copies: number): Promise<void> {
  const out = createWriteStream(file)
  // A member of the file each: they are read as one.
  for (const copy of copiesOf(text, copies)) if (!out.write(gzipSync(copy, { level: 1 }))) await once(out, 'drain')
  out.end()
  await once(out, 'close')
}

function shifted(line: string, { ms, updates, trades }: Shift): string {
  const space = line.indexOf(' ')
  const receivedNs = BigInt(line.slice(0, space)) + BigInt(ms * NS_PER_MS)
  const body = line.slice(space).replace(/"(E|T|u|U|pu|t|lastUpdateId)":(\d+)/g, (_, name: string, value: string) => {
    const by = isTime.has(name) ? ms : name === 't' ? trades : updates
    return `"${name}":${Number(value) + by}`
  })
  return `${receivedNs}${body}`
}

/** From one copy to the next. */
function stepOf(lines: readonly string[]): Shift {
  const numbers = (name: string, kind: string) =>
    lines.flatMap((line) =>
      line.includes(`"e":"${kind}"`) ? Number(new RegExp(`"${name}":(\\d+)`).exec(line)?.[1]) : [],
    )
  const receivedMs = lines.map((line) => Number(line.slice(0, line.indexOf(' '))) / NS_PER_MS)
  const trades = numbers('t', 'trade')
  return {
    ms: Math.ceil((receivedMs.at(-1) ?? 0) - (receivedMs[0] ?? 0)) + BETWEEN_MS,
    updates: (numbers('u', 'depthUpdate').at(-1) ?? 0) - (numbers('pu', 'depthUpdate')[0] ?? 0),
    trades: (trades.at(-1) ?? 0) - (trades[0] ?? 0) + 1,
  }
}
