import { describeWithDocker, startPostgres, type PostgresImage } from '@triplane/testing/containers'
import pg from 'pg'
import { startEmbeddedPostgres } from '../src/embedded/embedded-postgres.ts'
import type { Grade } from '../src/grades/grade.ts'
import { aFolder, describeWithPostgres, removeFolders } from './postgres-suite.ts'

/** A server of one grade for a suite. */
export interface GradeServer {
  readonly grade: Grade
  /** Creates a new, empty database. Returns its connection string, of the superuser. */
  newDatabase(): Promise<string>
}

/** Describes a suite for every grade, on a server of its own each. */
export function describeGrades(title: string, suite: (server: GradeServer) => void): void {
  describeWithPostgres(`${title}: embedded Postgres`, () => {
    suite(serverOf('postgres', startEmbedded))
  })
  describeWithDocker(['postgres'], `${title}: Postgres`, () => {
    suite(serverOf('postgres', () => startContainer('postgres')))
  })
  describeWithDocker(['timescaleApache'], `${title}: TimescaleDB, Apache licence`, () => {
    suite(serverOf('timescale_apache', () => startContainer('timescaleApache')))
  })
  describeWithDocker(['timescale'], `${title}: TimescaleDB, community licence`, () => {
    suite(serverOf('timescale', () => startContainer('timescale')))
  })
}

interface Running {
  readonly url: string
  stop(): Promise<void>
}

function serverOf(grade: Grade, start: () => Promise<Running>): GradeServer {
  let running: Running | undefined
  let databases = 0
  beforeAll(async () => {
    running = await start()
  }, 90_000)
  afterAll(async () => {
    await running?.stop()
    removeFolders()
  })
  return {
    grade,
    async newDatabase() {
      const url = new URL(running?.url ?? '')
      const name = `grades_${process.pid}_${++databases}`
      const client = new pg.Client({ connectionString: url.href })
      await client.connect()
      await client.query(`create database ${name}`)
      await client.end()
      url.pathname = `/${name}`
      return url.href
    },
  }
}

async function startEmbedded(): Promise<Running> {
  return startEmbeddedPostgres({ folder: aFolder() })
}

async function startContainer(image: PostgresImage): Promise<Running> {
  const server = await startPostgres(image)
  await untilItAnswers(server.url)
  return { url: server.url, stop: () => server.remove() }
}

/** The image starts a server once to set itself up, and then restarts it. */
async function untilItAnswers(url: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return await client.end()
    } catch (error) {
      if (attempt === 100) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}
