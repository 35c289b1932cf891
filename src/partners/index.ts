import { douyin } from './douyin.ts'
import { jd } from './jd.ts'
import { kuaishou } from './kuaishou.ts'
import { pdd } from './pdd.ts'
import { suning } from './suning.ts'
import { taobao } from './taobao.ts'
import { vip } from './vip.ts'
import { wechat } from './wechat.ts'

/** The partners that come with shoptool; operators add theirs in partners/*.yaml of the workspace. */
export const BUILT_IN = [taobao, jd, pdd, vip, wechat, kuaishou, douyin, suning]
