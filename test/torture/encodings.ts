import type { Seen } from '../../src/simulator/types.ts'

/** A secret as it could stand somewhere: as it is, in a URL, in base64, in hex, in JSON. */
const encodings = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64'),
  Buffer.from(secret).toString('base64url'),
  Buffer.from(secret).toString('hex'),
  JSON.stringify(secret).slice(1, -1),
]

/** The secrets that stand in a text in one way or another. */
export const leaked = (text: string, secrets: Iterable<string>): string[] =>
  [...secrets].filter((secret) => encodings(secret).some((encoded) => text.includes(encoded)))

/** What requests carry that is made of a secret: signatures, tokens, checksums. */
export function madeOfSecrets(seen: readonly Pick<Seen, 'query' | 'headers'>[]): string[] {
  return seen.flatMap(({ query, headers }) =>
    [query['usersig'], headers['authorization'], headers['checksum']].flatMap((text) =>
      typeof text === 'string' && text !== '' ? [text.replace(/^Bearer /, '')] : [],
    ),
  )
}
