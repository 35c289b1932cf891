import { lookup } from 'node:dns'
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'

/** The code of the error with which a connection is refused. */
export const REFUSED = 'ERR_ADDRESS_REFUSED'

/**
 * What node-fetch takes as `agent`: connects only to addresses that pass. They are looked at when the connection is made, so that a name
 * cannot resolve to one address when it is checked and to another when it is used.
 */
export function guardedAgent(mayConnect: (address: string, host: string) => boolean) {
  const refusal = (address: string) => Object.assign(new Error(`${address} is refused`), { code: REFUSED })
  const guarded: LookupFunction = (host, options, done) =>
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '', 0)
      const bad = addresses.find(({ address }) => !mayConnect(address, host))
      if (bad) return done(refusal(bad.address), '', 0)
      const [first] = addresses
      return options.all ? done(null, addresses) : done(null, first!.address, first!.family)
    })
  const agents = { 'http:': new HttpAgent({ lookup: guarded }), 'https:': new HttpsAgent({ lookup: guarded }) }
  return ({ protocol, hostname }: URL) => {
    // a number is not looked up
    const literal = hostname.replace(/^\[|\]$/g, '')
    if (isIP(literal) !== 0 && !mayConnect(literal, hostname)) throw refusal(literal)
    return agents[protocol as keyof typeof agents]
  }
}
