import {
  loadMonitoringSettings,
  renderMonitoring,
  writeRendered,
  type Owner,
  type Rendered,
} from '@triplane/monitoring'
import { InvalidArgumentError } from 'commander'
import { CliError, messageOf } from '../cli-error.ts'
import { formatTable } from '../table.ts'
import { jsonOption, show, type CommandLine } from './command-line.ts'

interface Flags {
  readonly to: string
  readonly from: string
  readonly owner?: Owner
  readonly alertmanagerFolder: string
  readonly json?: boolean
}

/**
 * `monitoring render`: writes the files of Prometheus and Alertmanager, from the environment and the user's rules. Writes all
 * or nothing.
 */
export function addMonitoringCommands(line: CommandLine): void {
  const monitoring = line.program.command('monitoring').description('Prometheus and Alertmanager')
  monitoring
    .command('render')
    .description('write the files that Prometheus and Alertmanager read, as the environment and your rules have them')
    .requiredOption('--to <folder>', 'gets prometheus/ and alertmanager/')
    .option('--from <folder>', 'the folder of rules, templates and runbooks', 'infrastructure')
    .option('--owner <uid:gid>', 'who may read the secrets; default: who runs this', parseOwner)
    .option('--alertmanager-folder <path>', 'where Alertmanager finds its files', '/etc/alertmanager')
    .addOption(jsonOption())
    .action((flags: Flags) => render(line, flags))
}

function parseOwner(text: string): Owner {
  const [, uid, gid] = /^(\d+):(\d+)$/.exec(text) ?? []
  if (uid === undefined) throw new InvalidArgumentError('Expected two numbers such as 65534:65534.')
  return { uid: Number(uid), gid: Number(gid) }
}

function render(line: CommandLine, { to, from, owner, alertmanagerFolder, json }: Flags): void {
  const settings = loadMonitoringSettings(line.edges.environment)
  const rendered = renderMonitoring({ from, settings, alertmanagerFolder })
  const { written, removed } = writeAll(to, rendered, owner)
  const { kinds, notices } = rendered
  show(line, json, { to, written, removed, channels: kinds, notices }, () => {
    const rows = Object.entries(kinds).filter(([name]) => name !== 'nobody')
    return [
      formatTable(
        ['alerts', 'go to'],
        rows.map(([name, some]) => [name, some.join(', ')]),
        '',
      ),
      ...notices.map((notice) => `${notice}\n`),
      `${to}: ${written.length} files written, ${removed.length} removed, ${rendered.files.length} in all.\n`,
    ].join('')
  })
}

function writeAll(to: string, { files }: Rendered, owner: Owner | undefined) {
  try {
    return writeRendered(to, files, owner)
  } catch (error) {
    throw new CliError(`Cannot write to ${to}: ${messageOf(error)}`)
  }
}
