import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Files of a certificate and its key, PEM; the key is not encrypted. */
export interface CertificateFiles {
  readonly certificateFile: string
  readonly keyFile: string
}

/** A private certificate authority. */
export interface Authority {
  /** Its own certificate, PEM. */
  readonly caFile: string
  /** Issues a certificate for `name`, valid for servers on loopback and for clients. */
  issue(name: string): CertificateFiles
}

/** Why certificates cannot be made here; undefined when they can. */
export function missingOpenssl(): string | undefined {
  const { error } = spawnSync('openssl', ['version'], { stdio: 'ignore' })
  return error && 'needs the command openssl, which is not here'
}

/** Creates an authority and its certificates as files in `folder`, valid for two days, with the command `openssl`. */
export function createAuthority(folder: string, name: string): Authority {
  const file = (of: string, kind: string) => join(folder, `${name}-${of}.${kind}`)
  const [caFile, caKeyFile] = [file('ca', 'pem'), file('ca', 'key')]
  const newKey = (keyFile: string) => ['-newkey', 'rsa:2048', '-nodes', '-keyout', keyFile]
  const days = ['-days', '2']
  openssl('req', '-x509', ...newKey(caKeyFile), '-out', caFile, ...days, '-subj', `/CN=${name}`)
  return {
    caFile,
    issue(of) {
      const [certificateFile, keyFile, requestFile] = [file(of, 'pem'), file(of, 'key'), file(of, 'csr')]
      const extensionFile = file(of, 'cnf')
      writeFileSync(extensionFile, 'subjectAltName=IP:127.0.0.1,DNS:localhost\n')
      openssl('req', '-new', ...newKey(keyFile), '-out', requestFile, '-subj', `/CN=${of}`)
      const signer = ['-CA', caFile, '-CAkey', caKeyFile, '-CAcreateserial']
      openssl(
        'x509',
        '-req',
        '-in',
        requestFile,
        ...signer,
        '-out',
        certificateFile,
        ...days,
        '-extfile',
        extensionFile,
      )
      return { certificateFile, keyFile }
    },
  }
}

function openssl(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`Expected openssl ${args[0]} to succeed, was ${stderr}`)
}
