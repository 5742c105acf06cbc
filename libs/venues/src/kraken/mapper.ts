import { isJsonObject } from '../field-reader.ts'
import type { MapMessage } from '../venue.ts'
import { mapV1 } from './mapper-v1.ts'
import { mapV2 } from './mapper-v2.ts'

/**
 * The mapper of both public WebSocket protocols, which differ in their messages: v1 has arrays and events, v2 channels and
 * methods.
 */
export const mapKraken: MapMessage = (message) =>
  isJsonObject(message.json) && !('event' in message.json) ? mapV2(message) : mapV1(message)
