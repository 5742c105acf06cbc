import { types } from 'node:util'
import { messageOf } from '../cli-error.ts'

/** A plane that does not answer within this time counts as down. */
const ANSWER_MS = 10_000

export interface Question {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly token?: string
  /** Sent as JSON. */
  readonly body?: unknown
  readonly timeoutMs?: number
}

/** A plane's answer, or why there is none. `body` is undefined unless it was a JSON object. */
export type PlaneAnswer =
  | { readonly url: string; readonly answered: false; readonly error: string }
  | {
      readonly url: string
      readonly answered: true
      readonly status: number
      readonly body: Readonly<Record<string, unknown>> | undefined
    }

/** Sends a request to a plane. Never rejects: a plane that is down is an answer too. */
export async function askPlane(url: string, path: string, question: Question = {}): Promise<PlaneAnswer> {
  try {
    const response = await fetchFrom(url, path, question)
    return { url, answered: true, status: response.status, body: asObject(await response.text()) }
  } catch (error) {
    return { url, answered: false, error: whyUnanswered(error) }
  }
}

/** The response itself, for a body too large for memory. Rejects when there is none. */
export function fetchFrom(url: string, path: string, question: Question = {}): Promise<Response> {
  const { method = 'GET', token, body, timeoutMs = ANSWER_MS } = question
  return fetch(url + path, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    // The token belongs to the plane that was named, not to the target of its redirect.
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  })
}

/** The error of fetch only reports a failure; its cause has the reason. */
export function whyUnanswered(error: unknown): string {
  const cause = types.isNativeError(error) ? error.cause : undefined
  if (!types.isNativeError(cause)) return messageOf(error)
  if ('code' in cause && typeof cause.code === 'string') return cause.code
  return messageOf(cause)
}

function asObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Readonly<Record<string, unknown>>)
      : undefined
  } catch {
    return undefined
  }
}
