import { alertPlanes, durationMs, severities } from '@triplane/monitoring'
import { InvalidArgumentError, Option } from 'commander'
import { Alertmanager, type FiringAlert, type Labels, type Silence } from '../alertmanager/alertmanager.ts'
import { matcherText, parseMatcher, type Matcher } from '../alertmanager/matcher.ts'
import { sendTestAlert, type Delivery } from '../alertmanager/test-alert.ts'
import { CliError } from '../cli-error.ts'
import { formatTable, timeText } from '../table.ts'
import { jsonOption, show, wholeNumber, type CommandLine } from './command-line.ts'

const ID_BYTES = 4
const MAX_WAIT_SECONDS = 300

interface Json {
  readonly json?: boolean
}

interface TestFlags extends Json {
  readonly severity: string
  readonly plane: string
  readonly wait: number
}

interface SilenceFlags extends Json {
  readonly for: number
  readonly why: string
  readonly who?: string
}

/** `alerts test`, `list`, `silence`, `silences`, `unsilence`: through Alertmanager's API. */
export function addAlertsCommands(line: CommandLine): void {
  const alerts = line.program.command('alerts').description('alerts that fire, and who is told of them')
  const alertmanager = () => new Alertmanager(line.edges.environment)
  alerts
    .command('test')
    .description('send a test alert through Alertmanager and say where it went')
    .addOption(severityOption())
    .addOption(new Option('--plane <plane>', 'the plane it claims to be of').choices(alertPlanes).default('platform'))
    .option('--wait <seconds>', 'how long to wait for the channels', wholeNumber(1, MAX_WAIT_SECONDS), 20)
    .addOption(jsonOption())
    .action((flags: TestFlags) => test(line, alertmanager(), flags))
  alerts
    .command('list')
    .description('alerts that fire; also those that nobody is told of, and why')
    .addOption(jsonOption())
    .action((flags: Json) => list(line, alertmanager(), flags))
  alerts
    .command('silence')
    .description('tell nobody of some alerts for a while')
    .argument('<matcher...>', 'FeedDown, symbol=SPY, symbol!=SPY, symbol=~"BTC.*"; all must match', addMatcher, [])
    .requiredOption('--for <duration>', 'for how long, like 1h', parseDuration)
    .requiredOption('--why <text>', 'the reason, for those who wonder')
    .option('--who <name>', 'who wants that; default: the user of this command')
    .addOption(jsonOption())
    .action((matchers: readonly Matcher[], flags: SilenceFlags) => silence(line, alertmanager(), matchers, flags))
  alerts
    .command('silences')
    .description('silences that have not ended')
    .addOption(jsonOption())
    .action(async ({ json }: Json) => {
      const silences = await alertmanager().silences()
      show(line, json, { silences }, () => formatTable(silenceHeads, silences.map(silenceRow), 'There is no silence.'))
    })
  alerts
    .command('unsilence')
    .description('end a silence now')
    .argument('<id>', 'its id, as silences shows it')
    .addOption(jsonOption())
    .action(async (id: string, { json }: Json) => {
      await alertmanager().endSilence(id)
      show(line, json, { ended: id }, () => `The silence ${id} has ended.\n`)
    })
}

const severityOption = () =>
  new Option('--severity <severity>', 'who is told: as with a real alert of this severity')
    .choices(severities.filter((severity) => severity !== 'none'))
    .default('warning')

function addMatcher(text: string, before: readonly Matcher[]): readonly Matcher[] {
  return [...before, parseMatcher(text)]
}

function parseDuration(text: string): number {
  const ms = durationMs(text)
  if (ms === undefined || ms === 0) throw new InvalidArgumentError('Expected a duration such as 30m, 1h or 2d.')
  return ms
}

async function test(line: CommandLine, alertmanager: Alertmanager, { severity, plane, wait, json }: TestFlags) {
  const { nowUs, randomBytes, userName } = line.edges
  const id = randomBytes(ID_BYTES).toString('hex')
  const sent = { severity, plane, who: userName(), id, nowMs: nowUs() / 1000 }
  const delivery = await sendTestAlert(alertmanager, sent, wait)
  if (!delivery) throw new CliError(`Expected Alertmanager at ${alertmanager.url} to show the alert it took, did not`)
  const { alert, outcomes } = delivery
  const receivers = alert.receivers.map(({ name }) => name)
  const muted = mutedText(alert, await namesOf(alertmanager, alert))
  const value = { labels: alert.labels, receivers, channels: Object.fromEntries(outcomes), ...(muted && { muted }) }
  show(line, json, value, () =>
    [
      `TestAlert, severity ${severity}, plane ${plane}, went to the receiver ${receivers.join(', ')}.\n`,
      outcomes.size === 0 ? '' : formatTable(['channel', 'outcome'], [...outcomes], ''),
    ].join(''),
  )
  const problem = problemOf(delivery, muted, wait)
  if (problem !== undefined) line.fail(problem)
}

/** Why the alert may have notified no one; undefined when it notified someone, or its severity is only displayed. */
function problemOf({ alert, outcomes }: Delivery, muted: string | undefined, waitSeconds: number): string | undefined {
  if (muted !== undefined) return `Expected somebody to be told, was nobody: ${muted}`
  const severity = alert.labels['severity']
  if (outcomes.size === 0 && severity !== 'info')
    return `Expected a channel for alerts of severity ${severity}, found none: they go nowhere. See .env.example`
  const late = [...outcomes].filter(([, outcome]) => outcome !== 'sent')
  if (late.length === 0) return undefined
  const found = late.map(([kind, outcome]) => `${kind} ${outcome}`).join(', ')
  return `Expected every channel to take the message within ${waitSeconds} s, was: ${found}. Alertmanager goes on trying; its log says why`
}

async function list(line: CommandLine, alertmanager: Alertmanager, { json }: Json): Promise<void> {
  const alerts = [...(await alertmanager.alerts())].sort(worstFirst)
  const names = new Map(alerts.map(({ fingerprint, labels }) => [fingerprint, labels['alertname'] ?? fingerprint]))
  const rows = alerts.map((alert) => ({
    name: alert.labels['alertname'],
    severity: alert.labels['severity'],
    plane: alert.labels['plane'],
    since: alert.startsAt,
    state: mutedText(alert, names) ?? 'active',
    receivers: alert.receivers.map(({ name }) => name),
    labels: alert.labels,
    annotations: alert.annotations,
    status: alert.status,
  }))
  show(line, json, { alerts: rows }, () =>
    formatTable(
      ['alert', 'severity', 'plane', 'since', 'state', 'labels'],
      rows.map((row) => [row.name, row.severity, row.plane, timeOf(row.since), row.state, otherLabels(row.labels)]),
      'No alert fires.',
    ),
  )
}

async function silence(
  line: CommandLine,
  alertmanager: Alertmanager,
  matchers: readonly Matcher[],
  { for: forMs, why, who, json }: SilenceFlags,
): Promise<void> {
  const { nowUs, userName } = line.edges
  const nowMs = nowUs() / 1000
  const [startsAt, endsAt] = [nowMs, nowMs + forMs].map((ms) => new Date(ms).toISOString()) as [string, string]
  const wanted = { matchers, startsAt, endsAt, createdBy: who ?? userName(), comment: why }
  const id = await alertmanager.silence(wanted)
  const silenced = (await alertmanager.alerts()).filter(({ status }) => status.silencedBy.includes(id))
  const alerts = silenced.map(({ labels }) => labels)
  show(line, json, { id, ...wanted, alerts }, () =>
    [
      `${id}: ${matchers.map(matcherText).join(' ')} until ${timeOf(endsAt)}.\n`,
      `Of the alerts that fire now it silences ${alerts.length}.\n`,
    ].join(''),
  )
}

const silenceHeads = ['id', 'alerts', 'until', 'by', 'why', 'state']

function silenceRow({ id, matchers, endsAt, createdBy, comment, status }: Silence) {
  return [id, matchers.map(matcherText).join(' '), timeOf(endsAt), createdBy, comment, status.state]
}

/** Why an alert notifies no one; `names` has the names of the alerts that may inhibit it, by fingerprint. */
function mutedText({ status }: FiringAlert, names: ReadonlyMap<string, string>): string | undefined {
  const inhibitedBy = status.inhibitedBy.map((fingerprint) => names.get(fingerprint) ?? fingerprint)
  const reasons = [
    ...inhibitedBy.map((name) => `inhibited by ${name}`),
    ...status.silencedBy.map((id) => `silenced by ${id}`),
    ...status.mutedBy.map((interval) => `outside of ${interval}`),
  ]
  return reasons.length === 0 ? undefined : reasons.join(', ')
}

async function namesOf(alertmanager: Alertmanager, { status }: FiringAlert): Promise<ReadonlyMap<string, string>> {
  if (status.inhibitedBy.length === 0) return new Map()
  const alerts = await alertmanager.alerts()
  return new Map(alerts.map(({ fingerprint, labels }) => [fingerprint, labels['alertname'] ?? fingerprint]))
}

function worstFirst(a: FiringAlert, b: FiringAlert): number {
  const rank = ({ labels }: FiringAlert) => {
    const at = severities.findIndex((severity) => severity === labels['severity'])
    return at < 0 ? severities.length : at
  }
  return rank(a) - rank(b) || (a.startsAt < b.startsAt ? -1 : 1)
}

function otherLabels(labels: Labels): string {
  const others = Object.entries(labels).filter(([name]) => !['alertname', 'severity', 'plane'].includes(name))
  return others.map(([name, value]) => `${name}=${value}`).join(' ')
}

/** Alertmanager's time in the format of the other commands. */
function timeOf(iso: string): string | undefined {
  return timeText(Date.parse(iso) * 1000)
}
