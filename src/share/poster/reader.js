// The thread of read.ts: answers every picture with what the QR in it says, in the order in which they come.
import { parentPort } from 'node:worker_threads'
import jsqr from 'jsqr'

parentPort?.on('message', ({ data, width, height }) => {
  parentPort?.postMessage(jsqr.default(data, width, height, { inversionAttempts: 'dontInvert' })?.data ?? null)
})
