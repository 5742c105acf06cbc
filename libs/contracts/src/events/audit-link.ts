import { Type, type Static } from '@sinclair/typebox'
import { effectUs, eventSchema, text } from '../fields.ts'

export const auditLinkSchema = eventSchema(
  'auditLink',
  {
    effectUs,
    link: Type.Integer({ minimum: 1, description: 'number of the audit row in its chain, from 1 without a hole' }),
    mac: text('HMAC-SHA-256 of the row, which covers the one before, 64 hex digits'),
  },
  'The newest link of the chain of audit rows, so that a cut tail is noticed.',
)
export type AuditLink = Readonly<Static<typeof auditLinkSchema>>
