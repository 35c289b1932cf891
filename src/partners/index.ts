import { amazon } from './amazon.ts'
import { awin } from './awin.ts'
import { bank } from './bank.ts'
import { cj } from './cj.ts'
import { douyin } from './douyin.ts'
import { ebay } from './ebay.ts'
import { google } from './google.ts'
import { impact } from './impact.ts'
import { jd } from './jd.ts'
import { kuaishou } from './kuaishou.ts'
import { meta } from './meta.ts'
import { pdd } from './pdd.ts'
import { rakuten } from './rakuten.ts'
import { shareasale } from './shareasale.ts'
import { shopify } from './shopify.ts'
import { suning } from './suning.ts'
import { taobao } from './taobao.ts'
import { tradedoubler } from './tradedoubler.ts'
import { vip } from './vip.ts'
import { wechat } from './wechat.ts'
import { wechatShop } from './wechat-shop.ts'

/** The partners that come with shoptool; operators add theirs in partners/*.yaml of the workspace. */
export const BUILT_IN = [
  ...[taobao, jd, pdd, vip, wechat, wechatShop, kuaishou, douyin, suning],
  ...[google, meta, shopify, awin, cj, rakuten, impact, shareasale, tradedoubler, amazon, ebay],
  bank,
]
