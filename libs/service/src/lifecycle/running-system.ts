import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const schema = z.strictObject({
  /** The process that runs the planes. */
  pid: z.int().positive(),
  /** Where the planes are served; absent where no ports are open. */
  planes: z.strictObject({ data: z.url(), order: z.url(), strategy: z.url() }).optional(),
  /** Connection string of its history, with password; absent where nothing is stored. */
  databaseUrl: z.string().min(1).optional(),
  /** Where the token of the operator and the key of the audit lie, when it made them itself. */
  tokenFile: z.string().min(1).optional(),
  auditKeyFile: z.string().min(1).optional(),
})

/** What `npm start` tells commands on the same machine while it runs. */
export type RunningSystem = z.output<typeof schema>

const fileIn = (varFolder: string) => join(varFolder, 'running.json')

/** Leaves word of a system in `varFolder`, for its owner only. Gives what takes it back. */
export function announceSystem(varFolder: string, system: RunningSystem): () => void {
  const file = fileIn(varFolder)
  const draft = `${file}.${system.pid}`
  writeFileSync(draft, `${JSON.stringify(system, undefined, 2)}\n`, { mode: 0o600 })
  renameSync(draft, file)
  return () => {
    if (readSystem(file)?.pid === system.pid) rmSync(file, { force: true })
  }
}

/** The system that runs now and whose word lies in `varFolder`; undefined when there is none. */
export function findRunningSystem(varFolder: string): RunningSystem | undefined {
  const system = readSystem(fileIn(varFolder))
  return system !== undefined && isAlive(system.pid) ? system : undefined
}

/** A file that cannot be read, or is of another version, tells of no system. */
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
