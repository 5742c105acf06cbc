import { Session } from 'node:inspector/promises'
import { pipeline } from 'node:stream/promises'
import { getHeapSnapshot } from 'node:v8'
import { delay } from '@triplane/async'
import { Router, type Request, type Response } from 'express'
import { err, ok, type Result } from '@triplane/kernel'
import { addressOf, createOperatorGate, type OperatorGateOptions } from './operator-gate.ts'

const MAX_SECONDS = 60
const DEFAULT_SECONDS = 10

type Wanted = { readonly kind: 'heap' } | { readonly kind: 'cpu'; readonly seconds: number }

/**
 * `POST /control/profile?kind=cpu&seconds=10` answers with a .cpuprofile of the next seconds (1 to 60), `?kind=heap` with a
 * heap snapshot, for Chromium's developer tools. One at a time (409). A heap snapshot holds the process while it is
 * taken, and has the secrets of the process in it.
 */
export function profileRoute(options: OperatorGateOptions): Router {
  const { onRefused = () => undefined } = options
  let isBusy = false

  const routes = Router()
  routes.post('/control/profile', createOperatorGate(options), async (request, response) => {
    const wanted = parseWanted(request.query)
    if (!wanted.ok) {
      onRefused('bad_request', addressOf(request))
      response.status(400).json({ accepted: false, reason: wanted.error })
      return
    }
    if (isBusy) {
      response.status(409).json({ accepted: false, reason: 'Expected one profile at a time, was busy with another.' })
      return
    }
    isBusy = true
    try {
      if (wanted.value.kind === 'cpu') await sendCpuProfile(response, wanted.value.seconds)
      else await sendHeapSnapshot(response)
    } finally {
      isBusy = false
    }
  })
  return routes
}

function parseWanted({ kind = 'cpu', seconds = String(DEFAULT_SECONDS) }: Request['query']): Result<Wanted, string> {
  if (kind === 'heap') return ok({ kind })
  if (kind !== 'cpu') return err(`Expected kind to be cpu or heap, was ${JSON.stringify(kind)}.`)
  const count = typeof seconds === 'string' && /^\d{1,3}$/.test(seconds) ? Number(seconds) : 0
  if (count >= 1 && count <= MAX_SECONDS) return ok({ kind, seconds: count })
  return err(`Expected seconds to be a whole number from 1 to ${MAX_SECONDS}, was ${JSON.stringify(seconds)}.`)
}

async function sendCpuProfile(response: Response, seconds: number): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const session = new Session()
  session.connect()
  try {
    await session.post('Profiler.enable')
    await session.post('Profiler.start')
    await delay(seconds * 1000, gone.signal)
    const { profile } = await session.post('Profiler.stop')
    if (!gone.signal.aborted) response.attachment('triplane.cpuprofile').type('json').send(JSON.stringify(profile))
  } finally {
    session.disconnect()
  }
}

async function sendHeapSnapshot(response: Response): Promise<void> {
  response.attachment('triplane.heapsnapshot').type('json')
  // The client has gone away.
  await pipeline(getHeapSnapshot(), response).catch(() => undefined)
}
