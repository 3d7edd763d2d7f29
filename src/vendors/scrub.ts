/** ` (the vendor says: "…")`, or nothing where it says nothing. */
export function quoted(words: unknown, secret: string): string {
  return typeof words === 'string' && words !== '' ? ` (the vendor says: "${scrub(words, secret)}")` : ''
}

/** The vendor's words, short, in one line, without anything that looks like a signature, a token or a key. */
export function scrub(text: string, secret: string): string {
  return text
    .replaceAll(secret || '\0', '…')
    .replace(/(usersig|secretkey)(["'\s:=]+)[^\s"'&,]+/gi, '$1$2…')
    .replace(/(token|secret|bearer)(["'\s:=]+)[^\s"',&]{8,}/gi, '$1$2…')
    .replace(/(?=[A-Za-z*\-_+/=%.]*\d)[\w*\-+/=%.]{32,}|[\w*\-+/=%.]{48,}/g, '…')
    .replace(/[\p{Cc}\p{Surrogate}]+/gu, ' ')
    .slice(0, 200)
}
