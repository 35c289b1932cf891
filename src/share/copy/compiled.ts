/** `compileAdRules` as JSON; the build puts it here (scripts/build.mjs). Null where the source runs as it is, which compiles anew. */
export const compiled: string | null = null
