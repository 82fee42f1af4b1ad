import { CompactEncrypt, CompactSign, exportSPKI, generateKeyPair, SignJWT, type JWTHeaderParameters } from 'jose'
import { audience, newKey, now, sign, type TestIssuer } from '../bearer/issuer.ts'

/** Stands in the claims of tokens. If it is in an answer or a log, something has leaked. */
export const marker = 'MARKER-4c1be8'

const encode = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

const claimsOf = ({ url }: TestIssuer) => ({ iss: url, aud: audience, sub: marker, exp: now() + 600, scope: 'things:read' })

const unsigned = (issuer: TestIssuer, header: object | string, signature = '') => `${encode(header)}.${encode(claimsOf(issuer))}.${signature}`

/** Signed by the issuer, whatever it says. */
const signedText = async ({ key }: TestIssuer, payload: string, header: Record<string, unknown> = {}) =>
  new CompactSign(Buffer.from(payload)).setProtectedHeader({ alg: 'ES256', kid: 'first', typ: 'at+jwt', ...header }).sign(key.privateKey)

/** Signed by somebody else, in the name of the issuer's key. */
const forged = async ({ url }: TestIssuer, header: Partial<JWTHeaderParameters> | ((issuer: { jwk: object }) => Partial<JWTHeaderParameters>) = {}) => {
  const mallory = await newKey('first')
  return sign(url, mallory, { sub: marker }, typeof header === 'function' ? header(mallory) : header)
}

const byPublicKey = async (issuer: TestIssuer, secret: string) =>
  new SignJWT(claimsOf(issuer)).setProtectedHeader({ alg: 'HS256', kid: 'first', typ: 'at+jwt' }).sign(Buffer.from(secret))

const bad = 'The access token is not valid.'

/** Tokens that read like tokens; each is a 401 `invalid_token` with this detail. */
export const hostileTokens: Readonly<Record<string, [token: (issuer: TestIssuer) => string | Promise<string>, detail: string]>> = {
  // The algorithm
  'alg none': [issuer => unsigned(issuer, { alg: 'none', kid: 'first', typ: 'at+jwt' }), bad],
  'alg NONE': [issuer => unsigned(issuer, { alg: 'NONE', kid: 'first', typ: 'at+jwt' }), bad],
  'alg none, behind a good one': [issuer => unsigned(issuer, '{"alg":"ES256","alg":"none","kid":"first","typ":"at+jwt"}'), bad],
  'alg none with a signature': [async issuer => unsigned(issuer, { alg: 'none', kid: 'first', typ: 'at+jwt' }, (await issuer.sign()).split('.')[2]), bad],
  'no alg': [issuer => unsigned(issuer, { kid: 'first', typ: 'at+jwt' }, 'AA'), bad],
  'an alg that is an array': [issuer => unsigned(issuer, { alg: ['ES256'], kid: 'first', typ: 'at+jwt' }, 'AA'), bad],
  'alg toString': [issuer => unsigned(issuer, { alg: 'toString', kid: 'first', typ: 'at+jwt' }, 'AA'), bad],
  'HS256 with the public key as PEM': [async issuer => byPublicKey(issuer, await exportSPKI(issuer.key.publicKey)), bad],
  'HS256 with the public key as JWK': [async issuer => byPublicKey(issuer, JSON.stringify(issuer.key.jwk)), bad],
  'RS256 by the name of an ES256 key': [async issuer => sign(issuer.url, await newKey('first', 'RS256')), bad],
  'a signature of zeros': [issuer => unsigned(issuer, { alg: 'ES256', kid: 'first', typ: 'at+jwt' }, encode('\0'.repeat(64))), bad],
  'an empty signature': [issuer => unsigned(issuer, { alg: 'ES256', kid: 'first', typ: 'at+jwt' }), bad],

  // The key
  'a forged signature': [async issuer => forged(issuer), bad],
  'a kid with a path': [async issuer => forged(issuer, { kid: '../../../../dev/null' }), bad],
  'a kid with SQL': [async issuer => forged(issuer, { kid: "x' UNION SELECT 'a' --" }), bad],
  'the kid __proto__': [async issuer => forged(issuer, { kid: '__proto__' }), bad],
  'a kid that is a number': [async issuer => forged(issuer, { kid: 0 as never }), bad],
  'a key of its own in jwk': [async issuer => forged(issuer, ({ jwk }) => ({ jwk })), bad],
  'a key of its own behind jku': [async issuer => forged(issuer, { jku: `${issuer.url}/evil` }), bad],
  'a certificate of its own behind x5u': [async issuer => forged(issuer, { x5u: `${issuer.url}/evil` }), bad],
  'a certificate of its own in x5c': [async issuer => forged(issuer, { x5c: ['MIIB'] }), bad],

  // The claims
  expired: [async issuer => issuer.sign({ exp: now() - 60, sub: marker }), 'The access token has expired.'],
  'not yet valid': [async issuer => issuer.sign({ nbf: now() + 60, sub: marker }), 'The access token is not valid yet.'],
  'for another audience': [async issuer => issuer.sign({ aud: `https://${marker}.example` }), 'The access token is for another audience.'],
  'for an audience that starts the same': [async issuer => issuer.sign({ aud: `${audience}.evil.example` }), 'The access token is for another audience.'],
  'for others, in an object': [async issuer => issuer.sign({ aud: { [audience]: true } }), 'The access token is for another audience.'],
  'without audience': [async issuer => issuer.sign({ aud: undefined }), 'The access token has no aud that can be used.'],
  'of another issuer': [async issuer => issuer.sign({ iss: `https://${marker}.example` }), 'The access token is of another issuer.'],
  'of several issuers': [async issuer => issuer.sign({ iss: [issuer.url] as never }), 'The access token is of another issuer.'],
  'without issuer': [async issuer => issuer.sign({ iss: undefined }), 'The access token has no iss that can be used.'],
  'without end': [async issuer => issuer.sign({ exp: undefined }), 'The access token has no exp that can be used.'],
  'with an end that is text': [async issuer => signedText(issuer, JSON.stringify({ ...claimsOf(issuer), exp: '9999999999' })), 'The access token has no exp that can be used.'],
  'without subject': [async issuer => issuer.sign({ sub: undefined }), 'The access token has no sub that can be used.'],
  'with an empty subject': [async issuer => issuer.sign({ sub: '' }), 'The access token has no sub that can be used.'],
  'with a subject that is an object': [async issuer => signedText(issuer, JSON.stringify({ ...claimsOf(issuer), sub: {} })), 'The access token has no sub that can be used.'],
  'an ID token': [async issuer => issuer.sign({ aud: 'client', nonce: 'a' }, { typ: 'JWT' }), 'The token is no access token.'],
  'an ID token for this audience': [async issuer => issuer.sign({ nonce: 'a' }, { typ: 'JWT' }), 'The token is no access token.'],
  'without typ': [async issuer => issuer.sign({}, { typ: undefined as never }), 'The token is no access token.'],
  'an exp that is there twice, at last in the past': [async issuer => signedText(issuer, JSON.stringify(claimsOf(issuer)).replace('}', `,"exp":${now() - 60}}`)), 'The access token has expired.'],
  'an iss that is there twice, at last another': [async issuer => signedText(issuer, JSON.stringify(claimsOf(issuer)).replace('}', ',"iss":"https://evil.example"}')), 'The access token is of another issuer.'],
  'claims that are an array': [async issuer => signedText(issuer, '[]'), bad],
  'claims that are no JSON': [async issuer => signedText(issuer, `{${marker}`), bad],
  'claims that are no UTF-8': [async ({ key }) => new CompactSign(Uint8Array.of(0xff, 0xfe)).setProtectedHeader({ alg: 'ES256', kid: 'first', typ: 'at+jwt' }).sign(key.privateKey), bad],
  'a token in a token': [async issuer => signedText(issuer, await issuer.sign(), { cty: 'JWT' }), bad],
  'a critical extension': [async issuer => signedText(issuer, JSON.stringify(claimsOf(issuer)), { x: 1 }).then(token => {
    const [, payload, signature] = token.split('.')
    return `${encode({ alg: 'ES256', kid: 'first', typ: 'at+jwt', crit: ['x'], x: 1 })}.${payload}.${signature}`
  }), bad],

  // Its form
  'cut at its end': [async issuer => (await issuer.sign()).slice(0, -4), bad],
  'cut to its header': [async issuer => (await issuer.sign()).split('.')[0]!, bad],
  'without signature': [async issuer => (await issuer.sign()).split('.').slice(0, 2).join('.'), bad],
  'changed claims': [async issuer => {
    const [header, , signature] = (await issuer.sign()).split('.')
    return `${header}.${encode({ ...claimsOf(issuer), scope: 'things:write' })}.${signature}`
  }, bad],
  doubled: [async issuer => `${await issuer.sign()}${await issuer.sign()}`, bad],
  'doubled with a dot': [async issuer => `${await issuer.sign()}.${await issuer.sign()}`, bad],
  'good, and four characters more': [async issuer => `${await issuer.sign()}AAAA`, bad],
  padded: [async issuer => `${await issuer.sign()}==`, bad],
  'over-long': [async issuer => issuer.sign({ long: 'a'.repeat(13_000) }), bad],
  'dots alone': [() => '..', bad],
  'a word': [() => marker, bad],
  'a JWE for the issuer': [async issuer => new CompactEncrypt(Buffer.from(JSON.stringify(claimsOf(issuer))))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: 'first', typ: 'at+jwt' }).encrypt((await generateKeyPair('ECDH-ES')).publicKey), bad]
}

/** Fields of a request that is no credentials of ours: a 401 without an error. */
export const otherCredentials = ['', 'Basic YTpi', 'x', 'DPoP a.b.c', 'Bearertoken a', 'Bearer-2 a', 'Bearer_ a']

/** Fields of a request that are malformed Bearer credentials: a 400 `invalid_request`. */
export const malformedCredentials = [
  'Bearer', 'bearer', 'Bearer =', 'Bearer a b', 'Bearer a,b', 'Bearer a, Bearer b', 'Bearer Bearer a', 'Bearer "a"', 'Bearer a=b', 'Bearer\ta',
  'Bearer:a', 'Bearer, a', 'Bearer a;b', 'Bearer {a}', 'Bearer a%00', 'Bearer ä', 'Bearer a\x80', `Bearer ${'a '.repeat(1000)}`, `Bearer ${'='.repeat(5000)}`
]

/** Header lines that Node or we refuse, whatever the token in them: a 400. */
export const hostileFields: Readonly<Record<string, (token: string) => string>> = {
  'a NUL in the token': token => `Authorization: Bearer ${token}\0\r\n`,
  'a NUL before the token': token => `Authorization: Bearer \0${token}\r\n`,
  'a CR in the token': token => `Authorization: Bearer a\r${token}\r\n`,
  'a line that goes on in the next': token => `Authorization: Bearer\r\n ${token} b\r\n`,
  'a line without a name': token => `Authorization: Bearer a\r\n${token}\r\n`,
  'a space before the colon': token => `Authorization : Bearer ${token}\r\n`,
  'two fields': token => `Authorization: Bearer ${token}\r\nAuthorization: Bearer ${token}\r\n`,
  'two fields, the first of another scheme': token => `authorization: Basic YTpi\r\nAUTHORIZATION: Bearer ${token}\r\n`,
  'two fields, the first empty': token => `Authorization:\r\nAuthorization: Bearer ${token}\r\n`
}
