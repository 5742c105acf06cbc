/** Text as code, on one line. */
export function code(text: string): string {
  return `\`${text.replace(/\s+/g, ' ').trim()}\``
}

/** A table; cells may contain `|`. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
