import { authenticate, hashToken, parseOperatorTokens } from './operator-tokens.ts'

const ann = { name: 'ann', hash: hashToken('token of ann') }
const bob = { name: 'bob', hash: hashToken('token-of-bob') }
const entry = ({ name, hash }: { name: string; hash: string }) => `${name}:${hash}`

describe('the list of tokens', () => {
  it('is read by name, spaces and upper case forgiven', () => {
    const text = ` ${entry(ann)} , ${bob.name}:${bob.hash.toUpperCase()}`
    expect(parseOperatorTokens(text)).toEqual([ann, bob])
  })

  it.each([undefined, '', '  '])('is empty without a token: %p', (text) => {
    expect(parseOperatorTokens(text)).toEqual([])
  })

  it.each([
    ['an entry without a hash', 'ann', '[0]: expected name:sha256hex, found no colon'],
    [
      'a token in place of its hash',
      'ann:hunter2',
      '[0]: expected 64 hex digits behind the name and its colon, found 7 characters',
    ],
    [
      'something behind the hash',
      `${entry(ann)}:admin`,
      '[0]: expected 64 hex digits behind the name and its colon, found 70 characters',
    ],
    ['a name that a log could not show', `a b:${ann.hash}`, '[0]: expected name:sha256hex'],
    ['a hash without a name', ann.hash, '[0]: expected name:sha256hex, found no colon'],
    ['a hash in front of its name', `${ann.hash}:ann`, '[0]: expected 64 hex digits behind the name and its colon'],
    ['an empty entry', `${entry(ann)},`, '[1]: expected name:sha256hex'],
    [
      'a name that is there twice',
      `${entry(ann)},ann:${bob.hash}`,
      '[1]: expected each name once, found a name of another entry',
    ],
    ['a token of two names', `${entry(ann)},eve:${ann.hash.toUpperCase()}`, '[1]: expected a token of its own'],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseOperatorTokens(text)).toThrow(`TRIPLANE_OPERATOR_TOKENS${message}`)
  })

  it('names everything that is wrong, and shows nothing of what may be a token', () => {
    const read = () => parseOperatorTokens(`ann:hunter2,bob:swordfish`)
    expect(read).toThrow(/\[0\].*\n.*\[1\]/)
    expect(read).not.toThrow(/hunter2|swordfish/)
  })

  it.each([ann.hash, `${ann.hash}:ann`, `ann:${ann.hash}0`, `ann:${ann.hash},ann:${ann.hash}`])(
    'shows no part of a hash, wherever it stands: %s',
    (text) => {
      expect(() => parseOperatorTokens(text)).toThrow(/expected/)
      expect(() => parseOperatorTokens(text)).not.toThrow(new RegExp(ann.hash.slice(0, 4)))
    },
  )
})

describe('authentication', () => {
  it.each([
    ['the token', 'Bearer token-of-bob', { ok: true, value: 'bob' }],
    ['another case of the scheme', 'bearer  token-of-bob ', { ok: true, value: 'bob' }],
    ['a wrong token', 'Bearer token-of-eve', { ok: false, error: 'wrong_token' }],
    ['the hash of a token', `Bearer ${bob.hash}`, { ok: false, error: 'wrong_token' }],
    ['another scheme', 'Basic token-of-bob', { ok: false, error: 'no_token' }],
    ['a scheme alone', 'Bearer ', { ok: false, error: 'no_token' }],
    ['no header', undefined, { ok: false, error: 'no_token' }],
  ])('judges %s', (_, header, verdict) => {
    expect(authenticate([ann, bob], header)).toEqual(verdict)
  })
})
