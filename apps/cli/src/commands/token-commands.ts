import { hashToken, parseOperatorTokens } from '@triplane/control'
import { jsonOption, show, type CommandLine } from './command-line.ts'

const TOKEN_BYTES = 32

/** `token create NAME`: prints a new token, and the entry that the order planes need. Stores nothing. */
export function addTokenCommands(line: CommandLine): void {
  const token = line.program.command('token').description('tokens of operators')
  token
    .command('create')
    .argument('<name>', 'name of the operator, as the audit will have it')
    .description('make a token; give it to the operator, and its entry to the planes')
    .addOption(jsonOption())
    .action((name: string, { json }: { readonly json?: boolean }) => {
      const token = line.edges.randomBytes(TOKEN_BYTES).toString('base64url')
      const entry = `${name}:${hashToken(token)}`
      parseOperatorTokens(entry)
      show(line, json, { name, token, entry }, () =>
        [
          `token of ${name}, for its bearer only; it is not kept and not shown again:`,
          `  ${token}`,
          'entry of TRIPLANE_OPERATOR_TOKENS, for every plane; several are separated by commas:',
          `  ${entry}`,
          '',
        ].join('\n'),
      )
    })
}
