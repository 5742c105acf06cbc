import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { readLogSegment } from '@triplane/service'
import { CliError, messageOf } from '../cli-error.ts'
import type { CommandLine } from './command-line.ts'

/** `log read`: prints a segment of a plane's input log in readable form. */
export function addLogCommands(line: CommandLine): void {
  line.program
    .command('log')
    .description('the input log of a plane')
    .command('read')
    .argument('<file>', 'a segment, from the folder of the run: input-120.log')
    .description('who wrote the segment, then what each turn consumed, one line of JSON each')
    .action(async (file: string) => {
      const bytes = await readFile(file).catch((error: unknown) => {
        throw new CliError(`Cannot read ${file}: ${messageOf(error)}`, 2)
      })
      const segment = readLogSegment(bytes, basename(file))
      if (segment === undefined) return line.fail(`Expected turns in ${file}, was none`)
      for (const entry of [segment.header, ...segment.turns]) line.edges.out.write(`${JSON.stringify(entry)}\n`)
    })
}
