import { douyin } from './douyin.ts'
import { jd } from './jd.ts'
import { pdd } from './pdd.ts'
import { suning } from './suning.ts'
import { taobao } from './taobao.ts'

/** The partners that come with shoptool; operators add theirs in partners/*.yaml of the workspace. */
export const BUILT_IN = [taobao, jd, pdd, douyin, suning]
