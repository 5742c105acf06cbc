import { execFile, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { promisify, types } from 'node:util'
import { hashId } from '@triplane/kernel'
import { StorageError } from '../storage-error.ts'
import { copyBinaries, findBinaries, linksReady, versionOf } from './binaries.ts'
import { canReach, serviceUser, type ServiceUser } from './service-user.ts'

/** Name of the role that owns everything in an embedded database. */
export const SUPERUSER = 'triplane'

/** A database cluster that is ready to start. */
export interface Cluster {
  readonly user: ServiceUser
  /** Folder of the binaries. */
  readonly native: string
  readonly data: string
  readonly log: string
  readonly password: string
}

export interface ClusterOptions {
  readonly folder: string
  readonly reachableFolder?: string
  readonly onNotice: (line: string) => void
}

const run = promisify(execFile)

/** Finds or creates the cluster: binaries and data where the server's user can reach them, initialised, with a password. */
export async function prepareCluster(options: ClusterOptions): Promise<Cluster> {
  const packaged = findBinaries()
  const wanted = resolve(options.folder)
  try {
    return await clusterIn(wanted, packaged, options)
  } catch (error) {
    if (!types.isNativeError(error) || !('syscall' in error)) throw error
    throw new StorageError('folder_unusable', `Expected to use the folder ${wanted}: ${error.message}`, error)
  }
}

async function clusterIn(wanted: string, packaged: string, options: ClusterOptions): Promise<Cluster> {
  makeFolder(wanted)
  const folder = canReach(serviceUser(join(wanted, 'data')), wanted) ? wanted : relocated(wanted, options)
  const data = join(folder, 'data')
  const user = serviceUser(data)
  const native = canReach(user, packaged) && linksReady(packaged) ? packaged : copied(packaged, folder)
  const password = passwordOf(folder)
  const cluster = { user, native, data, log: join(folder, 'server.log'), password }
  if (!existsSync(join(data, 'PG_VERSION'))) await initialise(cluster)
  const [need, was] = [versionOf(packaged).split('.')[0], readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()]
  if (need !== was) throw new StorageError('folder_unusable', `Expected ${data} to be of Postgres ${need}, was ${was}`)
  return cluster
}

function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true })
  // Regardless of the umask: the password inside has its own mode, and the server's user must reach the data.
  if (process.getuid?.() === 0) chmodSync(folder, 0o755)
}

/** A folder that the server's user can reach, the same at every start; takes over the contents of `wanted`. */
function relocated(wanted: string, { reachableFolder = '/var/lib/triplane', onNotice }: ClusterOptions): string {
  const folder = join(reachableFolder, `postgres-${hashId(wanted)}`)
  makeFolder(reachableFolder)
  makeFolder(folder)
  onNotice(`Postgres must not run as root and cannot reach ${wanted} as another user: it is kept in ${folder}`)
  const isNew = !existsSync(join(folder, 'data'))
  if (isNew && existsSync(join(wanted, 'data', 'PG_VERSION'))) {
    const user = serviceUser(join(wanted, 'data'))
    cpSync(join(wanted, 'password'), join(folder, 'password'))
    cpSync(join(wanted, 'data'), join(folder, 'data'), { recursive: true })
    if (user) spawnSync('chown', ['-R', `${user.uid}:${user.gid}`, join(folder, 'data')])
    chmodSync(join(folder, 'data'), 0o700)
  }
  return folder
}

function copied(packaged: string, folder: string): string {
  const native = join(folder, `native-${versionOf(packaged)}`)
  if (!existsSync(native)) copyBinaries(packaged, native)
  return native
}

function passwordOf(folder: string): string {
  const file = join(folder, 'password')
  if (existsSync(file)) return readFileSync(file, 'utf8')
  if (existsSync(join(folder, 'data'))) {
    throw new StorageError('folder_unusable', `Expected ${file}, the password of the data beside it`)
  }
  const draft = join(mkdtempSync(join(folder, 'password-')), 'password')
  writeFileSync(draft, randomBytes(24).toString('base64url'), { mode: 0o600 })
  // Unlike a rename, a link does not overwrite the password of a faster process.
  if (!existsSync(file)) linkSync(draft, file)
  rmSync(dirname(draft), { recursive: true })
  return readFileSync(file, 'utf8')
}

/** Runs initdb beside `data` and renames, so that `data` is complete or absent. */
async function initialise({ user, native, data, password }: Cluster): Promise<void> {
  const partial = mkdtempSync(`${data}-`)
  const passwordFile = `${partial}.password`
  try {
    writeFileSync(passwordFile, password, { mode: 0o600 })
    if (user) for (const path of [partial, passwordFile]) chownSync(path, user.uid, user.gid)
    const flags = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-instructions']
    const names = [`--pgdata=${partial}`, `--username=${SUPERUSER}`, `--pwfile=${passwordFile}`]
    await run(join(native, 'bin', 'initdb'), [...names, ...flags], { ...user, cwd: '/', env: { LC_ALL: 'C' } })
    renameSync(partial, data)
  } catch (cause) {
    // Another process may have been faster; its data is equally good.
    if (existsSync(join(data, 'PG_VERSION'))) return
    const detail = types.isNativeError(cause) && 'stderr' in cause ? String(cause.stderr) : String(cause)
    throw new StorageError('start_failed', `Expected initdb to succeed: ${detail.trim().slice(-600)}`, cause)
  } finally {
    rmSync(passwordFile, { force: true })
    rmSync(partial, { recursive: true, force: true })
  }
}
