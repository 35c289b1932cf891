// Calls of a partner's API: the present token, tries, limits, and no secret in any message.
import type { HttpResponse } from '../context.ts'
import type { dataError, ShoptoolError } from '../errors.ts'
import type { Account, ApiFault, HttpRequest, Limits, TokenApi } from './api.ts'
import { parseJson } from './formats/json.ts'
import { broken, busy, type Failed, keepTrying, type Outside, type Turn } from './tries.ts'

/** One kind of call: what is sent at a page or step, and what an answer to it comes to. */
type Calling<At, Answered> = {
  request(at: At, account: Account, now: number): HttpRequest
  read(body: unknown, at: At): Answered | ApiFault
}

/** Makes an error, with words that say where it was (`pdd, page 3`) in front. */
export type Refuse = (error: typeof dataError, message: string) => ShoptoolError

/** Who calls: one account, with its turn among all calls of the partner. */
export type Caller = {
  /**
   * Makes a call until there is an answer, waiting for its turn each time: what may pass by itself is tried again, later each time and by
   * Retry-After; a token that has expired is renewed once in each try.
   * @throws ShoptoolError as `fetchApi`.
   */
  call<At, Answered extends object>(
    api: Calling<At, Answered>,
    at: At,
    refuse: Refuse,
  ): Promise<Exclude<Answered, { fault: string }>>
  /** Errors that begin with `where`, on one line and without credentials or tokens. */
  refusal(where: string): Refuse
}

/** A caller with a fresh token, where the partner's calls want one. @throws ShoptoolError where there is no token to be had. */
export async function callerOf(
  token: TokenApi | undefined,
  account: Account,
  partner: string,
  outside: Outside,
  turn: Turn,
  limits: Limits,
): Promise<Caller> {
  let present = account
  const secrets = new Set(Object.values(account.credentials))
  const refusal = (where: string): Refuse => {
    return (error, message) => error(shortened(redacted(`${where}: ${message}`, secrets), 400))
  }
  /** False where there is no way to another token. */
  async function renew(): Promise<boolean> {
    if (!token || 'accessToken' in account.credentials) return false
    const once = async () => {
      await turn()
      return send(token.request(account, outside.now()), outside, limits, token.read)
    }
    const { token: accessToken } = await keepTrying(once, outside, limits, refusal(`${partner}, access token`))
    secrets.add(accessToken)
    present = { ...account, credentials: { ...account.credentials, accessToken } }
    return true
  }
  await renew()
  return {
    call(api, at, refuse) {
      const ask = async () => {
        await turn()
        return send(api.request(at, present, outside.now()), outside, limits, (body) => api.read(body, at))
      }
      const isExpired = (answer: object) => 'fault' in answer && answer.fault === 'token'
      const once = async () => {
        let answer = await ask()
        if (isExpired(answer) && (await renew())) answer = await ask()
        // Refused although it is new, or there is no way to another one.
        return isExpired(answer) ? { ...answer, fault: 'stop' as const } : answer
      }
      return keepTrying(once, outside, limits, refuse)
    },
    refusal,
  }
}

/** Makes one call; whatever goes wrong on the way is a value. */
async function send<Answered extends object>(
  { url, ...request }: HttpRequest,
  { fetch, now, detail }: Outside,
  limits: Limits,
  read: (body: unknown) => Answered | ApiFault,
): Promise<Answered | ApiFault | Failed> {
  const started = now()
  const told = (what: string) => detail?.(`${request.method} ${new URL(url).host}: ${what}, ${now() - started} ms`)
  let response: HttpResponse
  let bytes: Buffer | null
  try {
    // A signed call goes where it was meant to go, or nowhere.
    response = await fetch(url, {
      ...request,
      headers: { ...request.headers },
      redirect: 'manual',
      signal: AbortSignal.timeout(limits.timeout),
    })
    bytes = await bytesOf(response, limits.answer)
  } catch (error) {
    const failed = broken(error, limits.timeout)
    told(failed.message)
    return failed
  }
  const { status, ok } = response
  told(`${status}, ${bytes?.length ?? `more than ${limits.answer}`} bytes`)
  const later = busy(response, now())
  if (later) return later
  const message = `answers HTTP ${status}`
  if (status >= 300 && status < 400) return { fault: 'redirect', message: `${message}, a redirect` }
  if (bytes === null) return { fault: 'refuse', message: `the answer is larger than ${limits.answer} bytes` }
  let body: unknown = bytes
  try {
    if (!response.headers.get('content-type')?.startsWith('image/'))
      body = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return ok ? { fault: 'retry', message: 'the answer is no JSON or ends too early' } : { fault: 'stop', message }
  }
  const answer = read(body)
  return ok || 'fault' in answer ? answer : { fault: 'stop', message }
}

/** All bytes of the answer, or null where there are more than `most`. */
async function bytesOf({ body }: HttpResponse, most: number): Promise<Buffer | null> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of body ?? []) {
    const chunk = Buffer.from(part)
    bytes += chunk.length
    if (bytes > most) return null
    parts.push(chunk)
  }
  return Buffer.concat(parts)
}

/** Not longer than `most` characters. */
export const shortened = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text)

/** What partners echo in their messages, without secrets and on one line. */
function redacted(message: string, secrets: Iterable<string>): string {
  const hidden = [...secrets]
    .filter((secret) => secret.length > 2)
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .sort((a, b) => b.length - a.length)
  return hidden.reduce((shown, secret) => shown.replaceAll(secret, '***'), message).replace(/\s+/g, ' ')
}
