import { InvalidArgumentError } from 'commander'
import { suggestion } from '../config/nearest.ts'
import { UsageError } from '../core/errors.ts'

/** For an option that may be given several times: collects what is not empty. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  if (value.trim() === '') throw new InvalidArgumentError('It is empty.')
  return before.includes(value) ? before : [...before, value]
}

export function filled(value: string): string {
  if (value.trim() === '') throw new InvalidArgumentError('It is empty.')
  return value
}

/** A whole number within bounds. */
export const whole =
  (least: number, most: number) =>
  (value: string): number => {
    const number = Number(value)
    if (/^\d+$/.test(value) && number >= least && number <= most) return number
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
  }

export const port = whole(0, 65_535)

/** Refuses a source that nobody knows, with the name that was probably meant. */
export function assertKnown(names: readonly string[], known: readonly string[], where: string): void {
  for (const name of names) {
    if (known.includes(name)) continue
    const hint = known.length === 0 ? '. There is none there yet' : suggestion(name, known)
    throw new UsageError(`--source: there is no source "${name}" in ${where}${hint}`)
  }
}
