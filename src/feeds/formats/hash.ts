import xxhash from 'xxhash-wasm'

const { h64Raw } = await xxhash()

const unsigned = new BigUint64Array(1)
const signed = new BigInt64Array(unsigned.buffer)

/** xxHash64 as a signed 64-bit number, the form in which SQLite keeps integers. */
export function hashBytes(bytes: Uint8Array, seed: bigint): bigint {
  unsigned[0] = h64Raw(bytes, seed)
  return signed[0]!
}

/** A seed from a text: rows read with another mapping must not be taken for known. */
export function seedOf(text: string): bigint {
  return h64Raw(Buffer.from(text))
}
