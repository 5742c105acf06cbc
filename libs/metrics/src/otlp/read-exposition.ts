/** One line of an exposition. */
export interface Sample {
  /** As in the line: for a histogram with `_bucket`, `_sum` or `_count`. */
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** A metric with all its lines. */
export interface ExposedMetric {
  readonly name: string
  readonly help: string
  /** `counter`, `gauge`, `histogram`, or another type of prom-client. */
  readonly type: string
  readonly samples: readonly Sample[]
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g

/**
 * Reads the text format 0.0.4 as this library writes it: HELP, then TYPE, then the lines of a metric. Takes parts of whole
 * lines, and returns the metrics that have lines in the part. Throws on anything else.
 */
export function createExpositionReader(): (part: string) => ExposedMetric[] {
  let [name, help, type] = ['', '', '']
  return (part) => {
    let samples: Sample[] = []
    const metrics: ExposedMetric[] = []
    const begin = () => metrics.push({ name, help, type, samples: (samples = []) })
    if (name !== '') begin()
    for (const line of part.split('\n')) {
      if (line === '') continue
      const [, kind = '', of = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? []
      if (kind === 'HELP') help = unescape(rest)
      else if (kind === 'TYPE') {
        name = of
        type = rest
        begin()
      } else samples.push(readSample(line))
    }
    return metrics
  }
}

function readSample(line: string): Sample {
  const [, name, labels = '', value] = SAMPLE.exec(line) ?? []
  if (name === undefined || value === undefined) throw new Error(`Expected a line of an exposition, was ${line}`)
  const pairs = [...labels.matchAll(LABEL)].map(([, label, text]) => [label, unescape(text as string)] as const)
  return { name, labels: Object.fromEntries(pairs) as Record<string, string>, value: readNumber(value) }
}

function readNumber(text: string): number {
  return text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text)
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter))
}
