/** `from` stands exactly once in `file`. */
export type Fault = { what: string; file: string; from: string; to: string }
export const FAULTS: readonly Fault[]
/** The source with a fault in it. @throws where the fault has no place, or several. */
export function inject(source: string, fault: Fault): string
