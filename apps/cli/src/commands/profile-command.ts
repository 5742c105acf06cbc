import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Option } from 'commander'
import { CliError, messageOf } from '../cli-error.ts'
import { fetchFrom, whyUnanswered } from '../planes/ask-plane.ts'
import { operatorToken } from '../planes/operator-token.ts'
import { onlyPlane, parseUrl, planeNames, type PlaneName } from '../planes/plane-urls.ts'
import { jsonOption, show, tokenFileOption, wholeNumber, type CommandLine } from './command-line.ts'

/** What a plane may need on top of the profiled time: a heap snapshot is large. */
const ANSWER_MS = 240_000

interface Flags {
  readonly plane: PlaneName
  readonly url?: string
  readonly kind: 'cpu' | 'heap'
  readonly seconds: number
  readonly out?: string
  readonly tokenFile?: string
  readonly json?: boolean
}

/** `profile`: writes a .cpuprofile or a heap snapshot of a live plane to a file. */
export function addProfileCommand(line: CommandLine): void {
  line.program
    .command('profile')
    .description('profile a live plane, for the performance and memory tabs of Chromium')
    .addOption(new Option('--plane <name>', 'which plane').choices(planeNames).default('order'))
    .option('--url <address>', 'address of the plane, where there are several of a kind')
    .addOption(
      new Option('--kind <kind>', 'cpu: where time goes; heap: what is in memory, which stops the plane for a moment')
        .choices(['cpu', 'heap'])
        .default('cpu'),
    )
    .option('--seconds <count>', 'how long, 1 to 60', wholeNumber(1, 60), 10)
    .option('--out <file>', 'default: <plane>-<time>.cpuprofile or .heapsnapshot')
    .addOption(tokenFileOption())
    .addOption(jsonOption())
    .action((flags: Flags) => profile(line, flags))
}

async function profile(line: CommandLine, flags: Flags): Promise<void> {
  const { edges } = line
  const { plane, kind, seconds } = flags
  const token = operatorToken(edges.environment, flags.tokenFile)
  const url = flags.url === undefined ? onlyPlane(edges.environment, plane, '--url') : parseUrl(flags.url, '--url')
  const extension = kind === 'cpu' ? 'cpuprofile' : 'heapsnapshot'
  const file = flags.out ?? `${plane}-${Math.floor(edges.nowUs() / 1_000_000)}.${extension}`

  const query = kind === 'cpu' ? `kind=cpu&seconds=${seconds}` : 'kind=heap'
  const question = { method: 'POST', token, timeoutMs: seconds * 1000 + ANSWER_MS } as const
  const response = await fetchFrom(url, `/control/profile?${query}`, question).catch((error: unknown) => {
    throw new CliError(`Expected the ${plane} plane at ${url} to answer, was: ${whyUnanswered(error)}`)
  })
  if (!response.ok || response.body === null) {
    const refusal = (await response.json().catch(() => undefined)) as { readonly reason?: string } | undefined
    throw new CliError(`Expected a profile of ${url}, was refused: ${refusal?.reason ?? `HTTP ${response.status}`}`)
  }
  const bytes = await save(response.body, file)
  show(line, flags.json, { plane, url, kind, file, bytes }, () => `${file}: ${bytes} bytes\n`)
}

/** Writes the file whole or not at all. Returns its size. */
async function save(body: NonNullable<Response['body']>, file: string): Promise<number> {
  const draft = `${file}.part`
  try {
    await pipeline(Readable.fromWeb(body), createWriteStream(draft))
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw new CliError(`Cannot write the profile to ${file}: ${messageOf(error)}`)
  }
  return (await stat(file)).size
}
