import type { AddressInfo } from 'node:net'
import { createControl, createHaltFile, hashToken } from '@triplane/control'
import type { Event } from '@triplane/contracts'
import { ok, type Result } from '@triplane/kernel'
import type { Bus, BusRecord, Refusal } from '@triplane/messaging'
import { readRuns, startRun } from '@triplane/service'
import { testStartUs } from '@triplane/testing'
import express from 'express'

export const TOKEN = 'a-token-of-ann-0123456789abcdef'

/** What an order plane offers to who starts runs: its control surface over a bus, with an audit that is kept in `audited`. */
export async function aPlaneOfRuns<Payload>(
  bus: Bus<Payload>,
  decode: (record: BusRecord<Payload>) => Result<readonly Event[], Refusal>,
  folder = '/nowhere',
) {
  const audited: { readonly command: string; readonly who: string; readonly why: string }[] = []
  let isAuditAway = false
  const control = createControl({
    tokens: [{ name: 'ann', hash: hashToken(TOKEN) }],
    haltFile: createHaltFile(folder, 'order-plane'),
    enforce: () => undefined,
    judgeOpening: () => ok('known'),
    publish: () => undefined,
    async audit({ command, who, why }) {
      if (isAuditAway) throw new Error('ECONNREFUSED')
      audited.push({ command, who, why })
    },
    auditEventually: () => undefined,
    state: () => 'active',
    stateAfter: () => 'active',
    clock: { nowUs: () => testStartUs },
    runs: {
      current: async () => (await readRuns(bus, 'order-plane.starts', decode)).at(-1),
      start: (run, who) => startRun(bus, { ...run, who, nowUs: testStartUs }),
    },
  })
  const server = express().use(control.routes).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    audited,
    loseAudit: () => void (isAuditAway = true),
    findAudit: () => void (isAuditAway = false),
    environment: { TRIPLANE_ORDER_PLANES: url, TRIPLANE_TOKEN: TOKEN },
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}
