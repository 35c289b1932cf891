import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { createServer as createSocketServer } from 'node:net'
import { afterAll } from 'vitest'

/** What a host got: path with query, and headers. */
export type Asked = { path: string; headers: IncomingMessage['headers'] }

/** A web server on this machine; `answer` is told how often it was asked before. */
export async function startHost(
  answer: (response: ServerResponse, asked: Asked, before: number) => unknown,
): Promise<{ url: string; calls: Asked[] }> {
  const calls: Asked[] = []
  const server = createServer((request, response) => {
    const asked = { path: request.url!, headers: request.headers }
    calls.push(asked)
    answer(response, asked, calls.length - 1)
  })
  const url = await listen(server)
  afterAll(() => server.closeAllConnections())
  return { url, calls }
}

/** A server that writes just these bytes to whoever connects, and closes: for answers that no HTTP library would send. */
export async function startRaw(bytes: string | Buffer): Promise<{ url: string }> {
  const server = createSocketServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.end(bytes))
  })
  return { url: await listen(server) }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  afterAll(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
