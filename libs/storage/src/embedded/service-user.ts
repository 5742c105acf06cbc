import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { StorageError } from '../storage-error.ts'

/** The user that the server runs as: `undefined` is ourselves. */
export type ServiceUser = { readonly uid: number; readonly gid: number } | undefined

/**
 * Postgres refuses to run as root. As root this is the owner of an existing data folder, else the user `postgres`, else
 * `nobody`; otherwise ourselves. Throws `no_user`, and `folder_unusable` when the data belongs to another user.
 */
export function serviceUser(dataFolder: string): ServiceUser {
  const ownUid = process.getuid?.()
  const owner = existsSync(dataFolder) ? statSync(dataFolder) : undefined
  if (ownUid !== 0) {
    if (ownUid === undefined || owner === undefined || owner.uid === ownUid) return undefined
    throw new StorageError(
      'folder_unusable',
      `Expected ${dataFolder} to belong to user ${ownUid}, was user ${owner.uid}`,
    )
  }
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  const user = idsOf('postgres') ?? idsOf('nobody')
  if (user) return user
  throw new StorageError('no_user', 'Expected a user postgres or nobody: Postgres does not run as root')
}

/** True when `user` can enter `folder`, which requires access to each of its parents. */
export function canReach(user: ServiceUser, folder: string): boolean {
  if (user === undefined) return true
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...user, cwd: '/', stdio: 'ignore' }).status === 0
}

function idsOf(name: string): ServiceUser {
  const id = (flag: string) => Number.parseInt(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout, 10)
  const uid = id('-u')
  const gid = id('-g')
  return uid > 0 && gid > 0 ? { uid, gid } : undefined
}
