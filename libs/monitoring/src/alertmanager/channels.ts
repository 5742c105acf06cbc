import { secret } from '@triplane/config'
import { z } from 'zod'

/** An address that Alertmanager or Prometheus can ask: http or https. */
export const httpUrl = z.url({ protocol: /^https?$/ })

const secretText = secret(z.string().min(1)).optional()
/** An address that lets whoever knows it in. */
const secretUrl = secret(httpUrl).optional()

/** Settings of the channels by which alerts reach people. Paths are the variables: `slack.webhookUrl` is `SLACK_WEBHOOK_URL`. */
export const channelParts = {
  slack: z.strictObject({
    /** Incoming webhook: its URL is the secret, and the channel. */
    webhookUrl: secretUrl,
    /** Instead of it, for critical alerts. */
    webhookUrlCritical: secretUrl,
    /** Instead of it, for warnings. */
    webhookUrlWarning: secretUrl,
  }),
  smtp: z.strictObject({
    host: z.string().min(1).optional(),
    port: z.int().min(1).max(65_535).default(587),
    from: z.string().min(1).optional(),
    username: z.string().min(1).optional(),
    password: secretText,
    /** Default: implicit on port 465, else STARTTLS, which the server must offer. */
    tls: z.enum(['starttls', 'implicit', 'none']).optional(),
  }),
  pagerduty: z.strictObject({
    /** Of an integration of type Events API v2. */
    routingKey: secretText,
    /** Of another region, like https://events.eu.pagerduty.com/v2/enqueue. */
    url: httpUrl.optional(),
  }),
  telegram: z.strictObject({
    botToken: secretText,
    /** A group's is below 0. */
    chatId: z.int().optional(),
    apiUrl: httpUrl.optional(),
  }),
  alert: z.strictObject({
    /** Addresses, separated by commas. */
    emailTo: z.string().min(1).optional(),
    /** Gets Alertmanager's own JSON. */
    webhookUrl: secretUrl,
    /** Bearer token that the webhook asks for. */
    webhookToken: secretText,
  }),
  deadman: z.strictObject({
    /** Asked each minute for as long as alerting works. */
    url: secretUrl,
  }),
}

type Parts = typeof channelParts
export type Channels = { readonly [Name in keyof Parts]: z.output<Parts[Name]> }
