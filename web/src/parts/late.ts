import { useEffect, useState } from 'preact/hooks'

/** A value once it has stood still for a moment, so that typing and sliding do not ask at every step. */
export function useLate<T>(value: T, ms: number): T {
  const [late, setLate] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setLate(() => value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return late
}
