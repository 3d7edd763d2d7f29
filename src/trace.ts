/** Does some work as a span of a trace. Attributes hold names and numbers, never a secret. */
export type Trace = <T>(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  work: () => Promise<T>,
) => Promise<T>

/** Where no trace is wanted: the work alone. */
export const untraced: Trace = (_name, _attributes, work) => work()

/**
 * Sends traces to an OTLP endpoint until it is disposed of. Without one nothing is made, and OpenTelemetry is not even
 * loaded.
 */
export async function openTracing(
  endpoint: string | null,
  complain: (error: unknown) => void,
): Promise<AsyncDisposable & { readonly trace: Trace | undefined }> {
  if (endpoint === null) return { trace: undefined, [Symbol.asyncDispose]: async () => {} }
  const { startTracing } = await import('./trace/otel.ts')
  return startTracing(endpoint, complain)
}
