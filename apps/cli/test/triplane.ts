import { spawn } from 'node:child_process'
import { join } from 'node:path'

const command = [join(__dirname, '../bin/triplane.mjs')]
/** The sources as Node loads them; the command runs an up-to-date bundle instead, if there is one. */
export const fromSources = ['--import', require.resolve('tsx'), join(__dirname, '../src/main.ts')]

export interface Ended {
  readonly code: number | null
  readonly output: string
  readonly messages: string
}

/** Runs the `triplane` command in a process of its own, as a user would. */
export function triplane(
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
  entry: readonly string[] = command,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    // Ignores any app that runs beside the tests.
    const env = { PATH: process.env['PATH'], TRIPLANE_VAR: '/nonexistent', ...environment }
    const child = spawn(process.execPath, [...entry, ...argv], { env, timeout: 60_000 })
    let output = ''
    let messages = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (messages += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output, messages }))
  })
}
