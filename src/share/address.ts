import ipaddr from 'ipaddr.js'

/** Feeds and links must not make shoptool ask the router, a cloud's metadata or anything else that is not public. */
export const isPublic = (address: string) => ipaddr.parse(address).range() === 'unicast'
