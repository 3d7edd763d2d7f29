import { VendorError } from '../core/errors.ts'

/** Refuses a place in a list (a cursor, a token) that was there before: such a list would never end. */
export function refuseRepeats(host: string, endpoint: string): (place: string) => void {
  const seen = new Set<string>()
  return (place) => {
    if (seen.has(place)) throw repeats(host, endpoint)
    seen.add(place)
  }
}

/** `retry`: a list that comes back to where it had been. */
export function repeats(host: string, endpoint: string): VendorError {
  const message = `${host} ${endpoint}: the list came back to where it had been and does not end`
  return new VendorError(message, { fault: 'retry', code: 'repeats', endpoint })
}
