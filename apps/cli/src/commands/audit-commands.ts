import { describeAuditProblem, type PublishedLink } from '@triplane/storage'
import { auditKey } from '../audit-key.ts'
import { besideStack, CliError, messageOf } from '../cli-error.ts'
import type { Edges } from '../edges.ts'
import { jsonOption, show, type CommandLine } from './command-line.ts'

/** `audit verify`: whether every row of the audit is unchanged, and none is missing. */
export function addAuditCommands(line: CommandLine): void {
  const audit = line.program.command('audit').description('the chained audit of what operators ordered')
  audit
    .command('verify')
    .description('find changed, missing and cut rows, by the key of the chain and the newest link on Kafka')
    .addOption(jsonOption())
    .action(({ json }: { readonly json?: boolean }) => verify(line, json))
}

async function verify(line: CommandLine, json: boolean | undefined): Promise<void> {
  const { environment, openAuditDatabase } = line.edges
  const key = auditKey(environment)
  if (key === undefined)
    throw new CliError(
      `Expected the key of the audit in TRIPLANE_AUDIT_KEY or TRIPLANE_AUDIT_KEY_FILE, found none. ${besideStack('audit verify')}`,
      2,
    )
  const published = await newestPublished(line.edges)
  const database = openAuditDatabase(environment)
  try {
    const verdict = await database.verify(key, published.link)
    const { isIntact, rows, newest } = verdict
    const problems = verdict.problems.map((problem) => ({ ...problem, text: describeAuditProblem(problem) }))
    const compared = published.unknown === undefined
    const shown = { isIntact, rows, newest, published: published.link, comparedWithPublished: compared, problems }
    show(line, json, shown, () =>
      [
        isIntact ? `The audit is intact: ${rows} rows.` : `The audit is NOT intact: ${rows} rows.`,
        ...problems.map(({ text }) => `  ${text}.`),
        published.unknown ?? `The end was compared with what was published: ${describeLink(published.link)}.`,
        '',
      ].join('\n'),
    )
    if (!isIntact) line.fail(`Expected an intact audit, was ${problems.length} problems`)
    if (published.failed) line.fail(published.failed)
  } finally {
    await database.close()
  }
}

interface Published {
  readonly link?: PublishedLink | undefined
  /** Why the newest published link is unknown. */
  readonly unknown?: string
  /** Set when it should be known. */
  readonly failed?: string
}

/** The newest link on Kafka, if any: without it a cut end goes undetected. */
async function newestPublished({ environment, openControlTopics }: Edges): Promise<Published> {
  const unknown = 'The end was NOT compared with what was published: a cut would not have been noticed.'
  if (!environment['KAFKA_BROKERS']) return { unknown: `${unknown} KAFKA_BROKERS is not set.` }
  try {
    const topics = await openControlTopics(environment)
    try {
      return { link: await topics.newestAuditLink() }
    } finally {
      await topics.close()
    }
  } catch (error) {
    return { unknown, failed: `Expected the newest link of the audit from Kafka, was: ${messageOf(error)}` }
  }
}

function describeLink(link: PublishedLink | undefined): string {
  return link === undefined ? 'nothing was' : `row ${link.link}`
}
