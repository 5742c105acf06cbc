// The health check of an image of ours: ends with 0 when the plane answers /health with 200, else says why and ends with 1.
import { get } from 'node:http'

const TIMEOUT_MS = 4000

const request = get({
  host: '127.0.0.1',
  port: process.env.TRIPLANE_HTTP_PORT,
  path: '/health',
  signal: AbortSignal.timeout(TIMEOUT_MS),
})
request.on('response', (response) => end(response.statusCode === 200 ? 0 : 1, `/health: ${response.statusCode}`))
request.on('error', (error) => end(1, `/health: ${error.message}`))

function end(code, message) {
  console.log(message)
  process.exit(code)
}
