import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { delay } from '@triplane/async'
import { StorageError } from '../storage-error.ts'

const STOP_TIMEOUT_MS = 30_000
const POLL_MS = 50

/** A setting without meaning to Postgres: it shows on the server's command line which process started it. */
export const OWNER_SETTING = 'triplane.owner_pid'

/**
 * Frees the data folder. `postmaster.pid` may name
 * 1. no process any more, or one that is not Postgres (the number was reused): the file is removed;
 * 2. a server whose starter is alive: `folder_busy`;
 * 3. a server whose starter was killed: it is stopped cleanly.
 */
export async function freeDataFolder(data: string, onNotice: (line: string) => void): Promise<void> {
  const pidFile = join(data, 'postmaster.pid')
  if (!existsSync(pidFile)) return
  const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10)
  const server = processOf(pid)
  if (!server?.command.includes(data)) return rmSync(pidFile, { force: true })
  if (`${server.command} `.includes(`${OWNER_SETTING}=${server.parentPid} `)) throw folderBusy(data)
  onNotice(`stopping the Postgres that a killed Triplane left behind (process ${pid})`)
  await stopServer(pid, data)
}

export function folderBusy(data: string): StorageError {
  return new StorageError('folder_busy', `Expected ${data} to be free, another Triplane is running on it`)
}

async function stopServer(pid: number, data: string): Promise<void> {
  process.kill(pid, 'SIGINT')
  for (let waitedMs = 0; processOf(pid)?.command.includes(data); waitedMs += POLL_MS) {
    if (waitedMs > STOP_TIMEOUT_MS) throw folderBusy(data)
    await delay(POLL_MS)
  }
}

/** Parent and command line of a living process. */
function processOf(pid: number): { readonly parentPid: number; readonly command: string } | undefined {
  if (!(pid > 0)) return undefined
  if (!existsSync('/proc/self/stat')) return processByPs(pid)
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return { parentPid: Number(afterName[1]), command }
  } catch {
    return undefined
  }
}

function processByPs(pid: number): { readonly parentPid: number; readonly command: string } | undefined {
  const shown = spawnSync('ps', ['-ww', '-o', 'ppid=,command=', '-p', String(pid)], { encoding: 'utf8' }).stdout
  const [, parentPid, command] = /^\s*(\d+)\s+(.*)/.exec(shown ?? '') ?? []
  return parentPid && command ? { parentPid: Number(parentPid), command } : undefined
}
