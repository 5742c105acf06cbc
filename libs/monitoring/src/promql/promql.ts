/** PromQL over several lines, without the indentation of the source or of inserted values. */
export function promql(texts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  const whole = texts.reduce((sum, text, i) => `${sum}${indented(String(values[i - 1]), sum)}${text}`)
  const lines = whole.replace(/^\n+|\s+$/g, '').split('\n')
  const margin = Math.min(
    ...lines.filter((line) => line.trim() !== '').map((line) => /^ */.exec(line)?.[0].length ?? 0),
  )
  return lines.map((line) => line.slice(margin)).join('\n')
}

/** The increase of the counters of `selector`. One that begins above 0 grew from 0: increase() does not see its first value. */
export function increaseFromNothing(selector: string, over: string): string {
  return promql`
    (${selector} unless ${selector} offset ${over})
    or
    increase(${selector}[${over}])
  `
}

/** Indents the lines of `value` like the line that `before` ends with. */
function indented(value: string, before: string): string {
  const line = before.slice(before.lastIndexOf('\n') + 1)
  return value.replaceAll('\n', `\n${' '.repeat(/^ */.exec(line)?.[0].length ?? 0)}`)
}
