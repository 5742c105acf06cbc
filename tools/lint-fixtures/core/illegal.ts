import { join } from 'node:path' // expect: no-restricted-imports
import 'zod'
import '@triplane/execution'
import '@triplane/config' // expect: @nx/enforce-module-boundaries
import '@triplane/feeds' // expect: @nx/enforce-module-boundaries
import '@triplane/planes' // expect: @nx/enforce-module-boundaries

export const nowMs = Date.now() // expect: no-restricted-properties
export const home = join(process.env['HOME'] ?? '') // expect: no-restricted-globals
