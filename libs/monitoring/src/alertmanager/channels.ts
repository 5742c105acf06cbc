import { secret } from '@triplane/config'
import { z } from 'zod'

/** An address that Alertmanager or Prometheus can request: http or https. */
export const httpUrl = z.url({ protocol: /^https?$/ })

const secretText = secret(z.string().min(1)).optional()
/** An address that grants access to anyone who knows it. */
const secretUrl = secret(httpUrl).optional()

/** Settings of the notification channels. Paths are the variables: `slack.webhookUrl` is `SLACK_WEBHOOK_URL`. */
export const channelParts = {
  slack: z.strictObject({
    /** Incoming webhook: its URL is the secret, and selects the channel. */
    webhookUrl: secretUrl,
    /** Replaces it for critical alerts. */
    webhookUrlCritical: secretUrl,
    /** Replaces it for warnings. */
    webhookUrlWarning: secretUrl,
  }),
  smtp: z.strictObject({
    host: z.string().min(1).optional(),
    port: z.int().min(1).max(65_535).default(587),
    from: z.string().min(1).optional(),
    username: z.string().min(1).optional(),
    password: secretText,
    /** Default: implicit on port 465, otherwise STARTTLS, which the server must offer. */
    tls: z.enum(['starttls', 'implicit', 'none']).optional(),
  }),
  pagerduty: z.strictObject({
    /** From an integration of type Events API v2. */
    routingKey: secretText,
    /** For another region, like https://events.eu.pagerduty.com/v2/enqueue. */
    url: httpUrl.optional(),
  }),
  telegram: z.strictObject({
    botToken: secretText,
    /** Negative for a group. */
    chatId: z.int().optional(),
    apiUrl: httpUrl.optional(),
  }),
  alert: z.strictObject({
    /** Addresses, comma-separated. */
    emailTo: z.string().min(1).optional(),
    /** Gets Alertmanager's own JSON. */
    webhookUrl: secretUrl,
    /** Bearer token that the webhook requires. */
    webhookToken: secretText,
  }),
  deadman: z.strictObject({
    /** Called each minute for as long as alerting works. */
    url: secretUrl,
  }),
}

type Parts = typeof channelParts
export type Channels = { readonly [Name in keyof Parts]: z.output<Parts[Name]> }
