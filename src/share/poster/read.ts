import { Worker } from 'node:worker_threads'
import type { Pixels } from './png.ts'

type Waiting = { resolve: (text: string | null) => void; reject: (error: Error) => void }

/** Reading takes as long as drawing, so a thread of its own does it. */
let reader: Worker | null = null
const waiting: Waiting[] = []

/** Starts the thread, so that it is there when the first code is drawn: it takes a quarter of a second. The process may end without it. */
export function prepareReader(): void {
  reader ??= openReader()
}

/** What the QR in these pixels says, or null where there is none. The pixels are gone afterwards. */
export function readCode({ data, width, height }: Pixels): Promise<string | null> {
  prepareReader()
  reader!.ref()
  reader!.postMessage({ data, width, height }, [data.buffer as ArrayBuffer])
  return new Promise((resolve, reject) => waiting.push({ resolve, reject }))
}

function openReader(): Worker {
  // Garbage would grow to 30 MB before it is collected, for nothing.
  const worker = new Worker(new URL('./reader.js', import.meta.url), { resourceLimits: { maxYoungGenerationSizeMb: 6 } })
  worker.on('message', (text: string | null) => {
    waiting.shift()!.resolve(text)
    if (waiting.length === 0) worker.unref() // the process may end
  })
  worker.on('error', (error) => {
    reader = null
    for (const { reject } of waiting.splice(0)) reject(error)
  })
  worker.unref() // behind the listeners, which would hold the process again
  return worker
}
