import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { z } from 'zod'

/** RFC 9457. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), says: z.string() })).optional(),
})
export type Problem = z.output<typeof problem>

/** A refusal that is told as it is. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  constructor(status: number, detail: string) {
    super(detail)
    this.status = status
  }
}

export const notFound = (what: string): Refusal => new Refusal(404, `There is no ${what}.`)

export function sendProblem(reply: FastifyReply, status: number, detail: string, errors?: Problem['errors']): unknown {
  const title = STATUS_CODES[status] ?? 'Error'
  const body: Problem = { type: 'about:blank', title, status, detail, ...(errors === undefined ? {} : { errors }) }
  return reply
    .code(status)
    .type('application/problem+json; charset=utf-8')
    .serializer((value: unknown) => JSON.stringify(value))
    .send(body)
}

/** Every error as problem+json. What nobody foresaw is logged and not told. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError | Refusal, request: FastifyRequest, reply) => {
    if (error instanceof Refusal) return sendProblem(reply, error.status, error.message)
    if (hasZodFastifySchemaValidationErrors(error)) {
      const faults = error.validation.map(({ instancePath, message }) => ({
        path: `${error.validationContext ?? ''}${instancePath}`,
        says: message ?? 'is wrong',
      }))
      return sendProblem(reply, 400, 'The request is not understood.', faults)
    }
    const status =
      'code' in error && error.code === NO_TEXT ? 400 : 'statusCode' in error ? (error.statusCode ?? 500) : 500
    if (status < 500) return sendProblem(reply, status, DETAILS[status] ?? 'The request is not understood.')
    request.log.error({ err: error, url: request.url.split('?', 1)[0] }, 'a request failed')
    return isOutage(error)
      ? sendProblem(reply, 503, 'The database does not answer. Try again in a moment.')
      : sendProblem(reply, 500, 'Something went wrong here; the log says what.')
  })
}

/** PostgreSQL keeps no text with U+0000. */
const NO_TEXT = '22021'

const DETAILS: Readonly<Record<number, string>> = {
  413: 'The request is too large.',
  415: 'Send JSON, with content-type: application/json.',
}

/** Connection exceptions, shutdown, too many connections; and what the network says. */
const OUTAGE_CODES = /^(08...|57P0[123]|53300|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND)$/

function isOutage(error: Error): boolean {
  const code = 'code' in error ? String(error.code) : ''
  return OUTAGE_CODES.test(code) || /Connection terminated|timeout exceeded when trying to connect/.test(error.message)
}
