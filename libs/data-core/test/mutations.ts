import type { Random } from '@triplane/kernel'

type Json = Record<string, unknown>

const pick = <T>(random: Random, values: readonly T[]): T => values[random.below(values.length)] as T

/** Values that no field should have, as JSON text where JSON has them at all. */
const badValues = [
  ...[
    'null',
    'true',
    '[]',
    '{}',
    '""',
    '" "',
    '"NaN"',
    '"Infinity"',
    '"-1"',
    '"0"',
    '"1e5"',
    '"0x10"',
    '"1,5"',
    '-1',
    '0',
  ],
  ...['1e400', '-1e400', '9007199254740993', '123456789012345678901234567890', '"99999999999999999999999.9"', '1.5'],
  ...[
    'NaN',
    'Infinity',
    'undefined',
    '[["1"]]',
    '[[1,2]]',
    '[["1","2","3"]]',
    '[["x","y"]]',
    '[null]',
    '"\\u0000"',
    '"€"',
  ],
]

/** The object that holds the fields of a message: itself, or the data of a stream. */
const fieldsOf = (message: Json) => (message['data'] ?? message) as Json

const shuffled = (random: Random, fields: Json): Json =>
  Object.fromEntries(
    Object.entries(fields)
      .map((entry) => [random.uint32(), entry] as const)
      .sort(([a], [b]) => a - b)
      .map(([, entry]) => entry),
  )

/** The message with its fields replaced. */
function withFields(message: Json, fields: Json): string {
  return JSON.stringify('data' in message ? { ...message, data: fields } : fields)
}

/** Ways to write the same message: what it says stays what it is. */
export const rewritings: Readonly<Record<string, (text: string, random: Random) => string>> = {
  'reordered keys': (text, random) => {
    const message = JSON.parse(text) as Json
    return withFields(message, shuffled(random, fieldsOf(message)))
  },
  'unknown fields': (text, random) => {
    const message = JSON.parse(text) as Json
    const more = { zz: 'new', zy: [1, { a: [] }], zx: null, zw: { e: 'trade', p: '1' } }
    return withFields(message, shuffled(random, { ...fieldsOf(message), ...more }))
  },
  'white space': (text) => ` ${text.replaceAll(/([,:])(?=["[{])/g, '$1 \t')}\r`,
}

/** Ways to spoil a message. What comes of it may be good by chance. */
export const spoilers: Readonly<Record<string, (text: string, random: Random) => Buffer>> = {
  truncated: (text, random) => Buffer.from(text.slice(0, random.below(text.length))),
  'cut off in front': (text, random) => Buffer.from(text.slice(1 + random.below(text.length - 1))),
  'a bad value': (text, random) => {
    const message = JSON.parse(text) as Json
    const fields = fieldsOf(message)
    const key = pick(random, Object.keys(fields))
    return Buffer.from(withFields(message, { ...fields, [key]: '@@' }).replace('"@@"', () => pick(random, badValues)))
  },
  'a missing field': (text, random) => {
    const message = JSON.parse(text) as Json
    const { [pick(random, Object.keys(fieldsOf(message)))]: _, ...rest } = fieldsOf(message)
    return Buffer.from(withFields(message, rest))
  },
  'a field twice': (text, random) => {
    const key = pick(random, Object.keys(fieldsOf(JSON.parse(text) as Json)))
    return Buffer.from(text.replace(`"${key}":`, () => `"${key}":${pick(random, badValues)},"${key}":`))
  },
  'other bytes': (text, random) => {
    const bytes = Buffer.from(text)
    for (let n = 1 + random.below(4); n > 0; n--) bytes[random.below(bytes.length)] = random.below(256)
    return bytes
  },
  'more bytes': (text, random) => {
    const at = random.below(text.length)
    const more = Buffer.from(Array.from({ length: 1 + random.below(8) }, () => random.below(256)))
    return Buffer.concat([Buffer.from(text.slice(0, at)), more, Buffer.from(text.slice(at))])
  },
  noise: (_, random) => Buffer.from(Array.from({ length: random.below(64) }, () => random.below(256))),
  nesting: (_, random) =>
    Buffer.from(pick(random, ['[', '{"e":', '{"data":', '[{"b":[']).repeat(1 + random.below(2000))),
  'a long text': (text, random) => {
    const long = '"'.concat('9'.repeat(random.below(5000)), '"')
    return Buffer.from(text.replace(/"\d[^"]*"/, () => long))
  },
}
