import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A span in OTLP/JSON form; attributes by name. */
export interface ReceivedSpan {
  readonly service: string
  readonly runId: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly status: { readonly code: number; readonly message?: string }
  readonly attributes: Readonly<Record<string, unknown>>
}

/** An OTLP/HTTP collector that keeps what it receives. `answers` are the status codes of its next requests; then 200. */
export async function startTraceCollector() {
  const spans: ReceivedSpan[] = []
  const answers: (number | 'none')[] = []
  const paths: string[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      paths.push(request.url ?? '')
      const answer = answers.shift() ?? 200
      if (answer === 'none') return
      if (answer === 200) spans.push(...spansOf(JSON.parse(Buffer.concat(parts).toString()) as TraceRequest))
      response.writeHead(answer, { 'Content-Type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    spans,
    answers,
    paths,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The body of a request to a collector: opentelemetry-proto, collector/trace/v1, in its JSON encoding. */
interface TraceRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] }
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[]
  }[]
}
type OtlpSpan = Omit<ReceivedSpan, 'service' | 'runId' | 'attributes'> & {
  readonly attributes: readonly OtlpAttribute[]
}
interface OtlpAttribute {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

const byKey = (attributes: readonly OtlpAttribute[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

function spansOf({ resourceSpans }: TraceRequest): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const about = byKey(resource.attributes)
    const of = { service: String(about['service.name']), runId: String(about['triplane.run_id']) }
    const spans = scopeSpans.flatMap((scope) => scope.spans)
    return spans.map((span) => ({ ...span, ...of, attributes: byKey(span.attributes) }))
  })
}
