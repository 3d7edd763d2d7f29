/** A number written digit for digit: ids go beyond what a JavaScript number holds. */
export class Digits {
  readonly text: string
  constructor(text: string) {
    if (!/^-?\d+$/.test(text)) throw new Error(`${text} is not a number`)
    this.text = text
  }
}

/** JSON.stringify for answers that hold `Digits`. */
export function toJson(value: unknown): string {
  if (value instanceof Digits) return value.text
  if (Array.isArray(value)) return `[${value.map(toJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined)
    return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${toJson(field)}`).join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}
