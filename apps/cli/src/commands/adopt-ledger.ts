import { CliError } from '../cli-error.ts'
import { askPlane } from '../planes/ask-plane.ts'
import { operatorToken } from '../planes/operator-token.ts'
import { untilOwnedAlike } from '../planes/owned-views.ts'
import { onlyPlane } from '../planes/plane-urls.ts'
import { show, type CommandLine } from './command-line.ts'

/** The options of an adoption. */
export interface AdoptionFlags {
  readonly why: string
  readonly tokenFile?: string
  readonly json?: boolean
}

/**
 * Gives the strategy plane the ledger of the order plane, the authority, once that is audited, and waits until both own the
 * same. Throws CliError when the order plane refuses, or when they still differ.
 */
export async function adoptLedger(line: CommandLine, { why, tokenFile, json }: AdoptionFlags): Promise<void> {
  const { environment } = line.edges
  const token = operatorToken(environment, tokenFile)
  const url = onlyPlane(environment, 'order')
  const answer = await askPlane(url, '/control/adopt', { method: 'POST', token, body: { why } })
  if (!answer.answered) throw new CliError(`Expected the order plane at ${url} to answer, was: ${answer.error}`)
  if (answer.body?.['accepted'] !== true) {
    const reason = String(answer.body?.['reason'] ?? `HTTP ${answer.status}`)
    throw new CliError(`Expected ${url} to state its ledger, was refused: ${reason}`)
  }
  const differences = await untilOwnedAlike(line.edges)
  if (differences.length > 0) throw new CliError(`Expected both planes to own the same, was: ${differences.join('; ')}`)
  show(line, json, { adopted: true, ...answer.body }, () => 'Both planes own the same.\n')
}
