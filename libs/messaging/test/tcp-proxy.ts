import { connect, createServer, type Server, type Socket } from 'node:net'

const PRODUCE = 0

interface Link {
  readonly client: Socket
  readonly server: Socket
  isSilent: boolean
  isDoomed: boolean
  isTorn: boolean
}

/** A TCP proxy in front of a broker that simulates network failures. */
export interface TcpProxy {
  readonly port: number
  /** Connections cut by `cutAfterProduce`, and packets swallowed by `vanish`. */
  readonly cuts: number
  readonly lost: number
  /** The next `times` produce requests reach the broker; their connection is cut instead of answered. */
  cutAfterProduce(times: number): void
  /** From now on the open connections forward nothing, without notice to either end. New ones work. */
  vanish(): void
  /** The same, but first forwards a part of the next answer on each. */
  vanishMidAnswer(): void
  close(): Promise<void>
}

export async function startProxy(port: number, target: () => number): Promise<TcpProxy> {
  const links = new Set<Link>()
  let cutsLeft = 0
  let cuts = 0
  let lost = 0

  function onClient(client: Socket): void {
    const server = connect(target(), '127.0.0.1')
    const link: Link = { client, server, isSilent: false, isDoomed: false, isTorn: false }
    links.add(link)
    const end = () => {
      links.delete(link)
      client.destroy()
      server.destroy()
    }
    for (const socket of [client, server]) {
      socket.setNoDelay(true)
      socket.on('error', end)
      socket.on('close', end)
    }
    client.on('data', (bytes) => {
      if (link.isSilent) return void lost++
      if (cutsLeft > 0 && bytes.length > 8 && bytes.readInt16BE(4) === PRODUCE) {
        cutsLeft--
        link.isDoomed = true
      }
      server.write(bytes)
    })
    server.on('data', (bytes) => {
      if (link.isSilent) return void lost++
      if (link.isTorn) {
        lost++
        link.isSilent = true
        return void client.write(bytes.subarray(0, bytes.length / 2))
      }
      if (!link.isDoomed) return void client.write(bytes)
      cuts++
      end()
    })
  }

  const server: Server = createServer(onClient)
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port,
    get cuts() {
      return cuts
    },
    get lost() {
      return lost
    },
    cutAfterProduce: (times) => (cutsLeft = times),
    vanish() {
      for (const link of links) link.isSilent = true
    },
    vanishMidAnswer() {
      for (const link of links) link.isTorn = true
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const { client, server } of links) {
        client.destroy()
        server.destroy()
      }
      await closed
    },
  }
}
