import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@triplane/kernel'
import { createKafkaBus } from '@triplane/messaging'
import { startRun } from '@triplane/service'
import {
  createAuthority,
  describeWithCertificates,
  freePort,
  startSecureKafka,
  type Authority,
  type SecureKafka,
} from '@triplane/testing/containers'
import { PlaneProcess, root } from './plane-process.ts'
import { buildApps, eagerStrategy, Stack, until } from './stack.ts'

describeWithCertificates(['kafka'], 'a Kafka that asks for TLS and a password', () => {
  const folder = mkdtempSync(join(tmpdir(), 'triplane-e2e-kafka-'))
  const user = { username: 'triplane', password: randomBytes(16).toString('hex') }
  const passwordFile = join(folder, 'password')
  let authority: Authority
  let kafka: SecureKafka
  /** The settings as an operator provides them. */
  let settings: Readonly<Record<string, string>>

  beforeAll(async () => {
    buildApps('data-plane', 'strategy-plane', 'order-plane', 'cli')
    writeFileSync(passwordFile, `${user.password}\n`)
    authority = createAuthority(folder, 'ours')
    kafka = await startSecureKafka(authority, user)
    settings = {
      KAFKA_BROKERS: kafka.brokers,
      KAFKA_USERNAME: user.username,
      KAFKA_PASSWORD_FILE: passwordFile,
      TRIPLANE_KAFKA_TLS: 'true',
      TRIPLANE_KAFKA_CA_FILE: authority.caFile,
    }
  }, 240_000)
  afterAll(async () => {
    await kafka?.remove()
    rmSync(folder, { recursive: true })
  }, 60_000)

  function triplane(argv: readonly string[], environment: Readonly<Record<string, string>>) {
    const command = [join(root, 'apps/cli/bin/triplane.mjs'), ...argv]
    const env = { PATH: process.env['PATH'], ...environment }
    return new Promise<{ readonly code: unknown; readonly said: string }>((resolve) =>
      execFile(process.execPath, command, { env, timeout: 60_000 }, (error, output, messages) =>
        resolve({ code: error ? error.code : 0, said: output + messages }),
      ),
    )
  }

  it('is used by the command and by three planes that trade, with a password from a file', async () => {
    const bus = await createKafkaBus({
      brokers: [kafka.brokers],
      clientId: 'test',
      nowUs: systemClock.nowUs,
      tls: { ca: readFileSync(authority.caFile, 'utf8') },
      sasl: { mechanism: 'scram-sha-512', ...user },
    })
    const run = { runId: 'e2ese001', mode: 'live', venues: ['sim'], seed: 3 } as const
    await startRun(bus, { ...run, who: 'test', nowUs: systemClock.nowUs() })
    await bus.close()
    expect(await triplane(['run', 'list', '--json'], settings)).toMatchObject({
      code: 0,
      said: expect.stringContaining('e2ese001') as string,
    })
    const stack = await Stack.at(kafka.brokers, { ...eagerStrategy, ...settings })
    try {
      stack.start()
      await stack.traded()
    } finally {
      await stack.remove()
    }
  }, 180_000)

  it('is used with a certificate instead of a password', async () => {
    const { certificateFile, keyFile } = authority.issue('cli')
    const { TRIPLANE_KAFKA_TLS, TRIPLANE_KAFKA_CA_FILE } = settings
    const listed = await triplane(['run', 'list', '--json'], {
      KAFKA_BROKERS: kafka.mutualBrokers,
      TRIPLANE_KAFKA_TLS: TRIPLANE_KAFKA_TLS as string,
      TRIPLANE_KAFKA_CA_FILE: TRIPLANE_KAFKA_CA_FILE as string,
      TRIPLANE_KAFKA_CERTIFICATE_FILE: certificateFile,
      TRIPLANE_KAFKA_KEY_FILE: keyFile,
    })
    expect(listed).toMatchObject({ code: 0, said: expect.stringContaining('runId') })
  }, 90_000)

  const GUESS = 'QXZJ7QXZJ9'
  it.each([
    ['a wrong password', () => ({ KAFKA_PASSWORD: GUESS }), 'to admit the user triplane by SCRAM-SHA-512'],
    [
      'another authority',
      () => ({ TRIPLANE_KAFKA_CA_FILE: createAuthority(folder, 'foreign').caFile }),
      'to show a certificate of its name by the given authority',
    ],
  ])(
    'ends a plane and the command with one line that gives the reason: %s',
    async (name, change, why) => {
      const wrong = { ...settings, ...change() }
      const line = `Expected Kafka at ${kafka.brokers} ${why}, was `
      expect(await triplane(['run', 'list'], wrong)).toMatchObject({ code: 1, said: expect.stringContaining(line) })

      const state = mkdtempSync(join(folder, 'state-'))
      const log = join(state, 'log')
      const plane = new PlaneProcess('order-plane', await freePort(), { ...wrong, TRIPLANE_STATE_FOLDER: state }, log)
      plane.start()
      try {
        await until(`the plane ended by ${name}`, () => !plane.isRunning, 60_000)
      } finally {
        await plane.kill()
      }
      expect(await plane.stop()).toBe(1)
      const lines = plane.log().filter((each) => each.includes('"CRITICAL"'))
      expect(lines).toHaveLength(1)
      expect(lines[0]).toContain(line)
      for (const secret of [user.password, GUESS]) expect(plane.log().join('\n')).not.toContain(secret)
    },
    120_000,
  )
})
