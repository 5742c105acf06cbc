import { mkdirSync, readFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { SerialQueue } from '@triplane/async'
import { tradingStates } from '@triplane/contracts'
import { ControlError, messageOf } from './control-error.ts'
import type { StandingOrder } from './operator-order.ts'

const VERSION = 1
/** Who a halt without an order is attributed to. */
const NOBODY = 'triplane'
/** Some systems cannot sync folders. */
const CANNOT_SYNC_FOLDERS = ['EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP']

/** Keeps the operators' standing order across restarts, whatever else is down. */
export interface HaltFile {
  readonly path: string
  /**
   * The standing order: `active` without a file; `halted`, with the reason, for a file that is torn, unreadable or
   * another account's (no knowledge, no orders). Never throws.
   */
  read(): StandingOrder
  /** Resolves when the order is on the disk. Writes run one after the other. Rejects with `file_failed`. */
  write(order: StandingOrder): Promise<void>
}

/**
 * The halt file of `account` in `folder`, which is created if missing.
 *
 * Invariants
 * 1. The file holds one whole order: it is written beside it, synced, then renamed, and the folder is synced.
 * 2. The last order that `write` did not reject is the one that stays.
 */
export function createHaltFile(folder: string, account: string): HaltFile {
  const path = join(folder, `operator-order-${encodeURIComponent(account)}.json`)
  const writes = new SerialQueue()

  async function put(order: StandingOrder): Promise<void> {
    mkdirSync(folder, { recursive: true })
    const draft = `${path}.draft`
    const file = await open(draft, 'w')
    try {
      await file.writeFile(`${JSON.stringify({ version: VERSION, account, ...order })}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
    await syncFolder(folder)
  }

  return {
    path,
    read() {
      try {
        return parseOrder(readFileSync(path, 'utf8'), account)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return nothingOrdered
        return { state: 'halted', who: NOBODY, why: `Cannot read ${path}: ${messageOf(error)}`, atUs: 0 }
      }
    },
    write(order) {
      return writes
        .run(() => put(order))
        .catch((error: unknown) => {
          throw new ControlError('file_failed', `Cannot write ${path}: ${messageOf(error)}`, error)
        })
    },
  }
}

const nothingOrdered: StandingOrder = { state: 'active', who: NOBODY, why: 'nothing was ordered yet', atUs: 0 }

/** Throws when the text is not a whole order for this account. */
function parseOrder(text: string, account: string): StandingOrder {
  const { version, account: found, state, who, why, atUs } = JSON.parse(text) as Readonly<Record<string, unknown>>
  if (version !== VERSION) throw new Error(`Expected version ${VERSION}, was ${String(version)}`)
  if (found !== account) throw new Error(`Expected the account ${account}, was ${String(found)}`)
  const known = tradingStates.find((one) => one === state)
  if (known === undefined) throw new Error(`Expected one of ${tradingStates.join(', ')}, was ${String(state)}`)
  if (typeof who !== 'string' || typeof why !== 'string' || typeof atUs !== 'number')
    throw new Error('Expected who, why and atUs, was an order without')
  return { state: known, who, why, atUs }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } catch (error) {
    if (!CANNOT_SYNC_FOLDERS.includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  } finally {
    await handle.close()
  }
}
