import { cpSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { channelsOf, readCalendar } from '../../src/share/channel.ts'
import { loadChannels, writeCopy } from '../../src/share/copy/write.ts'
import { HOME, makeItem } from './studio.ts'

const channels = channelsOf({ channels: {} }, await loadChannels(HOME))
const calendar = readCalendar(HOME, HOME)
const write = (channel: string, ...item: Parameters<typeof makeItem>) =>
  writeCopy(channels.get(channel)!, calendar, makeItem(...item))
const jd = { link: 'https://u.jd.com/abc', url: 'https://item.jd.com/100012043978.html', code: null }

describe('copy', () => {
  it('for Moments: picture and text, no address, the code in the comment', () => {
    const { copy, warnings } = write('moments')
    expect(copy).toEqual({
      channel: 'moments',
      main: '【广告】月芝猫【海棠梨】汉服女汉元素国风古风连衣裙\n券后 ¥259（券 ¥20，原价 ¥279）\n长按图片识别二维码',
      comment:
        '【广告】淘宝 · 月芝猫旗舰店 · 已售 1.2万\n优惠券有效期至 11月30日\n复制口令打开 淘宝：￥euek1JOclOG￥\n价格截至 2026-11-20，以下单页为准',
    })
    expect(warnings).toEqual([expect.stringContaining('moments: 微信自 2018 年 5 月起管控淘口令')])
  })

  it('for groups: the code of Taobao goods, the address of others', () => {
    expect(write('group').copy.main).toContain('￥euek1JOclOG￥')
    expect(write('group', { code: null }).copy.main).toContain('长按图片识别二维码')
    const other = write('group', jd, { partner: { id: 'jd', name: '京东' } })
    expect(other.copy.main).toContain('https://u.jd.com/abc')
    expect(other.warnings).toEqual([])
  })

  it('for Weibo: the address', () => expect(write('weibo').copy.main).toContain('https://s.click.taobao.com/8bpnghv'))

  it.each(['moments', 'group'])('never holds a Taobao address in %s', (channel) => {
    const { main, comment } = write(channel, {}, { reason: '好看' }).copy
    expect(main + comment).not.toMatch(/taobao|https?:/)
  })

  it('holds to the day: before WeChat blocked Taobao, the address was allowed', () => {
    expect(write('group', { code: null }, { asOf: '2013-11-21' }).copy.main).toContain('https://s.click.taobao.com/8bpnghv')
  })

  it.each(['moments', 'group', 'weibo'])('in %s is marked, tidy, and short in its main part, whatever is missing', (channel) => {
    const bare = { couponAmount: null, couponUntil: null, sales: null, shop: null, code: null }
    for (const product of [{}, bare, { couponThreshold: 20_000 }, { title: '很长的标题'.repeat(30) }]) {
      const { main, comment } = write(channel, product).copy
      for (const text of [main, comment]) {
        expect(text).toMatch(/^[【#]广告[】#]/)
        expect(text).not.toMatch(/ $|\n\n|null|undefined|佣金/m)
      }
      expect(main.split('\n').length).toBeLessThanOrEqual(3)
      if (product === bare) expect(main + comment).not.toContain('券')
    }
  })

  it('without the mark is refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'shoptool-copy-'))
    cpSync(join(HOME, 'templates/copy/moments'), join(folder, 'templates/copy/own'), { recursive: true })
    writeFileSync(join(folder, 'templates/copy/own/main.liquid'), '{{ title }}')
    const own = channelsOf({ channels: {} }, await loadChannels(HOME, folder)).get('own')!
    expect(() => writeCopy(own, calendar, makeItem({ title: '皂' }))).toThrow(
      'own/main.liquid: the text must begin or end with {{ disclosure }}, got "皂"',
    )
  })

  it('templates reach no files', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'shoptool-copy-'))
    cpSync(join(HOME, 'templates/copy/moments'), join(folder, 'templates/copy/own'), { recursive: true })
    writeFileSync(join(folder, 'templates/copy/own/main.liquid'), '{% render "/etc/passwd" %}广告')
    await expect(loadChannels(HOME, folder)).rejects.toThrow('ENOENT')
  })
})
