import type { ErrorRequestHandler, Response } from 'express'
import { messageOf } from './control-error.ts'
import { addressOf, type OperatorGateOptions } from './operator-gate.ts'

/** Answers to bodies that are no order: 400, counted as `bad_request`. */
export interface BodyRefusals {
  readonly refuse: (response: Response, reason: string) => void
  /** For bodies that are not JSON, or too long. */
  readonly unreadable: ErrorRequestHandler
}

/** `maxBytes` is told where the error does not say the limit. */
export function createBodyRefusals(
  { onRefused = () => undefined }: Pick<OperatorGateOptions, 'onRefused'>,
  maxBytes: number,
): BodyRefusals {
  function refuse(response: Response, reason: string): void {
    onRefused('bad_request', addressOf(response.req))
    response.status(400).json({ accepted: false, reason })
  }
  return {
    refuse,
    unreadable(error: { readonly status?: number; readonly limit?: number }, _request, response, next) {
      if (error.status === undefined || error.status >= 500) return next(error)
      refuse(response, `Expected JSON of at most ${error.limit ?? maxBytes} bytes, was: ${messageOf(error)}.`)
    },
  }
}
