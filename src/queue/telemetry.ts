import type { Telemetry } from 'bullmq'

/** Spans of the queue's own, which carry the trace from who adds a job to who works it. Loaded where traces are wanted. */
export async function queueTelemetry(traced: boolean): Promise<{ telemetry?: Telemetry }> {
  if (!traced) return {}
  const { BullMQOtel } = await import('bullmq-otel')
  return { telemetry: new BullMQOtel({ tracerName: 'rollcall-queue' }) }
}
