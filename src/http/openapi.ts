import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'

/** The description of the API, made of the schemas that check it: GET /api/openapi.json. */
export async function describeApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Rollcall',
        version,
        description:
          'The history of who was in which group. Lists come in pages: ask again with `cursor` set to `next`. Errors are problem+json (RFC 9457).',
      },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }, {}],
    },
    transform(route) {
      const said = jsonSchemaTransform(route)
      const [method = ''] = [route.route.method].flat()
      return { ...said, schema: { ...said.schema, operationId: operationId(method, route.url) } }
    },
  })
  app.get('/api/openapi.json', { schema: { hide: true } }, async () => app.swagger())
}

/** `GET /api/groups/:source/:group/series` → `getGroupsSourceGroupSeries`: what a generated client calls it. */
function operationId(method: string, url: string): string {
  const words = url.match(/[a-z]+/gi)?.slice(1) ?? []
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}
