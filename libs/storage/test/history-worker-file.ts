import { buildSync } from 'esbuild'
import { join } from 'node:path'
import { aFolder } from './postgres-suite.ts'

/** Bundles the thread that writes history, as a build does beside a service. Returns its file, below a folder of this suite. */
export function historyWorkerFile(): string {
  const outfile = join(aFolder(), 'history-worker.cjs')
  buildSync({
    entryPoints: [join(__dirname, '../src/worker/history-worker.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['pg-native'],
  })
  return outfile
}
