// The signatures of the partners' APIs, each as its partner documents it. All are pure: texts in, text out. What is signed is always the
// raw value in UTF-8; it is encoded for the URL or the form only afterwards, by `formOf`.
import { createHash, createHmac } from 'node:crypto'
import { instantOf } from '../day.ts'

/** What a request says, by name, raw. */
export type Parameters = Readonly<Record<string, string>>

const md5 = (text: string) => createHash('md5').update(text).digest('hex')
const hmac = (algorithm: 'md5' | 'sha256', secret: string, text: string, as: 'hex' | 'base64' = 'hex') =>
  createHmac(algorithm, secret).update(text).digest(as)

/** What is sent, and so what is signed: all but the signature itself and parameters without a value, in the order of their names (ASCII). */
function filled(parameters: Parameters): [string, string][] {
  return Object.entries(parameters)
    .filter(([name, value]) => name !== 'sign' && value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

const joined = (parameters: Parameters) => filled(parameters).flat().join('')

/**
 * Taobao (`sign_method=md5`), JD and Pinduoduo: md5 in upper case over secret, sorted names and values without anything between them,
 * secret. Signed are all parameters, public and business; nested values as the JSON text that is sent.
 * Sources: open.taobao.com, union.jd.com (`360buy_param_json` sorts first), open.pinduoduo.com, and public SDKs of each.
 */
export function signSandwich(parameters: Parameters, secret: string): string {
  return md5(secret + joined(parameters) + secret).toUpperCase()
}

/**
 * Taobao with `sign_method=hmac` (HMAC-MD5) or `hmac-sha256`: upper hex, keyed with the secret, which is not wrapped round the text. The
 * method's name is itself a signed parameter. Source: open.taobao.com and the official TopSDK.
 */
export function signTop(parameters: Parameters, secret: string, method: 'hmac' | 'hmac-sha256'): string {
  return hmac(method === 'hmac' ? 'md5' : 'sha256', secret, joined(parameters)).toUpperCase()
}

/**
 * Vipshop: HMAC-MD5 in upper hex over the sorted parameters of the query (all of them, `accessToken` and `language` too) and the raw
 * body, byte for byte as it is sent. Source: vop.vipapis.com as four independent clients sign it.
 */
export function signVip(query: Parameters, body: string, secret: string): string {
  return hmac('md5', secret, joined(query) + body).toUpperCase()
}

/**
 * Kuaishou: `name=value` in order, joined by `&`, then `&signSecret=`; md5 in lower hex, or HMAC-SHA256 of that same text in Base64, as
 * `signMethod` says. The signSecret is not the appSecret. Values raw; encoded after signing. Source: open.kwaixiaodian.com.
 */
export function signKuaishou(parameters: Parameters & { signMethod: 'MD5' | 'HMAC_SHA256' }, signSecret: string): string {
  const text = `${pairs(parameters)}&signSecret=${signSecret}`
  return parameters.signMethod === 'MD5' ? md5(text) : hmac('sha256', signSecret, text, 'base64')
}

const pairs = (parameters: Parameters) =>
  filled(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')

/** The five things of a Douyin call that are signed; `access_token` and `sign_method` are not. */
export type DouyinCall = { app_key: string; method: string; param_json: string; timestamp: string; v: string }

/**
 * Douyin: lower hex over secret, the five in order, secret. With `hmac-sha256` the secret wraps the text and keys it as well.
 * `param_json` is the body as it is sent, see `canonicalJson`. Source: op.jinritemai.com, guide 148/814.
 */
export function signDouyin(call: DouyinCall, secret: string, method: 'md5' | 'hmac-sha256'): string {
  const { app_key, method: name, param_json, timestamp, v } = call
  const text = `${secret}app_key${app_key}method${name}param_json${param_json}timestamp${timestamp}v${v}${secret}`
  return method === 'md5' ? md5(text) : hmac('sha256', secret, text)
}

/** JSON as Douyin wants it: names sorted at every level, no spaces, `&`, `<` and `>` escaped as Go does. */
export function canonicalJson(value: unknown): string {
  const sorted = (_: string, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one
  return JSON.stringify(value, sorted).replace(/[&<>]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`)
}

/** What a Suning call says in its headers, and its body as it is sent. `time` is `yyyy-MM-dd HH:mm:ss` in Beijing. */
export type SuningCall = { method: string; time: string; key: string; version: string; body: string }

/**
 * Suning (`signInfo`): lower hex md5 over secret, method, time, key, version and the body in Base64: in this order, nothing is sorted.
 * Source: open.suning.com, mimicode/tksdk.
 */
export function signSuning({ method, time, key, version, body }: SuningCall, secret: string): string {
  return md5(secret + method + time + key + version + Buffer.from(body).toString('base64'))
}

/**
 * Dataoke, current (`signRan`): upper md5 over appKey, timer (ms), nonce (six digits) and key, in this order; what is asked for is not
 * signed. Source: the official Java demo, `ApiClient.sendReqNew`.
 */
export function signDataoke({ appKey, timer, nonce }: { appKey: string; timer: string; nonce: string }, secret: string): string {
  return md5(`appKey=${appKey}&timer=${timer}&nonce=${nonce}&key=${secret}`).toUpperCase()
}

/** Dataoke, old (`sign`): upper md5 over all parameters, `name=value` in order, joined by `&`, then `&key=`. Source: dataoke-go. */
export function signDataokeOld(parameters: Parameters, secret: string): string {
  return md5(`${pairs(parameters)}&key=${secret}`).toUpperCase()
}

/** A form or a query to send: encoded, without the parameters that have no value and so are not signed either. */
export function formOf(parameters: Parameters): string {
  return new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== '')).toString()
}

/** `yyyy-MM-dd HH:mm:ss` in Beijing, as most of these partners write the time of a call (at most 10 minutes off). `now` in milliseconds. */
export function beijingTime(now: number): string {
  return instantOf(now, 'Asia/Shanghai').slice(0, 19).replace('T', ' ')
}

/** Whole seconds since 1970, as Pinduoduo and Vipshop write the time of a call. `now` in milliseconds. */
export function unixTime(now: number): string {
  return String((now - (now % 1000)) / 1000)
}
