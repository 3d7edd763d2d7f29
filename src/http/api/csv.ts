/** RFC 4180 with a byte-order mark, so that spreadsheets read it as UTF-8. */
export function toCsv(rows: readonly (readonly (string | null)[])[]): string {
  return `\ufeff${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

/** What a spreadsheet would take for a formula is told to be text. */
function cell(value: string | null): string {
  if (value === null) return ''
  const safe = /^[=+@\t\r]|^-(?!\d+(\.\d+)?$)/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
