// OpenTelemetry is loaded with this file, and this file only where traces are wanted.
import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import type { Trace } from '../trace.ts'

/** How long the last spans may take to leave: a collector that is down keeps nobody from ending. */
const LAST_MS = 3_000

export interface Tracing extends AsyncDisposable {
  readonly trace: Trace
}

/**
 * Sends spans to an OTLP endpoint until it is disposed of. What the standard says of `OTEL_EXPORTER_OTLP_HEADERS`,
 * `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` holds.
 */
export function startTracing(endpoint: string, complain: (error: unknown) => void): Tracing {
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: LAST_MS })
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'rollcall' }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(exporter, { exportTimeoutMillis: LAST_MS })],
  })
  provider.register()
  const tracer = provider.getTracer('rollcall')
  return {
    trace: (name, attributes, work) =>
      tracer.startActiveSpan(name, { attributes }, async (span) => {
        try {
          return await work()
        } catch (error) {
          // The kind of error alone: a message may quote what a vendor said.
          const kind = error instanceof Error ? error.name : typeof error
          span.setAttribute('error.type', fault(error) ?? kind).setStatus({ code: SpanStatusCode.ERROR, message: kind })
          throw error
        } finally {
          span.end()
        }
      }),
    async [Symbol.asyncDispose]() {
      await provider.shutdown().catch(complain)
      for (const api of [trace, context, propagation]) api.disable()
    },
  }
}

const fault = (error: unknown): string | null =>
  error instanceof Error && 'fault' in error && typeof error.fault === 'string' ? error.fault : null
