import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { z } from 'zod'
import { composeConfig, loadConfig, type ConfigSources } from './load-config.ts'
import { secret } from './secrets.ts'

const schema = composeConfig({
  audit: z.object({ key: secret(z.string().regex(/^[0-9a-f]{64}$/, 'Expected 64 hex digits')).optional() }),
  hook: z.object({ url: secret(z.url()).optional(), pins: z.array(secret(z.int())).default([]) }),
  either: z.object({ way: z.union([secret(z.string().length(9)), z.literal('none')]).default('none') }),
})

/** Made of characters that never appear four in a row in our messages, so that any such run comes from the secret. */
const wrongSecret = fc.string({ unit: fc.constantFrom(...'QXZJ0123456789'), minLength: 12, maxLength: 80 })

/** Each puts a secret in a wrong place, as people do. */
const mistakes: readonly ((wrong: string) => { environment?: Record<string, string>; content?: unknown })[] = [
  (wrong) => ({ environment: { TRIPLANE_AUDIT_KEY: wrong } }),
  (wrong) => ({ environment: { TRIPLANE_AUDIT_KEI: wrong } }),
  (wrong) => ({ environment: { TRIPLANE_AUDIT: wrong } }),
  (wrong) => ({ environment: { TRIPLANE_AUDIT_KEY_FILE: `/none/${wrong}` } }),
  (wrong) => ({ environment: { TRIPLANE_HOOK_URL: `:${wrong}` } }),
  (wrong) => ({ environment: { TRIPLANE_HOOK_PINS: `${wrong}Q,${wrong}Q` } }),
  (wrong) => ({ environment: { TRIPLANE_EITHER_WAY: wrong } }),
  (wrong) => ({ content: { audit: { key: wrong } } }),
  (wrong) => ({ content: { audit: { key: [wrong] } } }),
  (wrong) => ({ content: { audit: { key: { is: wrong } } } }),
  (wrong) => ({ content: { audit: { kee: wrong } } }),
  (wrong) => ({ content: { audit: wrong } }),
  (wrong) => ({ content: { audits: { key: wrong } } }),
  (wrong) => ({ content: { hook: { pins: [wrong] } } }),
  (wrong) => ({ content: [wrong] }),
  (wrong) => ({ content: wrong }),
]

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'triplane-secrets-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function fileOf(text: string): string {
  const file = join(folder, 'config.json')
  writeFileSync(file, text)
  return file
}

function messageOf(sources: ConfigSources): string {
  try {
    loadConfig(schema, sources)
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

/** Looks for runs of four: shorter ones, like "64", appear in messages by chance and give nothing away. */
function shows(message: string, wrong: string): boolean {
  return Array.from({ length: wrong.length - 3 }, (_, i) => wrong.slice(i, i + 4)).some((part) =>
    message.includes(part),
  )
}

describe('an invalid secret', () => {
  it.each(mistakes.map((mistake) => [JSON.stringify(mistake('S')), mistake] as const))(
    'is not shown: %s',
    (_, mistake) => {
      fc.assert(
        fc.property(wrongSecret, (wrong) => {
          const { environment = {}, content = {} } = mistake(wrong)
          const message = messageOf({ environment, file: fileOf(JSON.stringify(content)) })
          expect(message).toMatch(/expected .*, found /)
          expect(shows(message, wrong)).toBe(false)
        }),
        { numRuns: 30 },
      )
    },
  )

  it('is not shown for a file that is not JSON; the message gives line and column', () => {
    const text = (wrong: string) => JSON.stringify({ audit: { key: wrong } }, null, 1)
    fc.assert(
      fc.property(wrongSecret, fc.nat(), fc.constantFrom('"', 'Q', '{', ',', '\n', '\\'), (wrong, at, letter) => {
        const whole = text(wrong)
        const broken = whole.slice(0, at % whole.length) + letter + whole.slice(at % whole.length)
        const message = messageOf({ file: fileOf(broken) })
        if (!message.includes('expected JSON')) return
        expect(message).toMatch(/found none at line [1-9]\d*, column [1-9]/)
        expect(shows(message, wrong)).toBe(false)
      }),
    )
  })

  it.each([
    ['{"audit":\n {"key": QXZJ}}', 'line 2, column 10'],
    ['{"audit": {},}', 'line 1, column 14'],
    ['[1,]', 'line 1, column 4'],
    ['{"audit": {}', 'line 1, column 13, where it ends'],
  ])('%j stops being JSON at %s', (text, place) => {
    expect(messageOf({ file: fileOf(text) })).toContain(`expected JSON, found none at ${place}`)
  })

  it('is described in the words of the schema', () => {
    const environment = { TRIPLANE_AUDIT_KEY: `${'a'.repeat(64)} ` }
    expect(messageOf({ environment })).toBe(
      'The configuration is not valid:\n  audit.key (TRIPLANE_AUDIT_KEY): expected 64 hex digits, found ***',
    )
  })
})
