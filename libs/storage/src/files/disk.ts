import { fsync } from 'node:fs'
import { open } from 'node:fs/promises'
import { promisify } from 'node:util'

/**
 * Syncs files; a port, so that tests can have a disk that fails. After a failed sync the contents of the disk are unknown: the
 * next sync says nothing about what was written before it.
 */
export interface Disk {
  /** Resolves when everything written to an open file is on the disk. */
  sync(file: number): Promise<void>
  /** The same for names in a folder: a new file survives a power cut only when its folder was synced. */
  syncFolder(folder: string): Promise<void>
}

const fsyncFile = promisify(fsync)

/** The machine's disk. What cannot be synced at all (a device, a folder on some systems) counts as synced. */
export const systemDisk: Disk = {
  sync: (file) => fsyncFile(file).catch(throwUnless('EINVAL')),

  async syncFolder(folder) {
    // Windows cannot open folders.
    if (process.platform === 'win32') return
    const handle = await open(folder)
    try {
      await handle.sync().catch(throwUnless('EINVAL', 'EISDIR', 'ENOTSUP', 'EPERM'))
    } finally {
      await handle.close()
    }
  },
}

function throwUnless(...codes: readonly string[]): (error: NodeJS.ErrnoException) => void {
  return (error) => {
    if (!codes.includes(error.code ?? '')) throw error
  }
}
