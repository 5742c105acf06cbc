import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const root = join(__dirname, '../../..')

/** An `npm start` that runs beside the command. */
export interface RunningApp {
  stop(): Promise<void>
}

/**
 * Starts the app on the simulated market, bundled from the sources as by `npm start`; resolves when commands find it in
 * `folder`.
 */
export async function startApp(folder: string, ...flags: readonly string[]): Promise<RunningApp> {
  const main = ['--import', require.resolve('tsx'), join(root, 'apps/standalone/src/main.ts')]
  const app: ChildProcess = spawn(process.execPath, [...main, '--var', folder, '--ports', '0,0,0', ...flags], {
    cwd: root,
    stdio: 'ignore',
  })
  const ended = new Promise((resolve) => app.once('exit', resolve))
  while (!existsSync(join(folder, 'running.json')) && app.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 50))
  return {
    async stop() {
      app.kill('SIGTERM')
      await ended
    },
  }
}
