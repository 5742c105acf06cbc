// The binary wire compared with JSON: encoding, and decoding with its check, of the most frequent events.
import { encodeLine, isEvent, wire, type Event } from '@triplane/contracts'
import { builderOf } from '@triplane/testing'
import { print } from './harness.ts'

const BATCH = 100
const ROUNDS = 15
const MIN_MS = 60

const levels = (count: number) =>
  Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? 61_800.1 + i / 20 : 0.001 * i))
const subjects: readonly { readonly name: string; readonly batch: number; readonly make: (seq: number) => Event }[] = [
  { name: 'quote', batch: BATCH, make: (seq) => builderOf('quote')({ seq }) },
  { name: 'trade', batch: BATCH, make: (seq) => builderOf('trade')({ seq }) },
  {
    name: 'bookDelta, 68 levels',
    batch: BATCH,
    make: (seq) => builderOf('bookDelta')({ seq, bids: levels(34), asks: levels(34) }),
  },
  { name: 'orderIntent, alone', batch: 1, make: (seq) => builderOf('orderIntent')({ seq }) },
  { name: 'fill, alone', batch: 1, make: (seq) => builderOf('fill')({ seq }) },
]

print('\nus of CPU an event, the least of 15 rounds, JSON / binary')
print('  event                      bytes        encode                 decode and check')
for (const { name, batch, make } of subjects) {
  const events = Array.from({ length: batch }, (_, i) => make(i + 1))
  const json = Buffer.from(`[${events.map(encodeLine).join(',')}]`)
  const binary = wire.encodeRecord(events)
  const figures = [
    () => Buffer.from(`[${events.map(encodeLine).join(',')}]`).length,
    () => wire.encodeRecord(events).length,
    () => (JSON.parse(json.toString('utf8')) as unknown[]).every(isEvent),
    () => wire.decodeRecord(binary).ok,
  ].map((work) => leastUs(work) / batch)
  const [encodeJson, encodeBinary, decodeJson, decodeBinary] = figures as [number, number, number, number]
  print(
    `  ${name.padEnd(24)} ${Math.round(json.length / batch)}/${Math.round(binary.length / batch)}`.padEnd(40) +
      `${pair(encodeJson, encodeBinary)}   ${pair(decodeJson, decodeBinary)}`,
  )
}

function pair(json: number, binary: number): string {
  return `${json.toFixed(2)}/${binary.toFixed(2)} (${(json / binary).toFixed(1)}x)`.padEnd(20)
}

/** Least CPU time of one piece of work, microseconds: other processes can only add to it. */
function leastUs(work: () => unknown): number {
  let least = Infinity
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage()
    const untilMs = performance.now() + MIN_MS
    let count = 0
    do {
      for (let i = 0; i < 20; i++) work()
      count += 20
    } while (performance.now() < untilMs)
    const { user, system } = process.cpuUsage(start)
    least = Math.min(least, (user + system) / count)
  }
  return least
}
