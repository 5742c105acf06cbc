import { InvalidArgumentError } from 'commander'

/** Selects the alerts of a silence: those whose label equals, differs from, matches or does not match the value. */
export interface Matcher {
  readonly name: string
  readonly value: string
  readonly isRegex: boolean
  readonly isEqual: boolean
}

const MATCHER = /^([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*(.*)$/s
const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/

/** Reads `symbol=SPY`, `symbol!=SPY`, `symbol=~"BTC.*"`, `symbol!~BTC.*`, or the bare name of an alert. */
export function parseMatcher(text: string): Matcher {
  if (NAME.test(text)) return { name: 'alertname', value: text, isRegex: false, isEqual: true }
  const [, name, operator = '', raw = ''] = MATCHER.exec(text) ?? []
  if (name === undefined)
    throw new InvalidArgumentError('Expected matchers such as FeedDown, symbol=SPY or symbol=~"BTC.*".')
  const isRegex = operator.endsWith('~')
  const value = unquoted(raw)
  if (isRegex && !isPattern(value)) throw new InvalidArgumentError(`Expected a pattern in ${text}.`)
  return { name, value, isRegex, isEqual: operator.startsWith('=') }
}

/** The form that people write and Alertmanager's page shows. */
export function matcherText({ name, value, isRegex, isEqual }: Matcher): string {
  return `${name}${isEqual ? '=' : '!'}${isRegex ? '~' : isEqual ? '' : '='}${JSON.stringify(value)}`
}

function unquoted(text: string): string {
  const [, inner] = /^"(.*)"$/s.exec(text) ?? []
  return inner === undefined ? text : inner.replace(/\\(.)/gs, '$1')
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text)
    return true
  } catch {
    return false
  }
}
