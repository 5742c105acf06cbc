import { createServer, type AddressInfo, type Socket } from 'node:net'

/** Accepts every mail from any sender. */
export class MailServer {
  /** The received mails, with headers. */
  readonly mails: string[] = []
  /** The logins: user and password. */
  readonly logins: string[] = []
  port = 0
  readonly #sockets = new Set<Socket>()
  readonly #server = createServer((socket) => {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    this.#talk(socket)
  })

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.port = (this.#server.address() as AddressInfo).port
    return this
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #talk(socket: Socket): void {
    let text = ''
    let isMail = false
    const say = (line: string) => socket.write(`${line}\r\n`)
    const answer = (line: string): void => {
      const [command = '', method, login = ''] = line.split(' ')
      if (command === 'EHLO') return void (say('250-test'), say('250 AUTH PLAIN'))
      if (command === 'AUTH' && method === 'PLAIN') {
        this.logins.push(Buffer.from(login, 'base64').toString().split('\0').slice(1).join(' '))
        return void say('235 welcome')
      }
      if (command === 'QUIT') return void socket.end('221 bye\r\n')
      isMail = command === 'DATA'
      say(isMail ? '354 go on' : '250 ok')
    }
    say('220 test')
    socket.on('data', (chunk) => {
      text += chunk.toString()
      for (;;) {
        const end = text.indexOf(isMail ? '\r\n.\r\n' : '\r\n')
        if (end < 0) return
        const part = text.slice(0, end)
        text = text.slice(end + (isMail ? 5 : 2))
        if (isMail) {
          isMail = false
          // A line that begins with a dot was sent with a second one.
          this.mails.push(part.replaceAll('\r\n..', '\r\n.'))
          say('250 ok')
        } else answer(part)
      }
    })
  }
}
