import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const schema = z.strictObject({
  /** The process that runs the planes. */
  pid: z.int().positive(),
  /** Addresses of the planes; absent without open ports. */
  planes: z.strictObject({ data: z.url(), order: z.url(), strategy: z.url() }).optional(),
  /** Connection string of its history, with password; absent without storage. */
  databaseUrl: z.string().min(1).optional(),
  /** Files of the operator's token and the audit key, if it created them itself. */
  tokenFile: z.string().min(1).optional(),
  auditKeyFile: z.string().min(1).optional(),
})

/** What a running `npm start` publishes for commands on the same machine. */
export type RunningSystem = z.output<typeof schema>

const fileIn = (varFolder: string) => join(varFolder, 'running.json')

/** Announces a system in `varFolder`, readable by its owner only. Gives the function that withdraws it. */
export function announceSystem(varFolder: string, system: RunningSystem): () => void {
  const file = fileIn(varFolder)
  const draft = `${file}.${system.pid}`
  writeFileSync(draft, `${JSON.stringify(system, undefined, 2)}\n`, { mode: 0o600 })
  renameSync(draft, file)
  return () => {
    if (readSystem(file)?.pid === system.pid) rmSync(file, { force: true })
  }
}

/** The running system announced in `varFolder`; undefined when there is none. */
export function findRunningSystem(varFolder: string): RunningSystem | undefined {
  const system = readSystem(fileIn(varFolder))
  return system !== undefined && isAlive(system.pid) ? system : undefined
}

/** A file that is unreadable, or of another version, announces no system. */
function readSystem(file: string): RunningSystem | undefined {
  try {
    return schema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
