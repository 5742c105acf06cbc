import { buildInfo, ConfigError } from '@triplane/config'
import { isFault } from '@triplane/kernel'
import { Command, CommanderError } from 'commander'
import { CliError } from './cli-error.ts'
import type { CommandLine } from './commands/command-line.ts'
import { addAlertsCommands } from './commands/alerts-commands.ts'
import { addAuditCommands } from './commands/audit-commands.ts'
import { addDlqCommands } from './commands/dlq-commands.ts'
import { addKafkaCommands } from './commands/kafka-commands.ts'
import { addLogCommands } from './commands/log-commands.ts'
import { addMonitoringCommands } from './commands/monitoring-commands.ts'
import { addOrderCommands } from './commands/order-commands.ts'
import { addProfileCommand } from './commands/profile-command.ts'
import { addReconcileCommands } from './commands/reconcile-commands.ts'
import { addRunCommands } from './commands/run-commands.ts'
import { addStateCommands } from './commands/state-commands.ts'
import { addStatusCommands } from './commands/status-commands.ts'
import { addStorageCommands } from './commands/storage-commands.ts'
import { addTokenCommands } from './commands/token-commands.ts'
import { addTopicCommands } from './commands/topic-commands.ts'
import type { Edges } from './edges.ts'

const addAll = [
  addOrderCommands,
  addStatusCommands,
  addRunCommands,
  addStateCommands,
  addReconcileCommands,
  addDlqCommands,
  addAuditCommands,
  addStorageCommands,
  addAlertsCommands,
  addMonitoringCommands,
  addProfileCommand,
  addTokenCommands,
  addTopicCommands,
  addKafkaCommands,
  addLogCommands,
]

/**
 * Runs one command. Returns the exit code: 0 for success, 2 when the command line or the settings are wrong, 1 for a failure,
 * with one message. A bug rejects.
 */
export async function runCli(argv: readonly string[], edges: Edges): Promise<number> {
  let exitCode = 0
  const complain = (message: string) => edges.err.write(`triplane: ${message}\n`)
  const program = new Command('triplane')
    .description('Commands for a running Triplane.')
    .version(buildInfo.version)
    .showHelpAfterError('Try: triplane --help')
    .exitOverride()
    .configureOutput({ writeOut: (text) => edges.out.write(text), writeErr: (text) => edges.err.write(text) })
  const line: CommandLine = {
    edges,
    program,
    fail(message) {
      complain(message)
      exitCode = 1
    },
  }
  for (const add of addAll) add(line)
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (error instanceof CliError) {
      complain(error.message)
      return error.exitCode
    }
    if (isFault(error)) {
      complain(error.message)
      return error instanceof ConfigError ? 2 : 1
    }
    throw error
  }
}
