import { describe, expect, it } from 'vitest'
import {
  beijingTime,
  canonicalJson,
  formOf,
  signDataoke,
  signDataokeOld,
  signDouyin,
  signKuaishou,
  signSandwich,
  signSuning,
  signTop,
  signVip,
  unixTime,
} from '../../src/feeds/sign.ts'

// The worked vectors of the partners: facts, not results of ours.

const TOP = { app_key: '12345678', format: 'json', v: '2.0' }
const SELLER = {
  ...TOP,
  method: 'taobao.item.seller.get',
  session: 'test',
  timestamp: '2016-01-01 12:00:00',
  fields: 'num_iid,title,nick,price,num',
  num_iid: '11223344',
}
const TOP_ORDERS = {
  ...TOP,
  method: 'taobao.tbk.order.details.get',
  timestamp: '2025-07-01 12:00:00',
  start_time: '2025-07-01 08:00:00',
  end_time: '2025-07-01 11:00:00',
  query_type: '4',
  page_size: '100',
}
const TOP_SEARCH = {
  ...TOP,
  method: 'taobao.tbk.dg.material.optional.upgrade',
  q: '纸巾 抽纸',
  adzone_id: '110000000001',
  timestamp: '2025-07-01 12:00:00',
}
const JD_ORDERS = {
  method: 'jd.union.open.order.row.query',
  app_key: 'demo_app_key',
  timestamp: '2025-07-01 12:00:00',
  format: 'json',
  v: '1.0',
  sign_method: 'md5',
  '360buy_param_json':
    '{"orderReq":{"pageIndex":1,"pageSize":200,"type":3,"startTime":"2025-07-01 11:00:00","endTime":"2025-07-01 12:00:00"}}',
}
const PDD = { client_id: 'demo_client', timestamp: '1751342400', data_type: 'JSON', version: 'V1' }
const PDD_ORDERS = {
  ...PDD,
  type: 'pdd.ddk.order.list.increment.get',
  start_update_time: '1751299200',
  end_update_time: '1751342400',
  page: '1',
  page_size: '50',
  return_count: 'true',
}
const PDD_SEARCH = {
  ...PDD,
  type: 'pdd.ddk.goods.search',
  keyword: '纸巾',
  page: '1',
  page_size: '20',
  pid: '1234567_89012345',
  range_list: '[{"range_id":1,"range_from":100,"range_to":2000}]',
  with_coupon: 'true',
}
const VIP = {
  appKey: 'demo_key',
  format: 'json',
  method: 'orderList',
  service: 'com.vip.adp.api.open.service.UnionOrderService',
  timestamp: '1751342400',
  version: '1.0.0',
}
const VIP_BODY =
  '{"queryModel":{"requestId":"req-0001","page":1,"pageSize":20,"updateTimeStart":1751338800000,"updateTimeEnd":1751342400000}}'
const KUAISHOU = {
  access_token: 'demo_token',
  appkey: 'ks123',
  method: 'open.distribution.cps.distributor.order.cursor.list',
  param:
    '{"cpsOrderStatus":0,"pageSize":100,"sortType":2,"queryType":2,"beginTime":1751299200000,"endTime":1751342400000,"pcursor":""}',
  timestamp: '1751342400000',
  version: '1',
}
const DOUYIN_GUIDE = {
  app_key: '6844048284663924231',
  method: 'product.list',
  param_json: '{"page":"0","size":"20"}',
  timestamp: '2020-07-05 22:33:59',
  v: '2',
}
const DOUYIN_SECRET = '749698a6-fcb3-4358-b241-ec1d93cf9c1f'
const DOUYIN_ORDERS = {
  app_key: 'demo_key',
  method: 'buyin.doukeOrderAds',
  param_json:
    '{"cursor":"0","end_time":"2025-07-01 12:00:00","size":100,"start_time":"2025-07-01 00:00:00","time_type":"update"}',
  timestamp: '2025-07-01 12:00:00',
  v: '2',
}
const SUNING_ORDERS = {
  method: 'suning.netalliance.order.query',
  time: '2025-07-01 12:00:00',
  key: 'demo_key',
  version: 'v1.2',
  body: '{"sn_request":{"sn_body":{"queryOrder":{"startTime":"2025-07-01 00:00:00","endTime":"2025-07-01 12:00:00","pageNo":"1","pageSize":"10"}}}}',
}
const DATAOKE = { appKey: 'demo_key', timer: '1751342400000', nonce: '110505' }
const DATAOKE_OLD = { appKey: 'demo_key', pageId: '1', pageSize: '100', version: 'v1.2.4' }

const VECTORS: [string, string, string][] = [
  [
    'taobao md5, the documentation’s own',
    signSandwich({ ...SELLER, sign_method: 'md5' }, 'helloworld'),
    '66987CB115214E59E6EC978214934FB8',
  ],
  [
    'taobao hmac, the documentation’s own',
    signTop({ ...SELLER, sign_method: 'hmac' }, 'helloworld', 'hmac'),
    'D56D7858309C31B6251083A874D48273',
  ],
  [
    'taobao hmac-sha256, the documentation’s own',
    signTop({ ...SELLER, sign_method: 'hmac-sha256' }, 'helloworld', 'hmac-sha256'),
    '04DB15AD0774D5CFCE2C837DE43E3FCEA9011ED74F3038FB6AB5F3C4CEA119E8',
  ],
  ['taobao md5, orders', signSandwich({ ...TOP_ORDERS, sign_method: 'md5' }, 'helloworld'), '408FEB3CBF34B6F111993FCA3DA34361'],
  [
    'taobao hmac, orders',
    signTop({ ...TOP_ORDERS, sign_method: 'hmac' }, 'helloworld', 'hmac'),
    '2EDD18268BC7333A635391866C0AEA89',
  ],
  [
    'taobao hmac-sha256, orders',
    signTop({ ...TOP_ORDERS, sign_method: 'hmac-sha256' }, 'helloworld', 'hmac-sha256'),
    'ACCA7157DA8C332D201859216D810C08F93DF3923F6864B4F746B676350BFA95',
  ],
  ['taobao md5, Chinese', signSandwich({ ...TOP_SEARCH, sign_method: 'md5' }, 'helloworld'), '2E1F0966B0742519D0085CB6F69003EF'],
  ['jd, orders', signSandwich(JD_ORDERS, 'demo_secret'), '275DA1289C920CF67B4B99886EEE04FE'],
  ['pdd, orders', signSandwich(PDD_ORDERS, 'demo_secret'), 'D02A03AC1D41FDE0055282416C7B5D22'],
  ['pdd, search', signSandwich(PDD_SEARCH, 'demo_secret'), '6EBCFCF7F5EA23488067BAE87D975901'],
  ['vip, orders', signVip(VIP, VIP_BODY, 'demo_secret'), '7F54110FF98B3764EB8B01761F31CE93'],
  [
    'vip with a token',
    signVip({ ...VIP, method: 'orderListWithOauth', accessToken: 'demo_token' }, VIP_BODY, 'demo_secret'),
    'F3BA04E6FA7EC8D6C01561825F22D681',
  ],
  ['kuaishou md5', signKuaishou({ ...KUAISHOU, signMethod: 'MD5' }, 'demo_sign_secret'), 'cd6bd61e539c653a5d0c60e75a5e3700'],
  [
    'kuaishou HMAC_SHA256',
    signKuaishou({ ...KUAISHOU, signMethod: 'HMAC_SHA256' }, 'demo_sign_secret'),
    'mbcCJDasWWsuBYs8t7UWsHiP/a4LIr/qXHYt4iiO3/w=',
  ],
  ['douyin md5, the guide’s text', signDouyin(DOUYIN_GUIDE, DOUYIN_SECRET, 'md5'), '0a1288b4f742252692e6d5e006035e82'],
  [
    'douyin hmac-sha256, the guide’s text',
    signDouyin(DOUYIN_GUIDE, DOUYIN_SECRET, 'hmac-sha256'),
    'a84fc5747114e63196565192a19f80d9d78819b8c8f5940eeb282bf78260901d',
  ],
  ['douyin md5, orders', signDouyin(DOUYIN_ORDERS, 'demo_secret', 'md5'), 'dddf11c7a3741964a841b6c4d036bd68'],
  [
    'douyin hmac-sha256, orders',
    signDouyin(DOUYIN_ORDERS, 'demo_secret', 'hmac-sha256'),
    'cf5ebe22bdc12a1cfe23fe6477549604423b19e55d4843687619b215ff2f72f6',
  ],
  ['suning, orders', signSuning(SUNING_ORDERS, 'demo_secret'), '46748368ca77cdb0d298bf104a90f187'],
  ['dataoke, current', signDataoke(DATAOKE, 'demo_secret'), '247E5EE04ACE16487A1290EB29A1F334'],
  ['dataoke, old', signDataokeOld(DATAOKE_OLD, 'demo_secret'), 'B6D1ABF1C009B07C9C89C8E6CE03E7A7'],
]

describe('a signature', () => {
  it.each(VECTORS)('%s', (_, signed, worked) => {
    expect(signed).toBe(worked)
  })

  it('does not depend on the order in which parameters are given, nor on an old signature or empty ones', () => {
    const turned = Object.fromEntries(Object.entries(JD_ORDERS).reverse())
    expect(signSandwich({ ...turned, sign: 'OLD', access_token: '' }, 'demo_secret')).toBe(signSandwich(JD_ORDERS, 'demo_secret'))
  })
})

describe('what is sent beside it', () => {
  it('a form is encoded, and leaves out what is not signed', () => {
    expect(formOf({ q: '纸巾 a&b+c', access_token: '', sign: 'A/B=' })).toBe('q=%E7%BA%B8%E5%B7%BE+a%26b%2Bc&sign=A%2FB%3D')
  })

  it.each<[string, unknown, string]>([
    ['names in order at every level', { b: [{ d: 1, c: '2' }], a: null }, '{"a":null,"b":[{"c":"2","d":1}]}'],
    ['signs as Go writes them', { q: 'a&b<c>' }, '{"q":"a\\u0026b\\u003cc\\u003e"}'],
  ])('JSON for Douyin: %s', (_, value, text) => {
    expect(canonicalJson(value)).toBe(text)
  })

  it('the time of a call, in Beijing and in seconds', () => {
    expect(beijingTime(1751342400999)).toBe('2025-07-01 12:00:00')
    expect(unixTime(1751342400999)).toBe('1751342400')
  })
})
