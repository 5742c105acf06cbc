import { Type } from '@sinclair/typebox'
import { defineEvent, type EventOf } from '../define-event.ts'
import { effectUs, exampleUs, text } from '../fields.ts'
import { rank } from '../input-order.ts'
import { topics } from '../topics.ts'

export const auditLink = defineEvent({
  tag: 'auditLink',
  version: 1,
  wireNumber: 27,
  doc: 'The newest link of the chain of audit rows, so that a cut tail is noticed.',
  schema: {
    effectUs,
    link: Type.Integer({ minimum: 1, description: 'number of the audit row in its chain, from 1 without a hole' }),
    mac: text('HMAC-SHA-256 of the row, which covers the one before, 64 hex digits'),
  },
  topic: topics.audit,
  key: (_, account) => account,
  rank: rank.command,
  example: {
    effectUs: exampleUs,
    link: 1,
    mac: 'ab'.repeat(32),
  },
})
export type AuditLink = EventOf<typeof auditLink>
