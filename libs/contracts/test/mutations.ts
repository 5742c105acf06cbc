import { Random } from '@triplane/kernel'
import { encodeLine, eventDefinitions, isEvent, wire, type Event } from '../src/index.ts'

/** The outcomes of records that were mutated at random. */
export interface MutationCounts {
  readonly read: number
  readonly refused: number
}

/** What a reader that does not hear everything hears. */
const heard: ReadonlySet<string> = new Set(['quote', 'bookDelta', 'fill', 'run'])
const examples: readonly Event[] = eventDefinitions.map(({ example }) => example)

/**
 * Mutates `count` records at random and reads each. Throws when one is neither refused nor read correctly: when reading throws,
 * when the result is not an event or does not survive a record of its own, when bytes behind the record make a difference, or
 * when a reader that hears some types only hears others of them.
 */
export function mutateRecords(count: number, seed: number): MutationCounts {
  const random = new Random(seed)
  const below = (limit: number) => random.below(limit)
  const originals = [...examples.map((event) => [event]), examples].map(wire.encodeRecord)
  const longest = Math.max(...originals.map(({ length }) => length)) + 16
  const surroundings = [0x00, 0xff].map((fill) => Buffer.alloc(longest + 64, fill))
  let read = 0
  for (let i = 0; i < count; i++) {
    const mutant = mutated(originals[below(originals.length)] as Buffer)
    const [one, other] = surroundings.map((around) => {
      mutant.copy(around, 8)
      return wire.decodeRecord(around.subarray(8, 8 + mutant.length))
    })
    for (const [j, around] of surroundings.entries()) around.fill(j === 0 ? 0x00 : 0xff, 8, 8 + mutant.length)
    const line = JSON.stringify(one)
    if (line !== JSON.stringify(other)) throw new Error(`Read past the end: ${mutant.toString('hex')}`)
    const some = wire.decodeRecord(mutant, heard)
    if (some.ok && !some.value.every((event) => isEvent(event) && heard.has(event.type)))
      throw new Error(`Heard what is no event: ${mutant.toString('hex')}`)
    if (one?.ok !== true) continue
    const wanted = one.value.filter(({ type }) => heard.has(type))
    if (!some.ok || lines(some.value) !== lines(wanted))
      throw new Error(`Heard otherwise than read: ${mutant.toString('hex')}`)
    read++
    const again = wire.decodeRecord(wire.encodeRecord(one.value))
    const isRight = one.value.every(isEvent) && again.ok && lines(again.value) === lines(one.value)
    if (!isRight) throw new Error(`Read what is no event: ${mutant.toString('hex')}`)
  }
  return { read, refused: count - read }

  function mutated(original: Buffer): Buffer {
    let bytes = Buffer.from(original)
    for (let n = 1 + below(3); n > 0; n--) {
      const at = below(bytes.length)
      switch (below(7)) {
        case 0:
          bytes[at] = (bytes[at] as number) ^ (1 << below(8))
          break
        case 1:
          bytes[at] = below(256)
          break
        case 2:
          bytes = bytes.subarray(0, at + 1)
          break
        case 3:
          bytes = Buffer.concat([bytes, Buffer.alloc(1 + below(16), below(256))])
          break
        case 4:
          bytes.fill(below(2) === 0 ? 0x00 : 0xff, at, Math.min(bytes.length, at + 1 + below(8)))
          break
        case 5:
          bytes.copyWithin(at, below(bytes.length), below(bytes.length))
          break
        default:
          if (at + 4 <= bytes.length) bytes.writeUInt32LE(random.uint32(), at)
      }
    }
    return bytes.subarray(0, longest)
  }
}

const lines = (events: readonly Event[]) => events.map(encodeLine).join()
