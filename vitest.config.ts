import { defineConfig } from 'vitest/config'

// Files, servers and compilers of a busy machine take their time; what hangs is still found. Test files share two processes instead of
// having one each: starting those and loading SQLite, canvas and fonts anew would take a third of the time. On two cores vitest would
// take one of them only.
export default defineConfig({
  test: { testTimeout: 60_000, hookTimeout: 60_000, isolate: false, maxWorkers: 2, globalSetup: 'test/temporary.ts' },
})
