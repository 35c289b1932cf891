import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'

const CHROMIUM = '/usr/bin/chromium'
const isThere = existsSync(CHROMIUM)
const where = isThere ? 'in a browser, from a file' : `not tried in a browser, since ${CHROMIUM} is not there`

/**
 * Tests of pages in Debian's Chromium, passed over where that is not installed: on a phone of 360 pixels in the dark, and in a window where
 * scripts are off. No page may ask for anything but files, log anything, throw, or put up a dialog.
 */
export function inBrowser(tests: (open: { phone: Open; scriptless: Open }) => void): void {
  describe.skipIf(!isThere)(where, () => {
    let browser: Browser
    const complaints: string[] = []
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
    }, 60_000)
    afterEach(() => expect(complaints.splice(0)).toEqual([]))
    afterAll(() => browser?.close())

    // A page takes a second to make, so that each is made once.
    const opens = (options: BrowserContextOptions): Open => {
      let page: Page | undefined
      return async (path) => {
        page ??= watched(await browser.newPage(options), complaints)
        await page.goto(pathToFileURL(path).href)
        return page
      }
    }
    tests({
      phone: opens({
        ...{ viewport: { width: 360, height: 740 }, colorScheme: 'dark' },
        permissions: ['clipboard-read', 'clipboard-write'],
      }),
      scriptless: opens({ javaScriptEnabled: false, colorScheme: 'light' }),
    })
  })
}

type Open = (path: string) => Promise<Page>

function watched(page: Page, complaints: string[]): Page {
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('dialog', (dialog) => {
    complaints.push(dialog.message())
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) complaints.push(`asks for ${request.url()}`)
  })
  return page
}

/** Texts that can be seen whose contrast with their ground is below 4.5 : 1. */
export const faint = (page: Page): Promise<string[]> => page.evaluate(FAINT)
const FAINT = `
(() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number)
  const light = (colour) => parts(colour).slice(0, 3).map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0)
  const ground = (element) => {
    const colour = getComputedStyle(element).backgroundColor
    return (parts(colour)[3] ?? 1) === 1 ? colour : ground(element.parentElement)
  }
  const told = [...document.body.querySelectorAll('*')].filter((element) => element.checkVisibility() &&
    [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  return told.filter((element) => {
    const [low, high] = [light(getComputedStyle(element).color), light(ground(element))].sort((a, b) => a - b)
    return (high + 0.05) / (low + 0.05) < 4.5
  }).map((element) => element.textContent)
})()`

/** What is touched and is less than 44 pixels high. */
export const small = (page: Page): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll('button, select, summary, label:has(input[type=checkbox])')]
    .filter((element) => element.checkVisibility() && element.offsetHeight < 44).map((element) => element.textContent)`)
