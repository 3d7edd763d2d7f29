/**
 * Custom fields where a vendor has one text for all of them: `''` for none, `{ text }` alone is that very text,
 * anything else its JSON.
 */
export function customText(custom: Record<string, string>): string {
  const names = Object.keys(custom)
  if (names.length === 0) return ''
  const { text } = custom
  return names.length === 1 && text !== undefined ? text : JSON.stringify(custom)
}
