import { statfs } from 'node:fs/promises'
import type { Check } from './health.ts'

/**
 * A check that passes while at least `minFreeBytes` are free to an ordinary user on the disk of `folder`, which must
 * exist.
 */
export function diskCheck({ folder, minFreeBytes }: { readonly folder: string; readonly minFreeBytes: number }): Check {
  return async () => {
    const { bavail, bsize } = await statfs(folder)
    const freeBytes = bavail * bsize
    return { healthy: freeBytes >= minFreeBytes, details: { folder, freeBytes, minFreeBytes } }
  }
}
