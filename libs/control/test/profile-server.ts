import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { hashToken } from '../src/operator-tokens.ts'
import { profileRoute } from '../src/profile-route.ts'

/** A process of its own for tests, with a small heap: `profile-server.ts <token>`. Prints its port and serves profiles of itself. */
const tokens = [{ name: 'ann', hash: hashToken(process.argv[2] as string) }]
const server = createServer(express().use(profileRoute({ tokens })))
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`)
})
