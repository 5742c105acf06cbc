import { invariant } from '@triplane/kernel'
import { strategies } from '@triplane/strategy'
import { venues } from '@triplane/venues'

/** Settings of a registry, which form a block in the files: the pattern of their lines, and each with its default. */
interface SettingsOf {
  readonly of: string
  readonly line: RegExp
  readonly settings: readonly (readonly [name: string, byDefault: unknown])[]
}

const fees: SettingsOf = {
  of: 'venues',
  line: /^ *#?TRIPLANE_ORDER_PAPER_FEES_.*\n/gm,
  settings: venues.flatMap(({ id, fees }) => {
    const prefix = `TRIPLANE_ORDER_PAPER_FEES_${id.toUpperCase()}`
    return [[`${prefix}_MAKER_BPS`, fees.makerBps] as const, [`${prefix}_TAKER_BPS`, fees.takerBps] as const]
  }),
}

const parameters: SettingsOf = {
  of: 'strategies',
  line: new RegExp(`^ *#?TRIPLANE_STRATEGY_(?:${strategies.map(({ name }) => name).join('|')})_.*\\n`, 'gm'),
  settings: strategies.flatMap(({ name, parameters }) =>
    Object.entries(parameters.parse({})).map(
      ([parameter, byDefault]) => [`TRIPLANE_STRATEGY_${name}_${upperSnake(parameter)}`, byDefault] as const,
    ),
  ),
}

/** `.env.example` with the settings of every venue and every strategy, at their defaults. */
export const withRegistryDefaults = (text: string) =>
  withLines(text, ([name, byDefault]) => `#${name}=${String(byDefault)}\n`)

/** The settings that the compose files forward, with those of every venue and every strategy. */
export const withRegistryNames = (text: string) => withLines(text, ([name]) => `      ${name}:\n`)

/** The text in which each registry's block of settings is replaced by its lines. */
function withLines(text: string, lineOf: (setting: SettingsOf['settings'][number]) => string): string {
  return [fees, parameters].reduce((made, { of, line, settings }) => {
    const at = made.search(line)
    invariant(at >= 0, `settings of ${of} have a place`)
    const rest = made.replace(line, '')
    return rest.slice(0, at) + settings.map(lineOf).join('') + rest.slice(at)
  }, text)
}

function upperSnake(name: string): string {
  return name.replace(/[A-Z]/g, '_$&').toUpperCase()
}
