import { jsonOption, show, type CommandLine } from './command-line.ts'

/** `kafka prepare`: makes what a Kafka that asks who is there lacks. */
export function addKafkaCommands(line: CommandLine): void {
  line.program
    .command('kafka')
    .description('the broker')
    .command('prepare')
    .description(
      'make the missing topics, and give the users of planes and of this command the rights that the topics say',
    )
    .addOption(jsonOption())
    .action(async ({ json }: { readonly json?: boolean }) => {
      const { edges } = line
      const prepared = await edges.prepareKafka(edges.environment)
      const { granted, revoked, isOpen } = prepared
      const rights = isOpen
        ? 'This Kafka asks nobody who is there, and has no rights to give.'
        : `Rights granted: ${granted}, taken away: ${revoked}.`
      show(line, json, prepared, () => `The topics are there. ${rights}\n`)
    })
}
