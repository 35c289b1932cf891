declare module 'linebreak' {
  /** Unicode line breaking (UAX 14). `position` is in UTF-16 units; `required` where the text itself asks for a new line. */
  export default class LineBreaker {
    constructor(text: string)
    nextBreak(): { position: number; required?: boolean } | null
  }
}

declare module 'qrcode/lib/core/qrcode.js' {
  import type { create } from 'qrcode'

  const core: { create: typeof create }
  export default core
}
