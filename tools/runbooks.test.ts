import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { riskCodes } from '@triplane/contracts'
import { alertRules, checkExpression, severities, thresholds } from '@triplane/monitoring'
import { parse } from 'yaml'
import { CliWorld } from '../apps/cli/test/cli-world.ts'
import { allCatalogs } from './families.ts'
import { knownSeries } from './known-series.ts'

const root = join(__dirname, '..')
const folder = join(root, 'infrastructure/runbooks')
const INDEX = 'README.md'
const files = readdirSync(folder)
const textOf = (file: string) => readFileSync(join(folder, file), 'utf8')
const pages = files.filter((file) => file.endsWith('.md') && file !== INDEX)

const SECTIONS = ['What it means', 'What it costs', 'How to check', 'How to fix', 'When to escalate', 'What not to do']
const MOST_LINES = 62

/** A piece of code, on one line: a line of a fenced block, or a backtick span. */
interface Code {
  readonly file: string
  readonly code: string
  /** The fence's language; undefined for a span in a sentence. */
  readonly language?: string
}

function codeOf(file: string): Code[] {
  const text = textOf(file)
  const fenced = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, language = '', block = '']) =>
    block
      .split('\n')
      .filter((line) => line !== '')
      .map((code) => ({ file, code, language })),
  )
  const inline = [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/`([^`]+)`/g)]
  return [...fenced, ...inline.map(([, code = '']) => ({ file, code: code.replaceAll('\n', ' ') }))]
}

const code = files.flatMap(codeOf)
const where = ({ file, code: text }: Code) => `${file}: ${text}`

/** The alerts of our stack, and the one that needs a price level. */
const priceLevels = [{ symbol: 'BTC/USDT', is: 'below', level: 1 }] as const
const alerts = alertRules({ thresholds: { ...thresholds, priceLevels } })
const severitiesOf = (name: string) =>
  severities.filter((severity) => alerts.some((alert) => alert.name === name && alert.severity === severity)).join(', ')

describe('the pages', () => {
  it('exist for each alert, and for nothing else', () => {
    const names = [...new Set(alerts.map(({ name }) => name))]
    expect([...pages].sort()).toEqual(names.map((name) => `${name}.md`).sort())
  })

  it.each(pages)('%s has every required part, briefly', (file) => {
    const text = textOf(file)
    const [head = '', ...sections] = text.split(/^## /m)
    expect(head).toMatch(
      new RegExp(
        `^# ${file.slice(0, -'.md'.length)}\n\n\\*\\*Money at risk: [^*]+\\*\\*\\s[\\s\\S]*first\\s+minute`,
        'i',
      ),
    )
    const told = sections.map((section) => section.split('\n'))
    expect(told.map(([title]) => title)).toEqual(SECTIONS)
    expect(told.filter(([, ...lines]) => lines.join('').trim() === '')).toEqual([])
    expect(text.split('\n').length).toBeLessThanOrEqual(MOST_LINES)
  })

  it('are all in the index, once, with the severities of their alerts', () => {
    const listed = [...textOf(INDEX).matchAll(/^\| \[(\w+)\]\((\w+\.md)\) +\| ([a-z, ]+?) +\|/gm)]
    const rows = listed.map(([, name = '', file, severity]) => ({ name, file, severity }))
    expect(rows.map(({ name }) => `${name}.md`).sort()).toEqual([...pages].sort())
    expect(rows.map(({ file, severity }) => ({ file, severity }))).toEqual(
      rows.map(({ name }) => ({ file: `${name}.md`, severity: severitiesOf(name) })),
    )
  })

  it('link to existing pages', () => {
    const links = files.flatMap((file) =>
      [...textOf(file).matchAll(/\]\(([^)]*)\)/g)].map(([, to = '']) => ({ file, to })),
    )
    expect(links.length).toBeGreaterThan(100)
    expect(links.filter(({ to }) => !files.includes(to))).toEqual([])
  })
})

describe('the names on the pages', () => {
  const histograms = allCatalogs.flatMap((catalog) => Object.values(catalog)).map(({ name }) => name)
  const families = [...new Set([...knownSeries.keys()].flatMap((name) => /^[a-z]+_/.exec(name)?.[0] ?? []))]
  /** Our own words that look like a metric. */
  const noMetrics = ['data_plane', 'strategy_plane', 'order_plane', ...riskCodes]
  const metricsIn = (text: string) =>
    (text.match(/\b[a-z]\w*_\w+\b(?![(/])/g) ?? []).filter(
      (word) => families.some((family) => word.startsWith(family)) && !noMetrics.includes(word),
    )

  it('as PromQL: existing metrics, labels and values', () => {
    const expressions = code.filter(
      (one) => one.language === 'promql' || (!one.language && /[({]/.test(one.code) && metricsIn(one.code).length > 0),
    )
    expect(expressions.length).toBeGreaterThan(200)
    expect(
      expressions.flatMap((one) =>
        checkExpression(one.code, knownSeries).problems.map(({ message }) => `${where(one)}: ${message}`),
      ),
    ).toEqual([])
  })

  it('as PromQL: one symbol at two exchanges is kept apart', () => {
    const lists = code
      .filter(({ language }) => language === 'promql')
      .flatMap((one) =>
        [...one.code.matchAll(/\b(?:by|on) \(([^()]*)\)/g)].map(([, list = '']) => ({
          ...one,
          labels: list.split(', '),
        })),
      )
      .filter(({ labels }) => labels.includes('symbol'))
    expect(lists.length).toBeGreaterThan(15)
    expect(lists.filter(({ labels }) => !labels.includes('exchange')).map(where)).toEqual([])
  })

  it('as metrics: names of the catalogue', () => {
    const named = code.filter((one) => !one.language && !/[({]/.test(one.code))
    const unknown = named.flatMap((one) =>
      metricsIn(one.code)
        .filter((name) => !knownSeries.has(name) && !histograms.includes(name))
        .map((name) => `${one.file}: ${name}`),
    )
    expect(unknown).toEqual([])
  })

  it('as settings: variables that a program reads', () => {
    const documented = ['.env.example', 'apps/cli/README.md']
      .map((file) => readFileSync(join(root, file), 'utf8'))
      .join('\n')
    const variables = code.flatMap((one) =>
      (one.code.match(/\b[A-Z]+(?:_[A-Z]+)+\b/g) ?? []).map((name) => ({ file: one.file, name })),
    )
    expect(variables.length).toBeGreaterThan(50)
    expect(
      variables.filter(({ name }) => name !== 'PARTIAL_FILL' && !new RegExp(`\\b${name}\\b`).test(documented)),
    ).toEqual([])
  })

  it('as addresses: paths that planes serve', () => {
    const everywhere = ['', '/metrics', '/health', '/ready', '/health/detailed', '/status/run']
    const served: Readonly<Record<string, readonly string[]>> = {
      8000: everywhere,
      8001: [...everywhere, '/status/orders', '/status/positions', '/status/kill-switches'],
      8002: [...everywhere, '/status/positions', '/status/kill-switches'],
    }
    const asked = code.flatMap((one) =>
      [...one.code.matchAll(/127\.0\.0\.1:(800\d)([\w/-]*)/g)].map(([, port = '', path = '']) => ({
        file: one.file,
        port,
        path,
      })),
    )
    expect(asked.length).toBeGreaterThan(20)
    expect(asked.filter(({ port, path }) => !served[port]?.includes(path))).toEqual([])
  })

  it('as services: those of the compose files', () => {
    const composeFiles = readdirSync(root).filter((file) => /^docker-compose.*\.yml$/.test(file))
    const services = composeFiles.flatMap((file) =>
      Object.keys((parse(readFileSync(join(root, file), 'utf8')) as { services: object }).services),
    )
    const named = code.flatMap((one) =>
      [...one.code.matchAll(/docker compose (ps|logs|up|stop|restart|exec)\b([^|#;&>)]*)/g)].flatMap(
        ([, verb, rest = '']) => {
          const words = rest
            .replace(/--(?:since|tail) \S+/g, '')
            .split(' ')
            .filter((word) => word !== '' && !word.startsWith('-'))
          return (verb === 'exec' ? words.slice(0, 1) : words).map((service) => ({ file: one.file, service }))
        },
      ),
    )
    expect(named.length).toBeGreaterThan(50)
    expect(named.filter(({ service }) => !services.includes(service))).toEqual([])
  })
})

describe('the commands of the pages', () => {
  const commands = code.flatMap((one) =>
    [
      ...one.code.matchAll(
        /(?:npx triplane|docker compose run --rm (?:--no-TTY )?cli)((?: +(?:'[^']*'|[^\s#|;&>)']+))+)/g,
      ),
    ].map(([, line = '']) => ({
      file: one.file,
      line: line.trim(),
    })),
  )
  const lines = [...new Set(commands.map(({ line }) => line))]

  it('are found', () => {
    expect(commands.length).toBeGreaterThan(100)
  })

  it.each(lines)('triplane %s', async (line) => {
    const world = new CliWorld()
    const nowhere = 'http://127.0.0.1:1'
    world.environment = {
      TRIPLANE_TOKEN: 'a-token',
      TRIPLANE_ORDER_PLANES: nowhere,
      TRIPLANE_STRATEGY_PLANES: nowhere,
      TRIPLANE_DATA_PLANES: nowhere,
      ALERTMANAGER_URL: nowhere,
    }
    await world.run(...[...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''))
    // Only Commander's own errors count: there is no plane to answer.
    expect(world.messages).not.toMatch(/^(error:|Usage:|Try: )/m)
  })
})
