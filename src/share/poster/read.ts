import { Worker } from 'node:worker_threads'
import type { Pixels } from './png.ts'

type Waiting = { resolve: (text: string | null) => void; reject: (error: Error) => void }

/** Reading takes as long as drawing, so a thread of its own does it, from the first code on. */
let reader: Worker | null = null
const waiting: Waiting[] = []

/** What the QR in these pixels says, or null where there is none. The pixels are gone afterwards. */
export function readCode({ data, width, height }: Pixels): Promise<string | null> {
  reader ??= openReader()
  reader.ref()
  reader.postMessage({ data, width, height }, [data.buffer as ArrayBuffer])
  return new Promise((resolve, reject) => waiting.push({ resolve, reject }))
}

function openReader(): Worker {
  const worker = new Worker(new URL('./reader.js', import.meta.url))
  worker.on('message', (text: string | null) => {
    waiting.shift()!.resolve(text)
    if (waiting.length === 0) worker.unref() // the process may end
  })
  worker.on('error', (error) => {
    reader = null
    for (const { reject } of waiting.splice(0)) reject(error)
  })
  return worker
}
