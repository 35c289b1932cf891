import { defineConfig } from 'vitest/config'

// Files, servers and compilers of a busy machine take their time; what hangs is still found.
export default defineConfig({ test: { testTimeout: 60_000, hookTimeout: 60_000 } })
