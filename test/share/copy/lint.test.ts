import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadAdRules } from '../../../src/share/copy/adwords.ts'
import { isDisclosed, lint, lintDisclosure, lintText, restrictedGoods, softenTitle } from '../../../src/share/copy/lint.ts'
import { folderWith } from '../../cli/shoptool.ts'
import { HOME } from '../studio.ts'

const rules = loadAdRules(HOME)
const levels = (text: string) => lintText(text, rules).map(({ level }) => level)
const words = (list: string) => list.trim().split(/\s+/)

describe('words of advertisements', () => {
  const STOP = words(`
    全网最低 全网最低价 史上最低价 历史最低 全年最低价 最便宜 最好的面膜 最好用的锅 最佳 最优惠 最低价 最高级 最先进 最受欢迎的款式 最畅销 最具性价比 国家级 世界级
    顶级 顶级面料 顶尖 极致 极品 绝佳 巅峰 第一 第一名 第一品牌 全国第一 全网第一 世界第一 销量第一 排名第一 行业第一 天下第一 NO.1 No1 TOP1 top.1 唯一 独一无二
    举世无双 无与伦比 空前绝后 史无前例 首屈一指 遥遥领先 世界领先 国际一流 行业领袖 领导品牌 填补国内空白 百分百 百分之百 100%有效 绝对安全 永不褪色 颜值天花板 冠军品牌
    销冠 无敌 之最 国家免检 国家领导人推荐 人民大会堂特供 驰名商标 治疗 根治 药到病除 疗效 消炎 抗癌 降血糖 降血压 活血化瘀 止痛 壮阳 补肾 治失眠 改善便秘 预防感冒
    鼻炎克星 减肥茶 减肥咖啡 躺着就能瘦 喝着就瘦 无副作用 药妆 处方级 抗衰老 延缓衰老 治愈率 无需吃药 媲美母乳 替代母乳 保本 稳赚不赔 稳赚 零风险 0风险 无风险 高收益
    躺赚 月入过万 年化收益 包过 保录取 一夜暴富 不转不是中国人 转发免单 转发朋友圈领红包 分享到朋友圈，领优惠券 集赞 集38个赞送礼品 砍一刀 帮我砍 邀请3个好友免费领 好评返现
    五星好评返红包 关注公众号领红包 转疯了 高仿 A货 超A品质 算命 开光 改运 博彩 一夜情 男尊女卑 7天瘦10斤 1周见效 一周美白 瘦了20斤 暴瘦 日入500元 在家日入1000 全国首个 无可替代 1:1复刻 1：1复刻
    人民大会堂专用 消除炎症 喝了能降糖 历史最低价 转发这条朋友圈领券 百分百正品 转发得红包 邀请3个人进群送
  `)
  it('stop', () => expect(STOP.filter((text) => !levels(text).includes('stop'))).toEqual([]))

  const DRESSED = words(`
    全網最低 全*网*最*低 全/网/最/低 全😀网😀最😀低 全，网，最，低 蕞低价 醉低价 全网醉低 嘴低价 zui低 ZUI便宜 苐一 第①名 第1 第１ 第壹 第Ⅰ 第㈠ 唯① 唯壹 惟一 頂級 頂*級
    絕對安全 國家級 ＮＯ．１ ＴＯＰ１ 𝐍𝐎.𝟏 T.O.P.1 減肥茶 治_療 根.治 藥到病除 穩賺不賠 轉發免單 保'本 销\u200b量\u200b第\u200b一 第1️⃣ dì一 zuì低 全网最D价 第❶
  `)
  const SPACED = [
    '全 网 最 低',
    'N O . 1',
    '第 一 品 牌',
    '全\n网\n最\n低',
    '治 疗',
    '全\u2060网\u00ad最\ufeff低',
    '最❤️好',
    '全\u3164网最低',
  ]
  it('stop however they are dressed', () =>
    expect([...DRESSED, ...SPACED].filter((text) => !levels(text).includes('stop'))).toEqual([]))

  const WARN = words(`
    亲测 亲测有效 自用 自用款 无限回购 回购了三次 用了两年 仅此一天 最后一波 最后一天 最后3件 仅剩20件 即将涨价 手慢无 秒光 错过再等一年 清仓 跳楼价 史低 100% 完美 首选
    独家 最新 万能 减肥 瘦身 养生 湿疹 医用 大牌平替 吊打大牌 加微信 加V 加vx 加薇信 點擊關注 扫码加群 私信我 招财 辟邪 央视上榜品牌 升值空间 保值增值 央视推荐 CCTV推荐 院士推荐 颜值之王 面霜天花板 比京东便宜 比天猫便宜20元
    过了今天没有了 历史低价 全网低价 食疗 改善睡眠 缓解颈椎疼痛 ＋V ➕v +vx
  `)
  it('warn', () => expect(WARN.filter((text) => levels(text).join() !== 'warn')).toEqual([]))

  const PASS = words(`
    第一次 世界第一次 我在全国第一次见到 第一时间 第一步 第一天 第一个 第一眼 第一口 第一批 第一层 第一百 第一千零一夜 第1页 第10名 第11代 第一人称 第一反应 第一手 顾客第一 安全第一 质量第一
    周一 最近 最后 最终 最初 最多200字 最少两件 最晚发货时间 最晚明天发货 最好建议手洗 最好先试穿 最好不要暴晒 最好在饭后 最大承重200kg 最大容量 最大尺寸 最高可减50
    最高立减50元 最高温度 最低温度 最低起订量 最新款 最新活动 最佳食用期 最佳赏味期 最佳饮用温度 最爱 最喜欢 最快明天发货 我觉得最好看 本店最大尺码 自家最轻 不是最好
    TOP10 NO.10 piano1 唯一码 唯一编号 唯一的缺点是小 首选项 首选语言 顶级域名 绝对值 万能胶 万能充电器 永久自行车 100%棉 100%桑蚕丝 100%果汁 完美适配
    国家标准 国家补贴 不能代替药物 治愈系 治愈系画风 近视眼镜 养生壶 除湿机 医用口罩 环保本色 七天质保本店发货 零风险退换 打包过程 微信支付 加微辣 风水轮流转 招财猫 转运中心
    分享给大家 分享好物 分享一款好用的伞 盛开光彩 全网都在用 低价 好用 便宜 优惠 高级感 高档 实惠 加厚 新款 热卖 爆款 特价 包邮 满100减20 券后19.9元 买一送一 月销3000+
    脚气垫 内增高鞋 家中风格 三高领 实用性功能 无双面胶 首单立减 好评如潮，送运费险 请关注发货时间 柔软亲肤 通勤百搭 保温杯 500ml 2包 规格 复刻版唱片 限时优惠 数量有限
    国家级非遗 国家级非物质文化遗产 最大码 最大尺码到4XL 最小号 最大的那个 最薄处3毫米 最大的特点是轻 最热的天 最好的朋友 最好当面验货 棉100% 百分百羊毛 100%新疆长绒棉
    100%山羊绒 100%美利奴羊毛 100%原切牛肉 特级龙井 最后一件衣服的洗法 天花板灯 治愈系摆件 极品飞车 必须转动 老黄片 黄片糖 环保过滤棉 不必过于担心 新生肌肤 焕发新生肌
    考研政治好书 神奇效果 光疗效果 防病毒 用户需求转化 高速转动 极速转印 更显灵动 不支持更改运费 支援交流 推荐新款，送礼有面子 推荐新手，值得买 分享这条裤子，值得买
    分享送妈妈的礼物 分享抽纸好价 高仿真花 翡翠A货手镯 喝瘦肉汤 三天瘦肉粥菜单 天花板高度
  `)
  it('pass', () => expect(PASS.filter((text) => levels(text).length > 0)).toEqual([]))

  it('a finding says where, what it was read as, why, and what to write', () => {
    expect(lintText('👍今天全 網🔥蕞 低，第一次', rules)).toEqual([
      {
        ...{ from: 4, to: 12, found: '全 網🔥蕞 低', word: '全网最低', category: '极限词', level: 'stop' },
        reason: '绝对化用语（广告法第九条第三项）',
        instead: '写券后价和原价，不和别家比',
      },
    ])
  })

  it('the longest word is told once, others beside it', () => {
    expect(lintText('全网最低价，亲测治疗失眠', rules).map(({ found }) => found)).toEqual(['全网最低价', '亲测', '治疗', '失眠'])
  })

  it('does not look into addresses, text codes and names', () => {
    expect(lintText('https://u.jd.com/top1 ￥NO1abcdefgh￥', rules)).toEqual([])
    expect(lintText('天下第一旗舰店的伞', rules, ['天下第一旗舰店', null])).toEqual([])
    expect(levels('天下第一旗舰店的伞')).toEqual(['stop'])
  })

  it('a comma or a full stop ends a word, unless something stands between all of its characters', () => {
    expect(lintText('价格稳，赚不赚随缘。这是最后的。高级', rules)).toEqual([])
  })

  const separator = fc.stringMatching(/^[ *·._\-~|/\u200b😀🔥]{1,3}$/u)
  const stops = fc.constantFrom(...STOP.filter((word) => /^\p{sc=Han}{2,}$/u.test(word)))
  it('whatever is put between the characters, it is found', () => {
    fc.assert(
      fc.property(stops, fc.array(separator, { minLength: 10, maxLength: 10 }), fc.boolean(), (word, between, all) => {
        const dressed = [...word].map((one, i) => one + (i < [...word].length - 1 && (all || i % 2 === 0) ? between[i % 10] : ''))
        const text = `看看。${dressed.join('')}。好`
        expect(lintText(text, rules).filter(({ level }) => level === 'stop')).not.toEqual([])
      }),
    )
  })

  it('whatever the text, findings stand in it and read as they say', () => {
    const pieces = fc.constantFrom(...STOP, ...PASS, ...WARN, '，', '。', '\n', ' ', '最', '第', '全网', '转发', '不', '10', 'no')
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(pieces).map((all) => all.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (text) => {
          for (const { from, to, found, word } of lintText(text, rules)) {
            expect(text.slice(from, to)).toBe(found)
            expect(found).not.toBe('')
            expect(lintText(`。${word}。`, rules)).not.toEqual([])
          }
        },
      ),
    )
  })

  it('allowed phrases stay allowed beside each other', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PASS), { maxLength: 8 }), (phrases) => {
        expect(lintText(phrases.join('。'), rules)).toEqual([])
      }),
    )
  })

  it('long texts cost what their length costs, whatever is in them', () => {
    for (const piece of ['最', '集', '转发到朋友圈', '最 ', 'no1', '好的第一次，']) {
      const time = (length: number) => {
        const text = piece.repeat(length / piece.length)
        const started = process.cpuUsage().user
        lintText(text, rules)
        return process.cpuUsage().user - started
      }
      time(2000)
      // 20 × as long; 400 × the time were the square
      expect(time(100_000), piece).toBeLessThan(100 * Math.max(time(5000), 3000))
    }
  })
})

describe('the mark', () => {
  it.each([
    '【广告】伞',
    '#广告# 伞',
    '广告 伞',
    '［广告］伞',
    '广告｜伞',
    '伞 #广告',
    '伞\n（推广）',
    '推广：伞',
    '广告',
    '伞。【推广】\n',
  ])('%j has it', (text) => {
    expect(lintDisclosure(text)).toEqual([])
  })
  it.each(['伞', '', '广告公司招人', '看了广告才买的伞', '伞的广告很多', '今天的广告伞'])('%j lacks it', (text) => {
    expect(lintDisclosure(text)).toEqual([expect.objectContaining({ from: 0, to: 0, level: 'stop', category: '广告标识' })])
    expect(isDisclosed(text)).toBe(false)
  })
  it('is one check of several', () => {
    const found = lint('顶级伞', [(text) => lintText(text, rules), lintDisclosure])
    expect(found.map(({ word }) => word)).toEqual(['顶级', '广告'])
  })
})

describe('titles', () => {
  it.each([
    ['全网最低价雨伞', '雨伞'],
    ['【全网最低】雨伞', '雨伞'],
    ['最舒服的拖鞋', '舒服的拖鞋'],
    ['顶级的面料 T恤', '面料 T恤'],
    ['雨伞，第一品牌！晴雨两用', '雨伞，晴雨两用'],
    ['蕞好看的伞', '好看的伞'],
    ['第一次用的伞', '第一次用的伞'],
    ['亲测好用的伞', '亲测好用的伞'],
    ['高速转动高仿真花束', '高速转动高仿真花束'],
  ])('%s is shown as %s', (title, shown) => expect(softenTitle(title, rules)).toMatchObject({ title: shown, refused: [] }))

  it('medical and other claims are not left out but refused', () => {
    const { title, dropped, refused } = softenTitle('顶级药妆 根治湿疹', rules)
    expect([dropped, refused].map((all) => all.map(({ found }) => found))).toEqual([['顶级'], ['药妆', '根治', '治湿疹']])
    expect(title).toBe('药妆 根治湿疹')
  })
})

describe('restricted goods', () => {
  const kinds = (title: string, category: string | null = null) => restrictedGoods(title, category, rules).map(({ id }) => id)
  it.each([
    ['悦刻电子烟一次性', 'tobacco'],
    ['香 烟 整条', 'tobacco'],
    ['阿莫西林胶囊', 'prescription'],
    ['布洛芬缓释胶囊 24粒', 'medicine'],
    ['褪黑素软糖 蓝帽子', 'health-food'],
    ['某某婴儿配方奶粉1段800g', 'infant-formula'],
    ['欧姆龙电子血压计', 'medical-device'],
    ['户外甩棍', 'weapon'],
    ['刮刮乐整本', 'lottery'],
    ['中国体彩刮刮乐', 'lottery'],
  ])('%s is %s', (title, kind) => expect(kinds(title)).toContain(kind))
  it('by their category too', () => expect(kinds('某某胶囊', '保健食品')).toEqual(['health-food']))
  it.each([
    '香烟盒收纳',
    '戒烟糖',
    '药品收纳盒',
    '胰岛素冷藏盒',
    '象牙白连衣裙',
    '打气枪',
    '防偷拍窗帘',
    '奶粉分装盒',
    '4段奶粉',
    '水弩玩具',
    '晴雨伞',
    '宠物用钙片',
    '立体彩色贴纸',
    '全身人体彩绘颜料',
    '幸福彩虹糖',
    '电子烟花灯',
    '油烟机烟油清洗剂',
    '儿童刮画纸刮刮乐',
    '膏药贴布空白',
  ])('%s is none', (title) => expect(kinds(title)).toEqual([]))
})

describe('rules/adwords.yaml of the workspace', () => {
  const own = (yaml: string) => loadAdRules(HOME, folderWith({ 'rules/adwords.yaml': yaml }))
  it('adds words, allows phrases and sets levels', () => {
    const mine = own(
      'words: [某竞品, { words: [清仓], level: stop, instead: 换季折扣 }]\nallow: [第一夫人号]\ngoods: { health-food: allow, adult: stop }\n',
    )
    expect(lintText('某 競品清仓，第一夫人号', mine)).toMatchObject([
      { found: '某 競品', category: '自定词', level: 'stop' },
      { found: '清仓', level: 'stop', instead: '换季折扣' },
    ])
    expect(restrictedGoods('保健食品', null, mine)).toEqual([])
    expect(restrictedGoods('成人用品', null, mine)).toMatchObject([{ level: 'stop' }])
  })
  it.each([
    ['words: [(最]', 'rules/adwords.yaml:1: words.0: "(最" holds a ( without )'],
    ['words: [最)]', '"最)" holds a ) without ('],
    ['words: [最<x>]', '"最<x>" holds <x>, which is no set; expected one of good,'],
    ['words: [最…]', '"最…" must begin and end with a word'],
    ['words: ["***"]', '"***" holds ***, which is not looked at'],
    ['words: [一…二…三]', 'holds … twice'],
    ['words: [618]', 'rules/adwords.yaml:1: words.0: expected keys and values'],
    ['words: [{ words: [a], levle: warn }]', 'unknown key; did you mean level?'],
    ['allow: [[第一]]', 'rules/adwords.yaml:1: allow.0: expected a text'],
    ['goods: { tabacco: allow }', 'no such goods, expected one of tobacco,'],
    ['goods: { tobacco: no }', 'rules/adwords.yaml:1: goods.tobacco'],
    ['\nword: []', 'rules/adwords.yaml:2: word: unknown key; did you mean words?'],
  ])('%s is refused', (yaml, message) => expect(() => own(yaml)).toThrow(message))
})
