import fc from 'fast-check'

/** Structure-aware mutations: a sound document with a few of its places made strange. */

const LONE = '\ud800'
const strange: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    ...[null, true, false, 0, -1, 0.5, 1e308, -1e308, 2 ** 53, 2 ** 31, 4294967295, 1_515_718_080_000_000],
    ...['', ' ', '0', '-1', 'null', '\u0000', LONE, 'NaN', '1e999', '9007199254740993', '__proto__', 'a'.repeat(5000)],
    ...[[], {}, [[]], [null], { length: 3 }, { toString: 1 }],
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.integer(),
  fc.double(),
  fc.jsonValue({ maxDepth: 2 }),
)

type Change = { readonly at: number; readonly how: 'set' | 'drop' | 'twice' | 'rename'; readonly to: unknown }
const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(400),
  how: fc.constantFrom<Change['how']>('set', 'set', 'set', 'drop', 'twice', 'rename'),
  to: strange,
})

/** A JSON text with one to four of its nodes changed, or, now and then, with the text itself cut or soiled. */
export const soiled = (base: unknown): fc.Arbitrary<string> =>
  fc
    .tuple(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(40), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([changes, luck, where]) => {
      const text = JSON.stringify(changes.reduce(apply, base)) ?? ''
      const at = Math.floor(where * text.length)
      if (luck === 0) return text.slice(0, at)
      if (luck === 1) return `${text.slice(0, at)}\u0000${text.slice(at)}`
      return luck === 2 ? `\ufeff${text}` : text
    })

/** The node with a number in the order of a walk through the document, changed in a copy. */
function apply(base: unknown, { at, how, to }: Change): unknown {
  const size = nodes(base)
  let left = at % Math.max(1, size)
  const walk = (value: unknown): unknown => {
    if (left-- === 0) return how === 'drop' ? undefined : to
    if (Array.isArray(value)) {
      return value.flatMap((item: unknown) => {
        const before = left
        const walked = walk(item)
        return how === 'twice' && before === 0 ? [item, item] : [walked]
      })
    }
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]: [string, unknown]) => {
        const before = left
        const walked = walk(item)
        return how === 'rename' && before === 0 ? [typeof to === 'string' ? to : 'renamed', item] : [key, walked]
      }),
    )
  }
  return walk(base)
}

function nodes(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return 1 + Object.values(value).reduce((sum: number, item: unknown) => sum + nodes(item), 0)
}
