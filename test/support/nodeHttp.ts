/**
 * HTTP as Node has it: a client that shows how an exchange ended and repairs nothing, and a server that counts its connections.
 */
import * as Http from "node:http"

export interface HttpRequest {
  readonly method: string
  readonly target: string
  readonly body?: string | undefined
  readonly headers?: { readonly [name: string]: string } | undefined
  readonly agent?: Http.Agent | undefined
}

export interface HttpResponse {
  /** 0 if the connection ended before the head of a response. */
  readonly status: number
  readonly headers: Http.IncomingHttpHeaders
  readonly text: string
  /** The error that ended the exchange early. */
  readonly error: string | undefined
}

export const exchange = (url: string, { agent, body, headers, method, target }: HttpRequest): Promise<HttpResponse> =>
  new Promise((resolve) => {
    const request = Http.request(`${url}${target}`, {
      method,
      agent: agent ?? false,
      headers: { ...(body !== undefined && { "content-type": "application/x-www-form-urlencoded" }), ...headers }
    })
    // Keeps what a URL would repair.
    request.path = target
    request.on("error", (error: NodeJS.ErrnoException) => {
      resolve({ status: 0, headers: {}, text: "", error: error.code ?? error.message })
    })
    request.on("response", (response) => {
      const { headers, statusCode: status = 0 } = response
      let text = ""
      response.setEncoding("utf8")
      response.on("data", (chunk: string) => text += chunk)
      response.on("error", (error: NodeJS.ErrnoException) => {
        resolve({ status, headers, text, error: error.code ?? error.message })
      })
      response.on("end", () => resolve({ status, headers, text, error: undefined }))
    })
    request.end(body)
  })

/** Sends a request, and returns the way to hang up without a response. A body is sent, and not ended. */
export const dial = (url: string, { body, headers, method, target }: HttpRequest): () => void => {
  const request = Http.request(`${url}${target}`, {
    method,
    agent: false,
    headers: { ...(body !== undefined && { "content-length": String(body.length) }), ...headers }
  })
  request.on("error", () => {})
  if (body === undefined) request.end()
  else request.write(body)
  return () => void request.destroy()
}

export const watchedServer = () => {
  const server = Http.createServer()
  let open = 0
  server.on("connection", (socket) => {
    open++
    socket.on("close", () => open--)
  })
  return { server, connections: () => open }
}

/**
 * A reverse proxy in front of `upstream`, which asks it under the name `host`, as those in front of the real API do. What comes
 * after `/<service>` of a path is the path upstream.
 */
export const reverseProxy = (upstream: string, host: string): Promise<Http.Server> => {
  const server = Http.createServer((incoming, response) => {
    const path = (incoming.url ?? "/").replace(/^\/\w+/, "/v2/index.php")
    const request = Http.request(`${upstream}${path}`, {
      method: incoming.method,
      headers: { ...incoming.headers, host },
      agent: false
    }, (upstream) => {
      response.writeHead(upstream.statusCode ?? 502, upstream.headers)
      upstream.pipe(response)
    })
    request.on("error", () => response.destroy())
    incoming.pipe(request)
  })
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)))
}
