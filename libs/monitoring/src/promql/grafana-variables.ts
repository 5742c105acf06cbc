import { err, ok, type Result } from '@triplane/kernel'

/** Replacements of Grafana's own variables, for an expression that is only checked. */
const BUILT_IN: Readonly<Record<string, string>> = {
  __interval: '30s',
  __interval_ms: '30000',
  __rate_interval: '1m',
  __range: '1h',
  __range_s: '3600',
  __range_ms: '3600000',
  __from: '0',
  __to: '3600000',
}

/** `$name`, `${name}`, `${name:format}` and `[[name]]`. A regular expression's `$`, `$1` and `${1}` are not variables. */
const VARIABLE = /\$(\w*[A-Za-z_]\w*)|\$\{(\w*[A-Za-z_]\w*)(?:\.\w+)?(?::[^}]*)?\}|\[\[(\w+)(?::[^\]]*)?\]\]/g

/** Variables of a dashboard without a value. */
export interface UnknownVariable {
  readonly code: 'unknown_variable'
  readonly names: readonly string[]
  readonly message: string
}

/**
 * Replaces template variables with `values` and Grafana's built-in ones, as Grafana does before Prometheus gets an expression.
 * Grafana's own functions such as `label_values` are not expressions. Refuses variables without a value.
 */
export function substituteVariables(
  text: string,
  values: Readonly<Record<string, string>> = {},
): Result<string, UnknownVariable> {
  const known: Readonly<Record<string, string>> = { ...BUILT_IN, ...values }
  const unknown = new Set<string>()
  const substituted = text.replace(VARIABLE, (found, plain?: string, braced?: string, bracketed?: string) => {
    const name = plain ?? braced ?? bracketed ?? ''
    const value = Object.hasOwn(known, name) ? known[name] : undefined
    if (value === undefined) unknown.add(name)
    return value ?? found
  })
  if (unknown.size === 0) return ok(substituted)
  const names = [...unknown]
  const message = `Expected variables of the dashboard (${Object.keys(values).join(', ') || 'none'}), was ${names.join(', ')}`
  return err({ code: 'unknown_variable', names, message })
}
