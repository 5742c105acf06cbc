import { Router, type RequestHandler } from 'express'

/** The views of a plane by name; a value is undefined while there is none. */
export type StatusViews = Readonly<Record<string, () => unknown>>

/** `GET /status/<name>` for each view, as JSON; 503 while it has no value. */
export function statusRoutes(views: StatusViews): RequestHandler {
  const router = Router()
  for (const [name, view] of Object.entries(views)) {
    router.get(`/status/${name}`, (_request, response) => {
      const value = view()
      if (value === undefined) response.status(503).json({ error: 'Expected a run under way, was none' })
      else
        response
          .type('json')
          .send(
            JSON.stringify(value, (_key, field) => (typeof field === 'bigint' ? String(field) : (field as unknown))),
          )
    })
  }
  return router
}
