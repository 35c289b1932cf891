import { expect, it } from 'vitest'
import { escaped, pageHead } from '../src/html.ts'

it('text in a page is text, without signs that no page may hold', () => {
  expect(escaped(`<a href="x">'&\u0000\u001b\u007f\t\n`)).toBe('&lt;a href=&quot;x&quot;&gt;&#39;&amp;\t\n')
})

it.each([
  [{}, "default-src 'none'; style-src 'unsafe-inline'"],
  [{ pictures: true }, "default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'"],
  // printf 'let a' | openssl dgst -sha256 -binary | base64
  [
    { script: 'let a' },
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-IfEXP/8HLuXoAiy0hZVrCAcjcLsZqYFpLOHDGj8enqE='",
  ],
])('a page with %o lets in nothing else', (page, policy) => {
  const head = pageHead({ title: '<小鹿>', style: 'p {}', ...page })
  expect(head).toContain(
    `<meta http-equiv="Content-Security-Policy" content="${policy}">\n<title>&lt;小鹿&gt;</title>\n<style>p {}</style>`,
  )
})
