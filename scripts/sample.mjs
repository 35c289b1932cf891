// Writes templates/workspace, the sample that `init --sample` and `demo` copy, and templates/sample-truth.json, what a settlement of
// it must find. All shops, goods, numbers and links are invented. No clock, no network, no Math.random: run again, the bytes are the same.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createCanvas, Path2D } from 'canvas'

const ROOT = new URL('..', import.meta.url).pathname
const WORKSPACE = join(ROOT, 'templates/workspace')
const TRUTH = join(ROOT, 'templates/sample-truth.json')

/** Rows of a table written with `|` between its cells. */
const table = (text) =>
  text
    .trim()
    .split('\n')
    .map((row) => row.split('|').map((cell) => cell.trim()))

// ---------------------------------------------------------------------------------------------------------------------
// Goods. `look` is the drawing, its colours and the scene (SCENES).

const SCENES = {
  cream: ['#f4e9dc', '#e3c9a8'],
  blush: ['#f6e1dc', '#eab8ad'],
  sky: ['#dfeaf0', '#a9c8d8'],
  mint: ['#e2eee6', '#abd0bb'],
  lilac: ['#ebe3f1', '#c8b3dc'],
  lemon: ['#f8f0d6', '#efd588'],
  sand: ['#efe6dc', '#cdb59b'],
  slate: ['#e3e6ec', '#aab4c6'],
  peach: ['#fae6d6', '#f5bd93'],
  sage: ['#e8ecdf', '#b9c7a0'],
}

// title | shop | price | coupon | rate % | sold | marketing plan | drawing | colours | scene
const TAOBAO_GOODS = table(`
晴芽十骨加固晴雨两用伞黑胶防晒遮阳伞女自动折叠便携太阳伞|晴芽旗舰店|39.9|10|20|8642|是|umbrella|#e57f63 #f6e7d8|sky
晴芽长柄雨伞女日系文艺复古木柄直杆伞抗风大号双人男学生|晴芽旗舰店|49|5|15.5|1267|否|umbrella|#4f7d8c #c79a62|cream
糯团子屋陶瓷马克杯女生ins风高颜值喝水杯子带盖勺办公室咖啡杯|糯团子屋|29.9|5|30|5632|是|mug|#f6efe4 #e39b7f #6b4128|blush
星丘护眼台灯学习专用充电插电两用宿舍书桌阅读床头夹式LED灯|星丘灯饰旗舰店|89|30|18|3218|是|deskLamp|#5f8fa8 #d9b26a|mint
浅湾纯棉毛巾4条装洗脸家用吸水不掉毛男女加厚成人面巾全棉|浅湾家纺专营店|35.8|10|25|1.2万+|否|towels|#7fa8b8 #f0dcc3 #e2a38c|sand
绒栗中筒袜女秋冬加厚毛圈保暖堆堆袜ins潮日系长袜5双装|绒栗旗舰店|25.9|6|35|6871|是|socks|#d98672 #f2e4d2 #7c9a86|lemon
砚间A5网格本子加厚笔记本,简约ins大学生错题本考研记事本3本装|砚间文具店|16.8|3|40|9420|否|notebook|#6d8f7a #e9c46a #c96f56|cream
喵栖逗猫棒自嗨解闷神器羽毛替换头仿真老鼠耐咬小猫幼猫玩具套装|喵栖宠物用品|12.9|3|50|4305|否|catToy|#ef8f5a #fff1d9 #8aa5b8|lilac
羽电22.5W超级快充充电宝20000毫安大容量自带线数显移动电源|羽电数码旗舰店|129|30|8.5|2096|是|powerBank|#5a6f9a #ffd166|slate
炊里麦饭石不粘锅平底锅家用煎锅28cm牛排煎蛋烙饼锅燃气电磁炉通用|炊里厨具旗舰店|99|40|20|1534|是|pan|#6b7b76 #c58f5c|peach
眠野泰国进口天然乳胶枕一对装家用成人高低按摩枕芯透气|眠野家居旗舰店|159|60|22.5|887|是|pillow|#f4eee4 #9db4c4|sky
柚里丝绒雾面口红显白不掉色豆沙色奶茶色学生平价唇膏礼盒装|柚里美妆旗舰店|49.9|20|35|3960|是|lipstick|#c84b4f #2f2a3a #d9b26a|blush
行屿双肩包女大容量通勤15.6英寸电脑包轻便旅行背包男大学生书包|行屿箱包旗舰店|119|20|12|742|否|backpack|#54748c #e0b354 #b97d4b|sand
羽声头戴式无线蓝牙耳机主动降噪超长续航游戏音乐电脑手机通用|羽声数码旗舰店|199|50|10.5|618|是|headphones|#3f4a5f #e8d9c4|lilac
暖屿316不锈钢保温杯女大容量男便携水杯学生带茶隔弹盖杯子|暖屿旗舰店|59|15|16|2873|否|thermos|#7fa58f #f3ead9 #d6d9de|mint
柚里氨基酸洗面奶男女温和清洁控油补水泡沫洁面乳大瓶按压式|柚里美妆旗舰店|45.9|10|45|3347|是|pump|#9fbf9b #5f8f5a #f6f1e6|sage
棉朵重磅纯棉短袖T恤男女同款260g宽松圆领情侣打底衫"小太阳"印花|棉朵服饰|39|0|1.5|5210|否|tshirt|#f5f1ea #e9a23b|peach
绵屿踩屎感拖鞋女夏室内居家浴室防滑软底情侣一对厚底凉拖|绵屿家居专营店|22.9|3|28|8106|否|slippers|#e9967a #f8e3d6|cream
巢米衣物收纳箱家用大号加厚带盖塑料整理箱玩具储物盒3只装|巢米收纳旗舰店|46.9|12|20|2450|是|storage|#a9c2b3 #6f8f80 #efe2c9|slate
窑火日式陶瓷餐具碗碟套装家用釉下彩碗盘子组合乔迁送礼18件|窑火陶瓷旗舰店|128|38|15.5|396|是|plates|#f3ede2 #4f7ba0|sky
榕下香薰蜡烛无烟植物精油卧室持久留香伴手礼盒生日礼物|榕下香氛|32|5|38|1718|否|candle|#e8c7b4 #8a6a55|blush
砚间ST头按动中性笔0.5黑色速干刷题笔学生考试用品碳素水笔10支|砚间文具店|12.8|0|30|1.5万+|否|pens|#3f6f8f #e07a5f #81a88d|lemon
羽电手机支架桌面懒人可升降折叠平板托直播追剧床头支撑架|羽电数码旗舰店|13.9|4|33|6624|否|phoneStand|#e58f6b #8ea3b0|mint
行屿渔夫帽女春夏遮阳防晒帽大檐折叠户外登山帽子男日系百搭|行屿箱包旗舰店|29.9|10|26|1093|否|hat|#d9b98a #7a5a3f|sage
炊里电热水壶家用大容量304不锈钢自动断电保温一体烧水壶1.8L|炊里厨具旗舰店|79.9|20|13|1409|是|kettle|#4f8a83 #d9a35f|cream
炊里抗菌菜板家用防霉双面砧板切水果案板厨房粘板婴儿辅食板|炊里厨具旗舰店|39.9|15|24|2981|否|board|#d6a873 #3f3b45 #d9523f|sand
柚里玻色因紧致面霜女补水保湿滋润秋冬乳霜熬夜提亮50g|柚里美妆旗舰店|68|38|40|2255|是|cream|#f0d9d3 #7f9d74 #d9b26a|lilac
星丘落地灯客厅卧室氛围灯现代简约轻奢三脚架立式台灯智能调光|星丘灯饰旗舰店|399|100|11.5|127|是|floorLamp|#f1dfbd #7a5a45|slate
`)
/** Row of TAOBAO_GOODS whose coupon is over. */
const EXPIRED_COUPON = 24

// title | brand | category | shop | group price | single price | coupon | rate % | sold | drawing | colours | scene
const PDD_GOODS = table(`
软云原木抽纸整箱30包家用实惠装餐巾纸面巾纸擦手纸卫生纸批发|软云|家庭清洁/纸品|软云纸品官方旗舰店|6.90|9.90|0|10|10万+|tissue|#8fb9a8 #f1c9b8 #f3dfa9|mint
绒栗袜子男中筒秋冬纯棉防臭吸汗运动长袜商务黑白灰10双|绒栗|服饰内衣|绒栗服饰专卖店|12.90|15.90|2|20|8.6万+|socks|#6c7a8c #e8e6e1 #b8c0ca|slate
晴芽迷你胶囊伞五折超轻小巧防晒防紫外线遮阳晴雨伞两用女|晴芽|居家日用|晴芽雨具旗舰店|19.90|25.90|3|30|5.3万+|foldedUmbrella|#7a98b5 #e9a79b|sky
糯团子屋情侣对杯陶瓷水杯家用喝茶咖啡杯简约北欧早餐杯|糯团子屋|厨房/餐饮用具|糯团子屋家居店|15.90|19.90|3|25|2.4万+|mug|#8aa7b5 #f6efe4 #7a4b2a|sand
浅湾珊瑚绒浴巾毛巾套装家用比纯棉吸水速干不掉毛成人裹巾|浅湾|家纺|浅湾家纺旗舰店|22.90|29.90|5|22|6.1万+|towels|#d9a7b0 #f6ebe4 #a9bfa7|blush
喵栖猫碗双碗自动饮水防打翻高脚陶瓷狗碗食盆猫粮盆斜口|喵栖|宠物生活|喵栖宠物专营店|18.80|23.80|4|35|1.2万+|petBowl|#e8a15f #fff5e6 #a9713f|lemon
栗野每日坚果混合果仁30包礼盒装零食大礼包办公室小吃|栗野|零食/坚果/特产|栗野食品旗舰店|49.90|69.90|10|20|3.7万+|pouch|#5f8a6b #f0b95c #c08a52|sage
榕下赣南脐橙新鲜水果当季现摘手剥甜橙子整箱10斤装|榕下|水果生鲜|榕下果园店|32.80|39.80|3|12|9.5万+|crate|#f39a3c #5f9b52 #d2a873|peach
羽电手机壳液态硅胶防摔全包镜头保护套简约男女款情侣|羽电|手机配件|羽电数码配件店|9.90|12.90|1|50|4.8万+|phoneCase|#e58b78 #f3e2cf #6f8fa8|cream
羽电三合一数据线快充一拖三通用编织充电线车载加长1.2米|羽电|数码配件|羽电数码配件店|11.80|14.80|1|40|10万+|cable|#5b6f8f #e8b45a|slate
砚间活页本B5可拆卸大学生考研笔记本子简约线圈本网格方格|砚间|文具|砚间文具专卖店|13.90|16.90|2|30|1.9万+|notebook|#c98fa6 #8fb0a3 #e9c46a|lilac
绵屿棉拖鞋女秋冬季居家包跟情侣室内防滑厚底毛绒月子鞋|绵屿|居家日用|绵屿家居鞋店|19.90|24.90|4|26|7.2万+|slippers|#b59ac0 #f4e6ee|lilac
眠野决明子荞麦枕头一只装学生宿舍单人家用成人枕芯可水洗|眠野|家纺|眠野家纺专营店|26.90|35.90|6|30|3.3万+|pillow|#dfe6ea #c98f72|cream
柚里唇釉镜面水光玻璃唇学生党小众持久不沾杯6色套盒|柚里|美妆|柚里彩妆旗舰店|29.90|39.90|8|45|2.8万+|lipstick|#d9657a #f0c9cf #3a3340|blush
巢米桌面收纳盒抽屉式学生宿舍化妆品整理盒书桌杂物置物架|巢米|收纳整理|巢米家居旗舰店|16.90|21.90|2|25|5632|storage|#e6b7a3 #b06f5a #f4ead8|peach
暖屿儿童保温杯带吸管两用幼儿园小学生水壶防摔便携316不锈钢|暖屿|水具酒具|暖屿杯壶店|45.80|59.80|6|18|1.6万+|thermos|#e98a6d #f6d48f #d6d9de|lemon
羽声无线蓝牙耳机头戴式电竞游戏低延迟带麦重低音折叠学生网课|羽声|数码影音|羽声数码旗舰店|89.00|119.00|20|15|8765|headphones|#c9a28f #f4ece2|sand
拾叶多肉绿植盆栽虎皮兰室内桌面好养耐阴客厅水培植物|拾叶|鲜花绿植|拾叶园艺店|25.90|32.90|5|30|2.1万+|plant|#e9d3bd #5f9567|mint
`)

// title | category | shop | price | coupon | rate % | sold | drawing | colours | scene
const SHANHUO_GOODS = table(`
云岭土蜂蜜纯正野花蜜农家自产结晶蜜瓶装500g送木勺|蜂蜜|云岭养蜂合作社|58|8|15|1.2万+|jar|#e9a63a #8a5a34 #c98a2e|lemon
高山云雾绿茶新茶明前手工炒青浓香型罐装250g自己喝|茶叶|雾半山茶社|88|20|20|3280|tin|#4f7d5c #d9c79a #5f9567|sage
老枞红茶蜜香型散装罐装送礼袋口粮茶200g|茶叶|雾半山茶社|128|30|22.5|956|tin|#9c4a3c #e6c9a2 #a8553f|peach
深山干香菇500g无根剪脚肉厚冬菇煲汤食材农家特产|干货|松间山货铺|39.8|5|12|7641|pouch|#b58a5f #6b4a35 #a9754a|sand
新疆若羌灰枣特产红枣干免洗大枣煮粥泡水2斤装|干货|大漠枣园|29.9|0|10|2.3万+|pouch|#b5483c #f0d9b5 #a8322c|cream
纸皮核桃薄皮手剥新货原味坚果零食整箱5斤|坚果|松间山货铺|69|10|14.5|4418|pouch|#d9b98a #7a5a3f #b98a55|slate
烟台红富士苹果脆甜冰糖心新鲜水果产地直发整箱10斤|水果|海坡果园|45.9|6|8|1.8万+|crate|#d9483f #5f9b52 #c99a63|sage
蒲江丑橘不知火耙耙柑当季新鲜水果桔子带箱9斤|水果|溪畔果园|36.8|0|9|9870|crate|#f2a63b #4f8f4a #b98552|sky
农家自制草莓果酱低糖无添加烘焙早餐抹面包酸奶300g×2瓶|调味|小满厨房|32.8|4|25|2164|jar|#c9404a #f3e3d3 #7f9d74|blush
贵州油泼辣子辣椒酱香辣拌饭拌面酱手工现做280g|调味|小满厨房|19.9|2|30|6032|jar|#b5342a #3a332f #d98a3a|peach
小磨芝麻香油纯正石磨黑芝麻油凉拌调味家用500ml|粮油|石磨人家|46|6|16|1875|bottle|#8a5228 #d9b26a #9a6a34|lemon
手工竹编提篮土鸡蛋30枚农家散养新鲜草鸡蛋现捡现发|禽蛋|林下鸡舍|59.9|10|11|5307|basket|#c9985c #7f9d5a #e2b48c|mint
东北五常稻花香大米5kg新米真空装粳米香软可口|粮油|稻田人家|79|15|6.5|3912|pouch|#7f9f6a #f4ead0 #f3ead6|cream
整竹砧板实心加厚家用菜板防霉案板切菜板和面板|竹木|竹里工坊|68|12|18|1320|board|#caa25f #4a4038 #d9523f|sage
粗陶手作茶杯主人杯复古窑变功夫茶具品茗杯单杯|茶器|粗陶小院|42|0|28|688|mug|#6f6258 #b98a5f #8a5a2c|lilac
艾草大豆蜡香薰手工蜡烛卧室留香木盖礼盒|手作|野草集|36|6|32.5|1046|candle|#a9b98f #5f7f4f|mint
`)

// ---------------------------------------------------------------------------------------------------------------------
// The plan: every order, what the October and the November statement say of it, and the class that a settlement must find.
// Dates are of 2026. An order of several lines has several rows (5a, 5b). A class in an `october` or `november` cell makes the payout lines:
//   matched · tolerated -0.01 · missing (no line) · late · duplicate · early · early-due (paid the month before) · refunded-but-paid ·
//   clawback · short-paid / over-paid <cause>, where the cause is `rate R` (percent), `base -Y` (yuan), `fee N` (times taken), `rounding`, `unexplained Y`

// 淘宝联盟: settled in a month → paid on the 20th of the next, less 10 % of the commission.
// no | goods | quantity | ordered | received | settled | invalid | october | november | channel
const TAOBAO_ORDERS = table(`
1  |1 |1|09-01|09-05|09-12||matched||moments
2  |3 |2|09-01|09-06|09-13||matched||group-a
3  |4 |1|09-02|09-06|09-14||matched||moments
4  |5 |3|09-02|09-07|09-15||matched||weibo
5a |7 |2|09-03|09-08|09-16||matched||moments
5b |22|3|09-03|09-08|09-16||matched||moments
6  |14|1|09-03|09-08|09-17||short-paid rate 9||weibo
7  |10|1|09-04|09-09|09-18||short-paid fee 2||moments
8  |28|1|09-05|09-10|09-19||short-paid rounding||group-a
9  |11|1|09-05|09-10|09-20||missing|late|moments
10 |13|1|09-06|09-11|09-20|10-26|matched|clawback|weibo
11 |18|2|09-07|09-12|09-22||matched|duplicate|group-a
12 |15|1|09-08|09-13|09-23||matched+duplicate||moments
13 |12|1|09-09|09-14|09-24||over-paid fee 0||moments
14 |16|2|09-10|09-16|09-30 23:52:08||matched||group-a
15 |20|1|09-12|09-19|10-09||early|early-due|moments
16 |27|1|09-13|||09-18|refunded-but-paid||weibo
17 |21|1|09-14|||09-16|||group-a
18 |6 |2|09-16|09-22|10-01 00:06:31|||matched|moments
19 |19|1|09-19|09-26|10-04|||matched|moments
20 |25|1|09-21|09-28|10-06|||short-paid rate 11.5|group-a
21 |9 |1|09-24|10-02|10-11|||matched|weibo
22a|8 |2|09-27|10-03|10-13|||matched|moments
22b|6 |1|09-27|10-03|10-13|||missing|moments
23 |23|3|10-01|10-06|10-14|||matched|group-a
24 |26|2|10-02|10-07|10-16|||matched|moments
25 |2 |1|10-04|10-09|10-18|||missing|weibo
26 |12|2|10-06|10-11|10-20|||over-paid rate 38|moments
27 |17|2|10-08|10-14|10-23|||matched|group-a
28 |1 |3|10-10|10-15|10-25|||short-paid rounding|moments
29 |24|1|10-12|10-17|10-28|||matched|weibo
30 |3 |1|10-19|10-25|||||moments
31 |28|1|10-22|10-29|||||moments
32 |16|2|10-26||||||group-a
33 |14|1|10-29||||||weibo
34 |20|1|10-15|||10-19|||group-a
`)
/** Lines that belong to no order of the workspace. month | kind | title | amount in yuan | goods, where an order is named that nobody recorded */
const TAOBAO_EXTRAS = table(`
10|奖励|九月推广冲刺奖励|20.00|
10|税|代扣个人所得税|-3.20|
10|尾差|分账尾差调整|0.01|
10|佣金||6.84|21
11|奖励|双十一预热任务奖励|8.88|
11|技术服务费|渠道专项技术服务费|-1.50|
11|佣金||13.46|4
`)

// 多多进宝: review passed from the 16th of last month to the 15th of this → paid on the 20th, no fee. `code` is order_status.
// no | goods | quantity | paid | received | verified | code | october | november | channel
const PDD_ORDERS = table(`
1 |1 |3|09-01|09-04|09-16 00:00:12|5|matched||moments
2 |9 |1|09-02|09-05|09-20|5|matched||group-a
3 |7 |3|09-02|09-06|09-21|5|short-paid base -39.90||moments
4 |3 |2|09-04|09-08|09-24|5|matched||weibo
5 |7 |1|09-06|09-10|09-26|3|missing|late|moments
6 |13|1|09-08|09-12|09-28|5|over-paid rate 35||group-a
7 |10|2|09-10|09-13|09-30|5|matched+duplicate||moments
8 |6 |1|09-14|09-18||4|refunded-but-paid||weibo
9 |11|2|09-20|09-23|10-12|5|matched||moments
10|14|2|09-26|09-30|10-15 23:59:41|5|matched||group-a
11|2 |2|09-28|10-01|10-16 00:00:09|5||matched|moments
12|18|1|09-30|10-04|10-18|5|early|early-due|moments
13|7 |2|10-02|10-06|10-22|5||short-paid unexplained 13.47|weibo
14|9 |4|10-05|10-08|10-24|5||matched|group-a
15|17|1|10-09|10-13|10-30|3||missing|moments
16|3 |1|10-14|10-18|11-04|5||matched|moments
17|13|2|10-20|10-24|11-15 22:10:36|5||matched|group-a
18|6 |2|10-24|10-28|11-16 09:31:00|3|||weibo
19|1 |5|10-27|10-30||2|||moments
20|10|1|10-30|||1|||group-a
21|18|1|10-31|||0|||moments
22|11|1|10-11|10-14||4|||weibo
`)
const PDD_EXTRAS = table(`
10|奖励|新推手任务奖励|15.00|
10|佣金||5.34|2
11|税|代扣个人所得税|-2.60|
`)

// 山货集市 (partners/shanhuo.yaml): paid 7 days after receipt, less 0.6 % of the paid amount, rounded up; a fen of difference is tolerated.
// no | goods | quantity | ordered | received | refunded | october | november | channel
const SHANHUO_ORDERS = table(`
1 |1 |1|09-20|09-24 08:12:40||matched||moments
2 |4 |2|09-22|09-26||matched||group-a
3 |2 |1|09-23|09-28||tolerated -0.01||moments
4a|9 |1|09-26|09-30||matched||weibo
4b|10|2|09-26|09-30||matched||weibo
5 |3 |1|09-28|10-03||short-paid rate 20||moments
6 |6 |1|10-01|10-06||missing||group-a
7 |7 |2|10-03|10-08||matched||moments
8 |12|1|10-08|10-13||matched||group-a
9 |15|1|10-13|10-18||tolerated 0.01||moments
10|11|1|10-18|10-24 19:40:05||matched||weibo
11|8 |2|10-20|10-25 07:55:30|||matched|moments
12|5 |3|10-21|10-26|||matched|group-a
13|14|1|10-22|10-28|||tolerated 0.01|moments
14|16|2|10-24|10-30|||over-paid fee 0|weibo
15|1 |2|10-25|10-31|||matched|moments
16|13|1|10-26||10-29||refunded-but-paid|group-a
17|2 |1|10-28||10-30|||weibo
18|10|1|10-30|11-05|||matched|moments
19|4 |1|10-31||||||group-a
`)
const SHANHUO_EXTRAS = table(`
10|代扣税|十月代扣税|-0.85|
11|奖励|丰收季推广奖励|6.60|
11|佣金||4.12|12
`)

const CHANNEL_NAMES = { moments: '朋友圈海报', 'group-a': '一号福利群', weibo: '微博' }

// ---------------------------------------------------------------------------------------------------------------------
// Small tools: numbers, texts, files

/** A sequence of numbers from 0 up to 1, the same for the same seed (linear congruential, Numerical Recipes). */
function random(seed) {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}
/** `39.9` yuan → 3990 fen; `-0.01` → -1. */
const fen = (yuan) => {
  const [, sign, whole, part = ''] = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(yuan)
  return Number(`${sign}${whole}${part.padEnd(2, '0')}`)
}
const yuan = (amount) =>
  `${amount < 0 ? '-' : ''}${(Math.abs(amount) - (Math.abs(amount) % 100)) / 100}.${String(Math.abs(amount) % 100).padStart(2, '0')}`
/** `22.5` percent → 225 per mille. */
const permille = (percent) => Number(/\./.test(percent) ? percent.replace('.', '') : `${percent}0`)
/** a × b ÷ by, of whole numbers not below zero; `up` rounds any rest up, else half up. */
const scaled = (a, b, by, up = false) => {
  const rest = (a * b) % by
  return (a * b - rest) / by + (up ? Number(rest > 0) : Number(rest * 2 >= by))
}
const sum = (numbers) => numbers.reduce((total, value) => total + value, 0)
const two = (number) => String(number).padStart(2, '0')
const unix = (time) => Date.parse(`${time.replace(' ', 'T')}+08:00`) / 1000
const addDays = (day, count) => new Date(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10)

function insist(holds, message) {
  if (!holds) throw new Error(`sample: ${message}`)
}

const csv = (rows, delimiter = ',') =>
  rows.map((row) => `${row.map((cell) => quoted(String(cell), delimiter)).join(delimiter)}\r\n`).join('')
const quoted = (cell, delimiter) => (/["\r\n]/.test(cell) || cell.includes(delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell)

/** Two-byte codes of GB18030, found by decoding all of them. */
const gbCodes = (() => {
  const codes = new Map()
  const decoder = new TextDecoder('gb18030')
  for (let lead = 0x81; lead <= 0xfe; lead++)
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      const text = trail === 0x7f ? '' : decoder.decode(Uint8Array.of(lead, trail))
      if (text.length === 1 && text !== '\ufffd') codes.set(text, [lead, trail])
    }
  return codes
})()
const ENCODERS = {
  'utf-8': (text) => Buffer.from(text),
  'utf-8 with BOM': (text) => Buffer.from(`\ufeff${text}`),
  'utf-16le': (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  gb18030: (text) =>
    Buffer.from(
      [...text].flatMap((char) => {
        const code = char < '\x80' ? [char.charCodeAt(0)] : gbCodes.get(char)
        insist(code, `${char} has no two-byte code in GB18030`)
        return code
      }),
    ),
}

/** Writes a file of the workspace and reads it back. */
function save(name, text, encoding = 'utf-8') {
  const bytes = typeof text === 'string' ? ENCODERS[encoding](text) : text
  const path = join(WORKSPACE, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
  if (typeof text === 'string') {
    const decoder = new TextDecoder(encoding.split(' ')[0], { fatal: true })
    insist(decoder.decode(readFileSync(path)) === text, `${name} does not decode to what was written`)
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Goods

const counters = {}
/** `foldedUmbrella` → `photos/folded-umbrella-1.jpg`, the next number each time. */
function photoName(drawing) {
  const name = drawing.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  counters[name] = (counters[name] ?? 0) + 1
  return `photos/${name}-${counters[name]}.jpg`
}
const look = (drawing, colours, scene) => ({
  drawing,
  colours: colours.split(' '),
  scene: SCENES[scene],
  photo: photoName(drawing),
})
/** What the buyer pays and what one piece earns, in fen, half up. */
const earning = (price, coupon, rate) => ({
  price: fen(price),
  coupon: fen(coupon),
  rate: permille(rate),
  final: fen(price) - fen(coupon),
  commission: scaled(fen(price) - fen(coupon), permille(rate), 1000),
})

const digits = random(20_261_101)
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789'
const letters = (count) => Array.from({ length: count }, () => LETTERS[Math.floor(digits() * LETTERS.length)]).join('')

// biome-ignore format: columns as in the table
const taobaoGoods = TAOBAO_GOODS.map(([title, shop, price, coupon, rate, sold, plan, drawing, colours, scene], i) => ({
  sku: `9900${10_000_117 + i * 1_237_019}`,
  code: String(i + 1).padStart(4, '0'),
  title, shop, sold, plan, rateText: rate, priceText: price,
  ...earning(price, coupon, rate),
  ...look(drawing, colours, scene),
}))

// biome-ignore format: columns as in the table
const pddGoods = PDD_GOODS.map(([title, brand, category, shop, price, single, coupon, rate, sold, drawing, colours, scene], i) => ({
  sku: `E9DEMO${two(i + 1)}_${letters(18)}`,
  id: 600_000_990_001 + i,
  title, brand, category, shop, sold, single: fen(single),
  ...earning(price, coupon, rate),
  ...look(drawing, colours, scene),
}))

// biome-ignore format: columns as in the table
const shanhuoGoods = SHANHUO_GOODS.map(([title, category, shop, price, coupon, rate, sold, drawing, colours, scene], i) => ({
  sku: `880000202611000${String(101 + i)}`,
  title, category, shop, sold, rateText: rate,
  ...earning(price, coupon, rate),
  ...look(drawing, colours, scene),
}))

/** Goods export, version B. */
const TAOBAO_HEADER =
  '商品id,商品名称,商品主图,商品详情页链接地址,店铺名称,商品价格(单位：元),商品月销量,收入比率(%),佣金,卖家旺旺,淘宝客短链接(300天内有效),淘宝客链接,淘口令(30天内有效),优惠券总量,优惠券剩余量,优惠券面额,优惠券开始时间,优惠券结束时间,优惠券链接,优惠券淘口令(30天内有效),优惠券短链接(300天内有效),是否为营销计划商品,成团人数,成团价,成团佣金,拼团开始时间,拼团结束时间'.split(
    ',',
  )

function saveTaobaoGoods() {
  const rows = taobaoGoods.map((goods, i) => {
    const until =
      i + 1 === EXPIRED_COUPON ? ['2026-10-01 00:00:00', '2026-10-31 23:59:59'] : ['2026-11-01 00:00:00', '2030-12-31 23:59:59']
    const total = 1000 * (1 + (i % 10))
    const coupon = goods.coupon
      ? [
          total,
          total - 13 * (i + 2),
          `${goods.coupon / 100}.0`,
          ...until,
          `https://uland.taobao.com/coupon/edetail?e=SHOPTOOLDEMO${goods.code}`,
          `￥DEMO${goods.code}cpn￥`,
          `https://s.click.taobao.com/SHOPTOOLC${goods.code}`,
        ]
      : ['', '', '', '', '', '', '', '']
    // biome-ignore format: columns as in the header
    return [
      goods.sku, goods.title, goods.photo, `https://item.taobao.com/item.htm?id=${goods.sku}`, goods.shop, goods.priceText, goods.sold, goods.rateText,
      yuan(goods.commission), goods.shop, `https://s.click.taobao.com/SHOPTOOL${goods.code}`, `https://s.click.taobao.com/t?e=SHOPTOOL-DEMO-${goods.code}`,
      `￥DEMO${goods.code}abc￥`, ...coupon, goods.plan, '', '', '', '', '',
    ]
  })
  insist(TAOBAO_HEADER.length === 27 && rows.every((row) => row.length === 27), 'version B of the goods export has 27 columns')
  save('feeds/taobao-202611.csv', csv([TAOBAO_HEADER, ...rows]), 'gb18030')
}

/** pdd.ddk.goods.search: fen, per mille, Unix seconds; no link. */
function savePddGoods() {
  const list = pddGoods.map((goods, i) => ({
    goods_sign: goods.sku,
    goods_name: goods.title,
    brand_name: goods.brand,
    category_name: goods.category,
    cat_ids: [18_600 + i, 18_700 + i],
    min_group_price: goods.price,
    min_normal_price: goods.single,
    has_coupon: goods.coupon > 0,
    coupon_discount: goods.coupon,
    coupon_min_order_amount: goods.coupon && goods.coupon + 100,
    coupon_start_time: goods.coupon && unix('2026-11-01 00:00:00'),
    coupon_end_time: goods.coupon && unix('2030-12-31 23:59:59'),
    coupon_remain_quantity: goods.coupon && 9000 - i * 137,
    coupon_total_quantity: goods.coupon && 10_000,
    promotion_rate: goods.rate,
    sales_tip: goods.sold,
    mall_name: goods.shop,
    mall_id: 990_001 + i,
    merchant_type: goods.shop.includes('旗舰店') ? 3 : 6,
    goods_image_url: goods.photo,
    goods_thumbnail_url: goods.photo,
  }))
  saveJson('feeds/pdd-goods.json', {
    goods_search_response: {
      total_count: list.length,
      list_id: 'demo-list-1',
      search_id: 'demo-search-1',
      request_id: 'demo-request-1',
      goods_list: list,
    },
  })
}
const saveJson = (name, value) => save(name, `${JSON.stringify(value, null, 1)}\n`)

function saveShanhuoGoods() {
  const header = '货号,名称,类别,店家,价格,券额,券开始,券结束,佣金比例,佣金,月销量,主图,商品页,推广链接'.split(',')
  // biome-ignore format: columns as in the header
  const rows = shanhuoGoods.map((goods) => [
    goods.sku, goods.title, goods.category, goods.shop, yuan(goods.price), ...(goods.coupon ? [yuan(goods.coupon), '2026/11/01 00:00', '2030/12/31 23:59'] : ['', '', '']),
    `${goods.rateText}%`, yuan(goods.commission), goods.sold, goods.photo, `https://www.shanhuo.example/item/${goods.sku}`, `https://s.shanhuo.example/DEMO${goods.sku.slice(-4)}`,
  ])
  save('feeds/shanhuo.csv', csv([header, ...rows], ';'))
}

// ---------------------------------------------------------------------------------------------------------------------
// From the plan to orders, payout lines and the truth

const MONTHS = { october: '2026-10', november: '2026-11' }
const clock = random(20_260_901)
/** `09-05` → `2026-09-05 14:23:09`, at some time of day; with a time it stays. */
const instant = (text) =>
  text === ''
    ? null
    : text.includes(' ')
      ? `2026-${text}`
      : `2026-${text} ${two(8 + Math.floor(clock() * 14))}:${two(Math.floor(clock() * 60))}:${two(Math.floor(clock() * 60))}`
const later = (time, seconds) =>
  time && new Date((unix(time) + seconds + 8 * 3600) * 1000).toISOString().slice(0, 19).replace('T', ' ')

/** What differs between the three, for the plan: goods, fee (on fen paid and fen of commission), month in which an order is due. */
const PARTNERS = {
  taobao: {
    name: '淘宝联盟 Taobao',
    goods: taobaoGoods,
    fee: (_, commission) => scaled(commission, 10, 100),
    due: (order) => order.settled && nextMonth(order.settled.slice(0, 7)),
    covers: { '2026-10': ['2026-09-01', '2026-09-30'], '2026-11': ['2026-10-01', '2026-10-31'], by: 'settled' },
    tolerance: 0,
  },
  pdd: {
    name: '多多进宝 PDD',
    goods: pddGoods,
    fee: () => 0,
    due: (order) =>
      order.verified &&
      (order.verified.slice(8, 10) <= '15' ? order.verified.slice(0, 7) : nextMonth(order.verified.slice(0, 7))),
    covers: { '2026-10': ['2026-09-16', '2026-10-15'], '2026-11': ['2026-10-16', '2026-11-15'], by: 'verified' },
    tolerance: 0,
  },
  shanhuo: {
    name: '山货集市 Shanhuo',
    goods: shanhuoGoods,
    fee: (paid) => scaled(paid, 6, 1000, true),
    due: (order) => order.received && addDays(order.received.slice(0, 10), 7).slice(0, 7),
    covers: { '2026-10': ['2026-09-24', '2026-10-24'], '2026-11': ['2026-10-25', '2026-11-23'], by: 'received' },
    tolerance: 1,
  },
}
const nextMonth = (month) => addDays(`${month}-28`, 4).slice(0, 7)

/** An order line with its amounts; `dates` are the columns of the plan between quantity and october. */
function planned(partner, { no, goods, quantity, october, november, channel, ...dates }) {
  const product = PARTNERS[partner].goods[Number(goods) - 1]
  const paid = product.final * Number(quantity)
  const commission = scaled(paid, product.rate, 1000)
  const order = {
    partner,
    no: Number.parseInt(no, 10),
    part: no.replace(/\d+/, ''),
    product,
    quantity: Number(quantity),
    paid,
    commission,
    plan: { october, november },
    channel,
    ...dates,
  }
  const net = (base, rate, fees = 1) => {
    const gross = scaled(base, rate, 1000)
    return gross - fees * PARTNERS[partner].fee(base, gross)
  }
  return Object.assign(order, {
    net,
    expected: net(paid, product.rate),
    alive: !dates.invalid && !dates.refunded && dates.code !== 4,
    due: PARTNERS[partner].due(order),
  })
}

const taobaoOrders = TAOBAO_ORDERS.map(([no, goods, quantity, ordered, received, settled, invalid, october, november, channel]) =>
  planned('taobao', {
    no,
    goods,
    quantity,
    october,
    november,
    channel,
    ordered: instant(ordered),
    received: instant(received),
    settled: instant(settled),
    invalid: instant(invalid),
  }),
)
const pddOrders = PDD_ORDERS.map(([no, goods, quantity, paidAt, received, verified, code, october, november, channel]) =>
  planned('pdd', {
    no,
    goods,
    quantity,
    october,
    november,
    channel,
    ordered: instant(paidAt),
    received: instant(received),
    verified: instant(verified),
    code: Number(code),
  }),
)
const shanhuoOrders = SHANHUO_ORDERS.map(([no, goods, quantity, ordered, received, refunded, october, november, channel]) =>
  planned('shanhuo', {
    no,
    goods,
    quantity,
    october,
    november,
    channel,
    ordered: instant(ordered),
    received: instant(received),
    refunded: instant(refunded),
  }),
)
const ORDERS = { taobao: taobaoOrders, pdd: pddOrders, shanhuo: shanhuoOrders }
const EXTRAS = { taobao: TAOBAO_EXTRAS, pdd: PDD_EXTRAS, shanhuo: SHANHUO_EXTRAS }

const partNumber = (order) => (order.part ? order.part.charCodeAt(0) - 96 : 0)
const ID = {
  taobao: (order) => {
    const orderId = `9${order.ordered.slice(2, 10).replaceAll('-', '')}88${String(order.no * 37).padStart(5, '0')}00000`
    return { orderId, lineId: orderId.slice(0, -1) + partNumber(order) }
  },
  pdd: (order) => ({
    orderId: `${order.ordered.slice(2, 10).replaceAll('-', '')}-${String(990_000_000_000_000 + order.no * 7919)}`,
    lineId: null,
  }),
  shanhuo: (order) => ({
    orderId: `SH${order.ordered.slice(0, 10).replaceAll('-', '')}${String(order.no).padStart(4, '0')}`,
    lineId: String(partNumber(order) || 1),
  }),
}
for (const orders of Object.values(ORDERS)) for (const order of orders) Object.assign(order, ID[order.partner](order))

/** `short-paid rate 9` → class, cause and the amounts of the payout lines of one order. */
function payment(order, text) {
  const [words, extra] = text.split('+')
  const [name, how, value] = words.split(' ')
  const { net, paid, product, commission, expected } = order
  const amounts = {
    rate: () => net(paid, permille(value)),
    base: () => net(paid + fen(value), product.rate),
    fee: () => commission - Number(value) * PARTNERS[order.partner].fee(paid, commission),
    rounding: () => expected - 1,
    unexplained: () => fen(value),
  }
  const amount = how === undefined ? expected : name === 'tolerated' ? expected + fen(how) : amounts[how]()
  const owed = { late: 0, duplicate: 0, early: 0, 'refunded-but-paid': 0, clawback: -expected }[name] ?? expected
  const got = { missing: 0, 'early-due': 0, clawback: -expected }[name] ?? amount
  const entry = {
    class: name === 'early-due' ? 'early' : name,
    expected: owed,
    paid: got,
    ...(/^(short|over)-paid$/.test(name) ? { cause: how } : {}),
    lines: name === 'missing' || name === 'early-due' ? 0 : 1,
  }
  return extra ? [entry, { class: extra, expected: 0, paid: amount, lines: 1 }] : [entry]
}

/** The statement of a partner for a month, in the order in which it is written, and the entries of the truth. */
function settle(partner, key) {
  const month = MONTHS[key]
  const entries = []
  const lines = []
  for (const order of ORDERS[partner])
    for (const { lines: count, ...entry } of order.plan[key] ? payment(order, order.plan[key]) : []) {
      const { orderId, lineId, product } = order
      entries.push({
        month,
        partner,
        ...entry,
        difference: entry.paid - entry.expected,
        orderId,
        lineId,
        sku: product.sku,
        order,
      })
      if (count)
        lines.push({
          orderId,
          lineId,
          product,
          title: product.title,
          kind: entry.paid < 0 ? 'clawback' : 'commission',
          amount: entry.paid,
          order,
        })
    }
  EXTRAS[partner]
    .filter(([number]) => month.endsWith(number))
    .forEach(([, kind, title, amount, goods], i) => {
      const stranger = goods && { no: 900 + i, part: '', ordered: `${addDays(`${month}-01`, -20)} 12:00:00` }
      const ids = stranger ? ID[partner](stranger) : { orderId: '', lineId: '' }
      const product = goods ? PARTNERS[partner].goods[Number(goods) - 1] : undefined
      const paid = fen(amount)
      entries.push({
        month,
        partner,
        class: goods ? 'unknown-order' : 'non-order',
        expected: 0,
        paid,
        difference: paid,
        orderId: ids.orderId || null,
        lineId: ids.lineId || null,
        sku: product?.sku ?? null,
      })
      lines.push({ ...ids, product, title: product?.title ?? title, kind, amount: paid })
    })
  return { month, entries, lines }
}

/** Orders that a settlement of `month` lists without owing or paying anything: all that have no entry in it (a duplicate is of its line alone), by why. */
function notDue(partner, month, entries) {
  const done = new Set(
    entries.filter((entry) => entry.month === month && entry.class !== 'duplicate').map((entry) => entry.order),
  )
  const rest = ORDERS[partner].filter((order) => !done.has(order))
  return {
    past: rest.filter((order) => order.alive && order.due && order.due < month),
    later: rest.filter((order) => order.alive && order.due && order.due > month),
    unripe: rest.filter((order) => order.alive && !order.due),
    dead: rest.filter((order) => !order.alive),
  }
}

/** Every simple reason for which `amount` could have been paid for the order instead of what was expected. */
function reasons({ net, paid, product, quantity, commission, expected, partner }, amount) {
  if (Math.abs(amount - expected) === 1) return ['rounding']
  const found = new Set()
  for (let rate = 1; rate <= 600; rate++) if (net(paid, rate) === amount) found.add('rate')
  for (let base = paid - 100; base > 0; base -= 100) if (net(base, product.rate) === amount) found.add('base')
  for (let pieces = 1; pieces < quantity; pieces++) if (net(product.final * pieces, product.rate) === amount) found.add('base')
  const fee = PARTNERS[partner].fee(paid, commission)
  for (const times of [0, 2]) if (fee > 0 && commission - times * fee === amount) found.add('fee')
  return found.size ? [...found] : ['unexplained']
}

/** The plan contradicts neither the calendars nor itself. */
function checkPlan(entries) {
  for (const order of Object.values(ORDERS).flat()) {
    const label = `${order.partner} ${order.no}${order.part}`
    for (const [key, month] of Object.entries(MONTHS)) {
      const name = (order.plan[key] ?? '').split(/[ +]/)[0]
      const pays = ['matched', 'tolerated', 'short-paid', 'over-paid', 'missing', 'early-due'].includes(name)
      const refundedSince = order.plan.november === 'clawback' && key === 'october'
      insist(
        pays === (order.due === month && (order.alive || refundedSince)),
        `${label}: ${name || 'nothing'} in ${month}, due ${order.due}`,
      )
      if (name === 'late' || name === 'duplicate') insist(order.due < month, `${label}: ${name} needs an earlier month`)
      if (name === 'early') insist(order.due > month, `${label}: early needs a later month`)
      if (name === 'refunded-but-paid') insist(!order.alive && !order.due, `${label}: refunded before it was due`)
    }
  }
  for (const entry of entries.filter(({ class: name }) => name.endsWith('-paid') && !name.startsWith('refunded'))) {
    insist(
      entry.class === 'short-paid' ? entry.difference < 0 : entry.difference > 0,
      `${entry.class} ${entry.orderId} differs by ${entry.difference}`,
    )
    if (entry.class === 'short-paid') {
      const found = reasons(entry.order, entry.paid)
      insist(
        found.length === 1 && found[0] === entry.cause,
        `${entry.orderId} is ${entry.cause} by plan, but could be ${found.join(' or ')}`,
      )
    }
  }
  for (const entry of entries) {
    if (entry.class === 'matched') insist(entry.difference === 0, `${entry.orderId} is not matched`)
    if (entry.class === 'tolerated')
      insist(
        entry.difference !== 0 && Math.abs(entry.difference) <= PARTNERS[entry.partner].tolerance,
        `${entry.orderId} is not tolerated`,
      )
  }
  const missing = CLASSES.filter((name) => name !== 'not-due' && !entries.some((entry) => entry.class === name))
  insist(missing.length === 0, `no ${missing.join(', ')}`)
}
const CLASSES =
  'matched tolerated short-paid over-paid missing unknown-order duplicate clawback refunded-but-paid late early non-order not-due'.split(
    ' ',
  )

// ---------------------------------------------------------------------------------------------------------------------
// Order files

const TAOBAO_ORDER_HEADER =
  '创建时间,付款时间,结算时间,商品标题,掌柜旺旺,店铺名称,商品ID,商品数量,商品单价,付款金额,类目名称,淘宝订单编号,淘宝子订单号,订单状态,订单类型,结算金额,佣金比率,佣金金额,补贴比率,补贴金额,收入比率,提成,技术服务费率,技术服务费,付款预估收入,结算预估收入,产品类型,推广者身份,媒体名称,推广位名称,维权标签'.split(
    ',',
  )

/** 类目名称 by drawing. */
const TAOBAO_CATEGORIES = Object.fromEntries(
  table(`
  居家日用|umbrella slippers storage candle
  餐饮具|mug plates thermos
  家装灯饰光源|deskLamp floorLamp
  床上用品/毛巾|towels pillow
  女士内衣/家居服/袜子|socks
  文具/办公用品|notebook pens
  宠物用品|catToy
  3C数码配件|powerBank headphones phoneStand
  厨房/烹饪用具|pan board
  彩妆/护肤|lipstick pump cream
  箱包/服饰配件|backpack hat tshirt
  厨房电器|kettle
  `).flatMap(([name, drawings]) => drawings.split(' ').map((drawing) => [drawing, name])),
)

/** How the export of the evening of `day` shows an order; exports differ in what they write for nothing. */
function taobaoRow(order, day, nothing) {
  const by = (time) => time !== null && time.slice(0, 10) <= day
  const status = by(order.invalid) ? '已失效' : by(order.settled) ? '已结算' : by(order.received) ? '已收货' : '已付款'
  const settled = status === '已结算'
  const rate = `${(order.product.rate / 10).toFixed(2)}%`
  const fee = status === '已失效' ? 0 : PARTNERS.taobao.fee(order.paid, order.commission)
  // biome-ignore format: columns as in the header
  return [
    order.ordered, later(order.ordered, 41), by(order.settled) ? order.settled : nothing, order.product.title, order.product.shop, order.product.shop, order.product.sku,
    order.quantity, yuan(order.product.price), yuan(order.paid), TAOBAO_CATEGORIES[order.product.drawing], order.orderId, order.lineId, status, order.product.shop.includes('旗舰店') ? '天猫' : '淘宝',
    yuan(settled ? order.paid : 0), rate, yuan(order.commission), '0.00%', '0.00', rate, '100.00%', '10.00%', yuan(fee), yuan(order.commission),
    yuan(settled ? order.commission : 0), '导购推广', '推广者', '小鹿好物', CHANNEL_NAMES[order.channel], by(order.invalid) ? '维权成功' : nothing,
  ]
}

/** September as it stood on the last evening, and October with those of September that had changed since. */
function saveTaobaoOrders() {
  const [first, second] = ['2026-09-30', '2026-10-31']
  const september = taobaoOrders.filter((order) => order.ordered.slice(0, 10) <= first)
  const changed = september.filter((order) => taobaoRow(order, first).join() !== taobaoRow(order, second).join())
  const october = [...changed, ...taobaoOrders.filter((order) => !september.includes(order))]
  insist(changed.length >= 5, 'the files do not overlap')
  save(
    'orders/taobao-2026-09.csv',
    csv([TAOBAO_ORDER_HEADER, ...september.map((order) => taobaoRow(order, first, '--'))]),
    'utf-16le',
  )
  save(
    'orders/taobao-2026-10.csv',
    csv([TAOBAO_ORDER_HEADER, ...october.map((order) => taobaoRow(order, second, ''))]),
    'gb18030',
  )
  return { 'orders/taobao-2026-09.csv': september.length, 'orders/taobao-2026-10.csv': october.length }
}

const PDD_STATUS = { 0: '已支付', 1: '已成团', 2: '确认收货', 3: '审核成功', 4: '审核失败', 5: '已经结算' }

function savePddOrders() {
  const seconds = (time) => time && unix(time)
  const list = pddOrders.map((order) => {
    const payday = order.due && `${order.due}-20 10:00:00`
    const settled = order.code === 5 ? payday : null
    return {
      order_sn: order.orderId,
      goods_sign: order.product.sku,
      goods_id: order.product.id,
      goods_name: order.product.title,
      goods_quantity: order.quantity,
      goods_price: order.product.price,
      order_amount: order.paid,
      promotion_rate: order.product.rate,
      promotion_amount: order.commission,
      order_status: order.code,
      order_status_desc: PDD_STATUS[order.code],
      order_create_time: seconds(order.ordered),
      order_pay_time: seconds(later(order.ordered, 25)),
      order_group_success_time: order.code === 0 ? null : seconds(later(order.ordered, 3600)),
      order_receive_time: seconds(order.received),
      order_verify_time: seconds(order.verified),
      order_settle_time: seconds(settled),
      order_modify_at: seconds(settled ?? order.verified ?? later(order.received ?? order.ordered, 90_000)),
      p_id: '99000001_990000101',
      custom_parameters: JSON.stringify({ uid: order.channel }),
      batch_no: settled ? settled.slice(0, 10).replaceAll('-', '') : '',
      price_compare_status: 0,
      type: 0,
      fail_reason: order.code === 4 ? '用户退款' : '',
    }
  })
  saveJson('orders/pdd-orders.json', {
    order_list_get_response: { total_count: list.length, request_id: 'demo-request-2', order_list: list },
  })
  return { 'orders/pdd-orders.json': list.length }
}

const slashed = (time) => (time ? time.slice(0, 16).replaceAll('-', '/') : '')

function shanhuoRow(order, day) {
  const by = (time) => time !== null && time.slice(0, 10) <= day
  const paidOut = order.received && later(order.received, 7 * 86_400)
  const [status, changed] = by(order.refunded)
    ? ['已退款', order.refunded]
    : by(paidOut)
      ? ['已结算', paidOut]
      : by(order.received)
        ? ['已收货', order.received]
        : ['已付款', order.ordered]
  // biome-ignore format: columns as in the header
  return [
    order.orderId, order.lineId, order.product.sku, order.product.title, order.quantity, yuan(order.paid), `${order.product.rateText}%`, yuan(order.commission), status,
    slashed(order.ordered), by(order.received) ? slashed(order.received) : '', by(order.refunded) ? yuan(order.paid) : '', slashed(changed), order.channel,
  ]
}

function saveShanhuoOrders() {
  const header = '订单号,行号,商品ID,商品,数量,付款金额,佣金比例,预估佣金,状态,下单时间,收货时间,退款金额,更新时间,推广位'.split(
    ',',
  )
  const [first, second] = ['2026-09-30', '2026-11-20']
  const september = shanhuoOrders.filter((order) => order.ordered.slice(0, 10) <= first)
  const changed = september.filter((order) => shanhuoRow(order, first).join() !== shanhuoRow(order, second).join())
  const october = [...changed, ...shanhuoOrders.filter((order) => !september.includes(order))]
  save('orders/shanhuo-2026-09.csv', csv([header, ...september.map((order) => shanhuoRow(order, first))]))
  save('orders/shanhuo-2026-10.csv', csv([header, ...october.map((order) => shanhuoRow(order, second))]))
  return { 'orders/shanhuo-2026-09.csv': september.length, 'orders/shanhuo-2026-10.csv': october.length }
}

// ---------------------------------------------------------------------------------------------------------------------
// Statements

/** Kinds of payout lines in the words of the statements; words of the plan stay as they are. */
const KIND_WORDS = { commission: '佣金', clawback: '退款扣回' }

const STATEMENTS = {
  taobao: {
    header: '结算单号,淘宝订单编号,淘宝子订单号,商品ID,商品标题,类型,打款金额,打款日期',
    encoding: 'gb18030',
    row: (line, month, number) => [
      number,
      line.orderId,
      line.lineId,
      line.product?.sku ?? '',
      line.title,
      line.word,
      yuan(line.amount),
      `${month}-20`,
    ],
    total: (total) => ['合计', '', '', '', '', '', total, ''],
  },
  pdd: {
    header: '结算单号,订单编号,商品ID,商品名称,类型,结算金额(元),结算日期',
    encoding: 'utf-8 with BOM',
    row: (line, month, number) => [
      number,
      line.orderId,
      line.product?.sku ?? '',
      line.title,
      line.word,
      yuan(line.amount),
      `${month}-20`,
    ],
    total: (total) => ['合计', '', '', '', '', total, ''],
  },
  /** The total stands in every row. */
  shanhuo: {
    header: '结算单号,订单号,行号,商品ID,商品,类型,金额,打款日期,本期合计',
    encoding: 'utf-8',
    row: (line, month, number, total) => [
      number,
      line.orderId,
      line.lineId,
      line.product?.sku ?? '',
      line.title,
      line.word,
      yuan(line.amount),
      shanhuoPayday(line, month).replaceAll('-', '/'),
      total,
    ],
  },
}
/** Seven days after receipt; what has no such day, or is paid in another month than its own, in the middle of the month. */
const shanhuoPayday = ({ order }, month) => {
  const day = order?.received && addDays(order.received.slice(0, 10), 7)
  return day?.startsWith(month) ? day : `${month}-15`
}

function saveStatement(partner, { month, lines }) {
  const { header, encoding, row, total } = STATEMENTS[partner]
  const number = `${{ taobao: 'TB', pdd: 'DD', shanhuo: 'SH' }[partner]}${month.replace('-', '')}0001`
  const paid = yuan(sum(lines.map((line) => line.amount)))
  const rows = lines.map((line) => row({ ...line, word: KIND_WORDS[line.kind] ?? line.kind }, month, number, paid))
  const file = `inbox/${partner}-${month}.csv`
  save(file, csv([header.split(','), ...rows, ...(total ? [total(paid)] : [])]), encoding)
  return { file, lines: lines.length, total: paid }
}

// ---------------------------------------------------------------------------------------------------------------------
// The truth

/** Counts and sums of the entries of one partner and month, by class. */
function tally(entries, waiting) {
  const classes = {}
  for (const name of CLASSES) {
    const of = entries.filter((entry) => entry.class === name)
    const count = name === 'not-due' ? sum(Object.values(waiting).map((orders) => orders.length)) : of.length
    classes[name] = {
      count,
      expected: yuan(sum(of.map((entry) => entry.expected))),
      paid: yuan(sum(of.map((entry) => entry.paid))),
      difference: yuan(sum(of.map((entry) => entry.difference))),
    }
  }
  return classes
}

/** The entries as they look once all order files are read: what was paid for an order that was refunded after is refunded-but-paid. */
const asKnownNow = (entries) =>
  entries.map((entry) =>
    entry.class === 'matched' && entry.order.plan.november === 'clawback'
      ? { ...entry, class: 'refunded-but-paid', expected: 0, difference: entry.paid }
      : entry,
  )

function figures(own, waiting) {
  const [expected, paid] = [sum(own.map((entry) => entry.expected)), sum(own.map((entry) => entry.paid))]
  return { expected: yuan(expected), paid: yuan(paid), difference: yuan(paid - expected), classes: tally(own, waiting) }
}

function makeTruth(settlements, entries, files) {
  const months = {}
  for (const { partner, month, statement } of settlements) {
    const own = entries.filter((entry) => entry.partner === partner && entry.month === month)
    const waiting = notDue(partner, month, own)
    const [from, to] = PARTNERS[partner].covers[month]
    months[month] ??= {}
    months[month][partner] = {
      currency: 'CNY',
      covers: { from, to, by: PARTNERS[partner].covers.by },
      statement,
      ...figures(own, waiting),
      notDue: Object.fromEntries(
        Object.entries(waiting).map(([why, orders]) => [
          why,
          orders.map(({ orderId, lineId }) => [orderId, lineId].filter(Boolean).join('/')),
        ]),
      ),
    }
    insist(months[month][partner].paid === statement.total, `${statement.file}: the entries do not add up to the statement`)
  }
  return {
    schema: 'shoptool.sample-truth.v1',
    notes: [
      'Made by scripts/sample.mjs from its plan, never by running shoptool.',
      'A month is told as it looks once all order files are read: an order that was refunded after it was paid (class clawback in 2026-11) is refunded-but-paid in 2026-10.',
      'not-due counts every order without an entry in the month: `past` belongs to an earlier month, `later` to a later one, `unripe` has no due month yet, `dead` is refunded or invalid.',
      'An order that is missing in 2026-10 and not paid in 2026-11 has no entry in 2026-11.',
    ],
    products: { taobao: taobaoGoods.length, pdd: pddGoods.length, shanhuo: shanhuoGoods.length },
    orders: Object.fromEntries(Object.entries(ORDERS).map(([partner, orders]) => [partner, orders.length])),
    orderRows: files,
    months,
    entries: entries.map(({ order, expected, paid, difference, ...entry }) => ({
      ...entry,
      expected: yuan(expected),
      paid: yuan(paid),
      difference: yuan(difference),
    })),
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Pictures: every product stands at (0, 0) on a stage, up is negative. No text is drawn, so no font is needed.

const SIDE = 800
const INK = '#1d1b2e'

/** @typedef {import('canvas').SKRSContext2D} Pen */

const rgb = (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))
const mix = (a, b, part) => {
  const [from, to] = [rgb(a), rgb(b)]
  return `#${from
    .map((value, i) =>
      Math.round(value + (to[i] - value) * part)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`
}
/** Lighter for a positive amount, darker for a negative one. */
const tint = (hex, amount) => (amount >= 0 ? mix(hex, '#ffffff', amount) : mix(hex, INK, -amount))
const clear = (hex, alpha) => `rgba(${rgb(hex).join(',')},${alpha})`

/** A linear gradient; the colours stand at equal distances, or where `[at, colour]` says. */
function blend(pen, x0, y0, x1, y1, ...stops) {
  const gradient = pen.createLinearGradient(x0, y0, x1, y1)
  stops.forEach((stop, i) => {
    const [at, colour] = Array.isArray(stop) ? stop : [i / (stops.length - 1), stop]
    gradient.addColorStop(at, colour)
  })
  return gradient
}
function glow(pen, x, y, radius, ...stops) {
  const gradient = pen.createRadialGradient(x, y, 0, x, y, radius)
  stops.forEach((colour, i) => {
    gradient.addColorStop(i / (stops.length - 1), colour)
  })
  return gradient
}
/** The light on something round that stands upright between x0 and x1: dark edges, the light falls in from the left. */
const round = (pen, x0, x1, colour, depth = 1) =>
  blend(
    pen,
    x0,
    0,
    x1,
    0,
    [0, tint(colour, -0.2 * depth)],
    [0.12, tint(colour, 0.04)],
    [0.3, tint(colour, 0.38 * depth)],
    [0.5, tint(colour, 0.06)],
    [0.82, tint(colour, -0.18 * depth)],
    [1, tint(colour, -0.32 * depth)],
  )

/** `-84 -196, -22 -178` → pairs (or triples) of numbers. */
const points = (text) => text.split(', ').map((point) => point.split(' ').map(Number))
const shape = (path) => (typeof path === 'string' ? new Path2D(path) : path)
const fill = (pen, path, style) => {
  pen.fillStyle = style
  pen.fill(shape(path))
}
const line = (pen, path, style, width, cap = 'round') => {
  pen.strokeStyle = style
  pen.lineWidth = width
  pen.lineCap = cap
  pen.lineJoin = 'round'
  pen.stroke(shape(path))
}
const box = (x, y, width, height, radius = 0) => {
  const path = new Path2D()
  path.roundRect(x, y, width, height, radius)
  return path
}
const oval = (x, y, rx, ry = rx, turn = 0) => {
  const path = new Path2D()
  path.ellipse(x, y, rx, ry, turn, 0, Math.PI * 2)
  return path
}
/** An upright cylinder: straight sides, a round foot; its top is left open. */
const cylinder = (rx, ry, top, bottom = 0, footRx = rx) => {
  const path = new Path2D()
  path.moveTo(-rx, top)
  path.lineTo(-footRx, bottom - ry)
  path.ellipse(0, bottom - ry, footRx, ry, 0, Math.PI, 0, true)
  path.lineTo(rx, top)
  path.ellipse(0, top, rx, ry, 0, 0, Math.PI)
  path.closePath()
  return path
}
function at(pen, x, y, turn, draw) {
  pen.save()
  pen.translate(x, y)
  pen.rotate((turn * Math.PI) / 180)
  draw()
  pen.restore()
}
function within(pen, path, draw) {
  pen.save()
  pen.clip(shape(path))
  draw()
  pen.restore()
}
/** A soft shadow on the ground. */
function shadow(pen, x, y, rx, ry, strength = 0.3) {
  pen.save()
  pen.translate(x, y)
  pen.scale(1, ry / rx)
  pen.fillStyle = glow(
    pen,
    0,
    0,
    rx,
    clear(INK, strength),
    clear(INK, strength * 0.55),
    clear(INK, strength * 0.12),
    clear(INK, 0),
  )
  pen.fillRect(-rx, -rx, rx * 2, rx * 2)
  pen.restore()
}
/** A blurred copy of a path, moved down and to the right: what lies or leans throws it on what is behind. */
function cast(pen, path, dx = 10, dy = 16, blur = 14, strength = 0.22) {
  pen.save()
  pen.filter = `blur(${blur}px)`
  pen.translate(dx, dy)
  fill(pen, path, clear(INK, strength))
  pen.restore()
}
/** A narrow reflection along something shiny. */
function shine(pen, path, x, y, width, height, strength = 0.4) {
  within(pen, path, () => {
    fill(
      pen,
      box(x, y, width, height, width / 2),
      blend(pen, 0, y, 0, y + height, clear('#ffffff', strength), clear('#ffffff', strength * 0.35)),
    )
  })
}
const leafPath = 'M0 0C-26 -30 -28 -84 0 -124C28 -84 26 -30 0 0Z'
function leaf(pen, x, y, turn, scale, colour) {
  at(pen, x, y, turn, () => {
    pen.scale(scale, scale)
    fill(pen, leafPath, blend(pen, -26, 0, 26, 0, tint(colour, 0.18), colour, tint(colour, -0.14)))
    line(pen, 'M0 0L0 -108', clear('#ffffff', 0.3), 3)
  })
}

/** Wall, floor, what stands behind the product and what it stands on. */
function stage(pen, { wall, accent, behind, stand }) {
  fill(pen, box(0, 0, SIDE, SIDE), glow(pen, 300, 230, 780, tint(wall, 0.5), tint(wall, 0.14), wall, tint(wall, -0.08)))
  if (behind === 'disc')
    fill(pen, oval(400, 350, 266), blend(pen, 220, 120, 560, 600, tint(accent, 0.28), accent, tint(accent, -0.06)))
  if (behind === 'arch') {
    const arch = 'M176 640L176 330A224 224 0 0 1 624 330L624 640Z'
    cast(pen, arch, 12, 6, 22, 0.12)
    fill(pen, arch, blend(pen, 176, 140, 624, 640, tint(accent, 0.3), accent, tint(accent, -0.08)))
  }
  if (behind === 'window') {
    pen.save()
    pen.filter = 'blur(7px)'
    for (const [x, y] of points('130 40, 330 40, 130 280, 330 280'))
      fill(pen, `M${x + y * 0.34} ${y}l176 0l74 216l-176 0Z`, clear('#ffffff', 0.34))
    pen.restore()
  }
  if (behind === 'leaves') {
    pen.save()
    pen.filter = 'blur(7px)'
    for (const [x, y, turn, size] of points('860 250 -76 1, 700 -70 -142 0.9'))
      at(pen, x, y, turn, () => {
        pen.scale(size, size)
        line(pen, 'M0 40C-8 -120 8 -260 0 -400', clear(tint(accent, -0.3), 0.24), 7)
        for (let i = 0; i < 9; i++)
          for (const side of [-1, 1])
            at(pen, 0, -i * 44, side * (66 - i * 5), () => {
              pen.scale(0.62 - i * 0.03, 1.5 - i * 0.09)
              fill(pen, leafPath, clear(tint(accent, -0.3), 0.24))
            })
      })
    pen.restore()
  }
  const floor = tint(mix(wall, accent, 0.22), 0.22)
  fill(pen, box(0, 560, SIDE, 240), blend(pen, 0, 560, 0, 800, [0, clear(floor, 0)], [0.26, floor], [1, tint(floor, -0.1)]))
  if (stand === 'round') {
    const body = cylinder(262, 46, 0, 112)
    at(pen, 400, 640, 0, () => {
      shadow(pen, 26, 72, 370, 56, 0.3)
      fill(pen, body, round(pen, -262, 262, tint(accent, 0.34), 0.6))
      fill(pen, oval(0, 0, 262, 46), blend(pen, -262, -40, 262, 40, tint(accent, 0.72), tint(accent, 0.5)))
    })
  }
  if (stand === 'slab') {
    shadow(pen, 424, 716, 380, 46, 0.32)
    fill(pen, 'M150 606L650 606L690 664L110 664Z', blend(pen, 150, 606, 650, 664, tint(accent, 0.74), tint(accent, 0.5)))
    fill(pen, box(110, 663, 580, 52, [0, 0, 5, 5]), blend(pen, 110, 0, 690, 0, tint(accent, 0.44), tint(accent, 0.2)))
  }
}

/** The drawings. Each takes the pen and its colours: the first is the product's, the second its trim. */
const DRAWINGS = {
  umbrella(pen, [main, trim]) {
    shadow(pen, 20, 2, 190, 22, 0.34)
    at(pen, 10, -8, 9, () => {
      line(pen, 'M0 -420L0 -44', blend(pen, -5, 0, 5, 0, '#f4f4f4', '#9a9aa5'), 9)
      line(pen, 'M0 -70L0 -34C0 2 52 2 52 -34', trim, 17)
      const canopy =
        'M-262 -268C-250 -420 -120 -500 0 -500C120 -500 250 -420 262 -268C232 -296 192 -296 166 -268C138 -300 84 -300 56 -268C34 -298 -34 -298 -56 -268C-84 -300 -138 -300 -166 -268C-192 -296 -232 -296 -262 -268Z'
      cast(pen, canopy, 8, 22, 16, 0.2)
      fill(pen, canopy, blend(pen, -250, -470, 240, -280, tint(main, 0.3), main, tint(main, -0.24)))
      within(pen, canopy, () => {
        fill(pen, 'M0 -510C-90 -460 -160 -370 -166 -262L-56 -262C-60 -360 -40 -450 0 -510Z', clear('#ffffff', 0.16))
        fill(pen, 'M0 -510C40 -450 60 -360 56 -262L166 -262C160 -370 90 -460 0 -510Z', clear(INK, 0.07))
        for (const x of [-166, -56, 56, 166]) line(pen, `M0 -502C${x * 0.5} -450 ${x} -380 ${x} -266`, clear(INK, 0.16), 2.5)
        line(
          pen,
          'M-262 -276C-232 -304 -192 -304 -166 -276C-138 -308 -84 -308 -56 -276C-34 -306 34 -306 56 -276C84 -308 138 -308 166 -276C192 -304 232 -304 262 -276',
          tint(trim, 0.3),
          7,
        )
      })
      line(pen, 'M0 -500L0 -530', trim, 11)
    })
  },
  foldedUmbrella(pen, [main, trim]) {
    for (const [x, turn, colour] of [
      [-96, -7, main],
      [88, 6, trim],
    ]) {
      shadow(pen, x + 24, 4, 120, 24, 0.4)
      at(pen, x, 0, turn, () => {
        const cover = 'M-46 -60C-64 -160 -62 -250 -34 -318L34 -318C62 -250 64 -160 46 -60Z'
        fill(pen, cover, round(pen, -60, 60, colour))
        for (const fold of [-24, 2, 26])
          line(pen, `M${fold} -312C${fold * 1.7} -230 ${fold * 1.7} -150 ${fold * 1.3} -62`, clear(INK, 0.15), 3)
        fill(pen, box(-56, -214, 112, 26, 6), round(pen, -56, 56, tint(colour, -0.22)))
        fill(pen, oval(22, -201, 8), '#f3efe6')
        fill(pen, box(-27, -64, 54, 66, [6, 6, 20, 20]), round(pen, -27, 27, '#3a3845'))
        fill(pen, box(-20, -366, 40, 52, [14, 14, 2, 2]), round(pen, -20, 20, '#3a3845'))
        line(pen, 'M0 0C-40 20 -56 -8 -34 -30', tint(colour, -0.2), 5)
      })
    }
  },
  mug(pen, [main, trim, drink = '#6b4128']) {
    shadow(pen, 40, -4, 250, 34, 0.42)
    line(
      pen,
      'M128 -252C256 -268 256 -82 120 -88',
      blend(pen, 120, 0, 240, 0, tint(main, -0.12), tint(main, 0.16), tint(main, -0.25)),
      36,
    )
    const body = cylinder(150, 36, -312, 0, 128)
    fill(pen, body, round(pen, -150, 150, main))
    within(pen, body, () => {
      fill(pen, 'M-160 -120C-80 -84 80 -84 160 -120L160 20L-160 20Z', round(pen, -150, 150, trim))
      for (const [x, y] of points('-84 -196, -22 -178, 44 -180, -52 -232, 14 -226, 78 -206'))
        fill(pen, oval(x, y, 9, 10), clear(tint(trim, 0.1), 0.75))
    })
    shine(pen, body, -112, -286, 20, 200, 0.45)
    fill(pen, oval(0, -312, 150, 36), tint(main, 0.3))
    fill(pen, oval(0, -309, 134, 28), round(pen, -134, 134, tint(main, -0.18)))
    within(pen, oval(0, -309, 134, 28), () => {
      fill(pen, oval(0, -294, 128, 26), blend(pen, -120, 0, 120, 0, tint(drink, 0.2), drink))
      fill(pen, oval(-30, -298, 46, 8), clear('#ffffff', 0.28))
    })
    pen.save()
    pen.filter = 'blur(6px)'
    line(pen, 'M-30 -350C-64 -394 2 -414 -28 -470', clear('#ffffff', 0.7), 14)
    line(pen, 'M36 -352C6 -400 72 -420 40 -486', clear('#ffffff', 0.6), 12)
    pen.restore()
  },
  deskLamp(pen, [main, trim]) {
    shadow(pen, 30, -2, 250, 32, 0.36)
    const cone = 'M-44 -372L-240 -20L150 -20L104 -414Z'
    pen.save()
    pen.filter = 'blur(16px)'
    fill(pen, cone, blend(pen, 0, -400, -40, -10, clear('#fff3c4', 0.85), clear('#fff3c4', 0.05)))
    pen.restore()
    fill(pen, cylinder(112, 22, -24, 6), round(pen, -112, 112, tint(main, -0.06)))
    fill(pen, oval(0, -24, 112, 22), blend(pen, -112, 0, 112, 0, tint(main, 0.45), main))
    line(pen, 'M30 -28L128 -222', blend(pen, 70, 0, 96, 10, tint(trim, 0.35), tint(trim, -0.2)), 15)
    line(pen, 'M128 -222L36 -412', blend(pen, 70, 0, 96, -10, tint(trim, 0.35), tint(trim, -0.2)), 15)
    fill(pen, oval(128, -222, 20), round(pen, 108, 148, trim))
    at(pen, 32, -412, -14, () => {
      const head = 'M-38 -66C-24 -82 24 -82 38 -66C66 -44 96 10 104 40C70 62 -70 62 -104 40C-96 10 -66 -44 -38 -66Z'
      cast(pen, head, 6, 12, 12, 0.18)
      fill(pen, oval(0, 42, 102, 20), '#fff6d8')
      fill(pen, head, round(pen, -104, 104, main))
      fill(pen, oval(0, 40, 104, 20), tint(main, -0.22))
      fill(pen, oval(0, 42, 92, 15), glow(pen, 0, 42, 92, '#fffdf2', '#ffe9a6'))
    })
  },
  floorLamp(pen, [main, trim]) {
    pen.save()
    pen.filter = 'blur(34px)'
    fill(pen, oval(0, -396, 250, 170), clear('#ffe6a8', 0.75))
    pen.restore()
    shadow(pen, 24, 0, 190, 24, 0.38)
    for (const [x, y] of points('-118 0, 120 0, 6 12'))
      line(pen, `M0 -150L${x} ${y}`, blend(pen, -90, 0, 90, 0, tint(trim, 0.25), tint(trim, -0.2)), 13)
    line(pen, 'M0 -330L0 -140', blend(pen, -6, 0, 6, 0, tint(trim, 0.3), tint(trim, -0.2)), 12)
    fill(pen, oval(0, -150, 17), trim)
    const shade = 'M-112 -520L112 -520L168 -306L-168 -306Z'
    cast(pen, shade, 10, 18, 16, 0.14)
    fill(
      pen,
      shade,
      blend(pen, -168, 0, 168, 0, tint(main, -0.12), tint(main, 0.5), '#fff4cf', tint(main, 0.3), tint(main, -0.18)),
    )
    for (let i = -4; i <= 4; i++) line(pen, `M${i * 26} -518L${i * 39} -308`, clear(INK, 0.06), 3)
    fill(pen, box(-170, -318, 340, 15, 7), round(pen, -170, 170, trim))
    fill(pen, box(-114, -524, 228, 12, 6), round(pen, -114, 114, trim))
  },
  towels(pen, [main, trim, third]) {
    shadow(pen, 24, -2, 300, 34, 0.42)
    const colours = [main, trim, third, tint(main, 0.35)]
    colours.forEach((colour, i) => {
      const [width, y] = [420 - i * 14, -i * 82]
      const fold = box(-width / 2, y - 84, width, 84, [40, 18, 18, 40])
      fill(pen, fold, blend(pen, 0, y - 84, 0, y, tint(colour, 0.3), colour, tint(colour, -0.2)))
      within(pen, fold, () => {
        for (let x = -200; x < 210; x += 17) line(pen, `M${x} ${y - 82}l5 80`, clear('#ffffff', 0.13), 5)
        line(pen, `M${-width / 2 + 26} ${y - 42}L${width / 2} ${y - 42}`, clear(INK, 0.2), 4)
        line(pen, `M${width / 2 - 66} ${y - 84}l0 42`, clear('#ffffff', 0.5), 11)
        line(pen, `M${width / 2 - 44} ${y - 84}l0 42`, clear('#ffffff', 0.5), 5)
      })
    })
    leaf(pen, 40, -336, 64, 1, '#7f9d74')
    leaf(pen, 40, -336, 20, 0.8, '#93b086')
  },
  socks(pen, [main, trim, third]) {
    shadow(pen, 20, 0, 260, 26, 0.32)
    for (const [x, turn, colour, band] of [
      [78, 7, trim, third],
      [-66, -5, main, trim],
    ])
      at(pen, x, -6, turn, () => {
        const sock = 'M-58 -392L58 -392L58 -180C58 -140 76 -120 118 -96C160 -72 168 -6 96 -6L10 -6C-46 -6 -66 -54 -60 -110Z'
        cast(pen, sock, 10, 12, 12, 0.24)
        fill(pen, sock, blend(pen, -62, 0, 150, 0, tint(colour, 0.22), colour, tint(colour, -0.18)))
        within(pen, sock, () => {
          fill(pen, 'M84 -130C60 -80 80 -20 96 10L190 10L190 -130Z', band)
          fill(pen, 'M-70 -130C-20 -120 10 -60 -20 10L-90 10Z', band)
          for (const y of [-300, -268, -236]) line(pen, `M-70 ${y}L70 ${y}`, band, 13, 'butt')
        })
        fill(pen, box(-64, -412, 128, 62, 14), blend(pen, -64, 0, 64, 0, tint(band, 0.2), band, tint(band, -0.18)))
        for (let rib = -50; rib <= 50; rib += 12.5) line(pen, `M${rib} -404l0 46`, clear(INK, 0.12), 4)
      })
  },
  notebook(pen, [main, trim, third]) {
    shadow(pen, 26, 2, 280, 28, 0.4)
    for (const [x, turn, colour, band] of [
      [74, 9, trim, main],
      [-48, -7, main, third],
    ])
      at(pen, x, -8, turn, () => {
        const cover = box(-138, -404, 276, 400, [8, 18, 18, 8])
        cast(pen, cover, 12, 14, 14, 0.26)
        fill(pen, box(-128, -396, 276, 400, 14), '#f6f1e4')
        for (const y of [-2, 1]) line(pen, `M-120 ${y}L136 ${y}`, clear(INK, 0.16), 1.5)
        fill(pen, cover, blend(pen, -138, -404, 138, 0, tint(colour, 0.2), colour, tint(colour, -0.12)))
        fill(pen, box(-138, -404, 34, 400, [8, 0, 0, 8]), clear(INK, 0.14))
        fill(pen, box(-64, -322, 140, 92, 8), '#fbf6ea')
        line(pen, 'M-40 -292L50 -292M-40 -262L20 -262', clear(INK, 0.35), 5)
        fill(pen, box(92, -404, 17, 400), band)
        line(pen, 'M-44 -2L-44 34', band, 11, 'butt')
      })
  },
  catToy(pen, [main, trim, third]) {
    shadow(pen, -30, 0, 170, 24, 0.4)
    const ball = oval(-66, -104, 106)
    fill(pen, ball, blend(pen, -160, -200, 30, -10, tint(main, 0.42), main, tint(main, -0.3)))
    within(pen, ball, () => {
      line(pen, 'M-190 -124C-110 -70 -20 -70 60 -130', trim, 24, 'butt')
      line(pen, 'M-190 -80C-110 -24 -20 -24 60 -84', third, 13, 'butt')
      fill(pen, oval(-104, -158, 30, 20, -0.6), clear('#ffffff', 0.5))
    })
    line(pen, 'M210 -4L132 -462', blend(pen, 150, 0, 200, 0, '#d8b483', '#9d7442'), 11)
    line(pen, 'M132 -462C60 -540 -20 -470 -12 -404', clear(INK, 0.5), 3)
    for (const [turn, colour] of [
      [30, third],
      [-30, main],
      [12, trim],
      [-10, tint(main, 0.3)],
    ])
      at(pen, -12, -408, turn + 180, () => {
        pen.scale(0.9, 1.14)
        fill(pen, leafPath, blend(pen, -20, 0, 20, 0, tint(colour, 0.25), tint(colour, -0.08)))
        for (let y = -24; y > -104; y -= 13) line(pen, `M0 ${y}l-16 -12M0 ${y}l16 -12`, clear('#ffffff', 0.4), 2)
      })
    fill(pen, oval(-12, -410, 15), round(pen, -27, 3, '#e8c15a'))
    shadow(pen, 150, 4, 70, 12, 0.3)
    const mouse = 'M92 0C80 -54 132 -84 176 -62C206 -46 214 -14 206 0Z'
    fill(pen, mouse, blend(pen, 92, -70, 206, 0, tint(third, 0.3), tint(third, -0.15)))
    fill(pen, oval(130, -62, 17), tint(third, -0.2))
    fill(pen, oval(110, -26, 4), INK)
  },
  powerBank(pen, [main, trim]) {
    shadow(pen, 30, 0, 240, 30, 0.42)
    line(pen, 'M-26 -318C-40 -420 -196 -400 -204 -260C-210 -150 -150 -80 -196 -14', '#f2f0ec', 15)
    line(pen, 'M-196 -20l-16 34', '#dcd9d4', 26)
    at(pen, 26, -4, 5, () => {
      const side = box(-128, -344, 290, 346, 42)
      fill(pen, side, round(pen, -128, 170, tint(main, -0.3)))
      const face = box(-142, -348, 272, 350, 40)
      fill(pen, face, blend(pen, -142, -348, 130, 0, tint(main, 0.28), main, tint(main, -0.16)))
      line(pen, box(-134, -340, 256, 334, 34), clear('#ffffff', 0.25), 3)
      fill(pen, box(-96, -298, 180, 96, 18), '#14151f')
      at(pen, -6, -250, 0, () => {
        for (const x of [-52, -14]) {
          line(
            pen,
            `M${x} -24L${x} 24M${x + 22} -24L${x + 22} 24M${x} -24L${x + 22} -24M${x} 24L${x + 22} 24M${x} 0L${x + 22} 0`,
            '#6ff0d0',
            6,
          )
        }
        line(pen, 'M34 -20L26 4L44 4L34 24', trim, 6)
      })
      for (let i = 0; i < 4; i++) fill(pen, oval(-76 + i * 26, -60, 7), i < 3 ? '#d8fff2' : clear('#ffffff', 0.25))
      fill(pen, box(44, -66, 44, 12, 6), clear('#ffffff', 0.3))
    })
    fill(pen, box(-58, -356, 62, 46, 10), '#e9e6e1')
  },
  pan(pen, [main, trim]) {
    shadow(pen, -30, -20, 310, 60, 0.42)
    at(pen, 76, -168, -22, () => {
      fill(pen, box(56, -14, 60, 28, 6), round(pen, 56, 116, '#8d919c'))
      const handle = box(92, -22, 206, 44, 22)
      cast(pen, handle, 4, 22, 12, 0.3)
      fill(pen, handle, blend(pen, 0, -22, 0, 22, tint(trim, 0.3), trim, tint(trim, -0.3)))
      for (const y of [-8, 2, 10]) line(pen, `M112 ${y}C160 ${y - 5} 220 ${y + 5} 266 ${y}`, clear(INK, 0.16), 2)
      fill(pen, oval(276, 0, 9), tint(trim, -0.5))
    })
    const wall = 'M-262 -164C-262 -56 -170 0 -50 0C70 0 162 -56 162 -164Z'
    fill(pen, wall, round(pen, -262, 162, tint(main, -0.08)))
    fill(pen, oval(-50, -164, 212, 116), blend(pen, -262, -200, 162, -100, tint(main, 0.45), tint(main, 0.1)))
    const inside = oval(-50, -158, 196, 104)
    fill(pen, inside, blend(pen, -200, -250, 120, -60, tint(main, -0.34), tint(main, -0.08)))
    within(pen, inside, () => {
      const dots = random(7)
      for (let i = 0; i < 130; i++)
        fill(pen, oval(-250 + dots() * 400, -262 + dots() * 210, 1 + dots() * 2), clear('#ffffff', 0.3))
      fill(
        pen,
        'M-150 -150C-176 -214 -92 -232 -52 -216C4 -236 78 -190 52 -142C40 -92 -26 -84 -60 -100C-110 -80 -156 -108 -150 -150Z',
        '#fffaf0',
      )
      fill(pen, oval(-46, -158, 44, 31), glow(pen, -56, -168, 56, '#ffdf6e', '#f6a81c'))
      fill(pen, oval(-60, -169, 13, 7), clear('#ffffff', 0.75))
      for (const [x, y, t] of points('74 -196 30, 90 -166 -20, -170 -196 50')) leaf(pen, x, y, t, 0.3, '#5f9b52')
    })
  },
  pillow(pen, [main, trim]) {
    shadow(pen, 10, -4, 310, 36, 0.42)
    const puff =
      'M-206 -240C-120 -266 120 -266 206 -240C224 -236 226 -222 219 -206C200 -150 200 -100 219 -44C226 -28 224 -14 206 -10C120 14 -120 14 -206 -10C-224 -14 -226 -28 -219 -44C-200 -100 -200 -150 -219 -206C-226 -222 -224 -236 -206 -240Z'
    const pillow = (x, y, turn, colour, edge) =>
      at(pen, x, y, turn, () => {
        cast(pen, puff, 6, 12, 14, 0.26)
        fill(pen, puff, glow(pen, -40, -150, 300, tint(colour, 0.6), tint(colour, 0.24), colour, tint(colour, -0.2)))
        within(pen, puff, () => {
          for (const side of [-1, 1])
            for (const y0 of [-210, -40])
              line(
                pen,
                `M${side * 214} ${y0 + 4}C${side * 180} ${y0 * 0.86 - 14} ${side * 160} ${y0 * 0.8 - 20} ${side * 130} ${y0 * 0.76 - 26}`,
                clear(INK, 0.08),
                7,
              )
        })
        line(pen, puff, edge, 5)
      })
    pillow(-22, -112, -8, tint(trim, 0.2), tint(main, 0.2))
    pillow(14, 0, 2, main, trim)
  },
  lipstick(pen, [main, trim, third = '#d9b26a']) {
    shadow(pen, 30, 0, 240, 30, 0.4)
    at(pen, -64, 0, 0, () => {
      fill(pen, cylinder(72, 17, -182), round(pen, -72, 72, trim))
      fill(pen, cylinder(62, 14, -268, -176), round(pen, -62, 62, third))
      fill(pen, oval(0, -268, 62, 14), tint(third, 0.4))
      const bullet = 'M-44 -262L-44 -396C-44 -452 20 -470 44 -418L44 -262C30 -250 -30 -250 -44 -262Z'
      fill(pen, bullet, round(pen, -44, 44, main))
      fill(
        pen,
        'M-44 -392C-44 -452 20 -470 44 -418C20 -386 -22 -378 -44 -392Z',
        blend(pen, -40, -450, 40, -390, tint(main, 0.5), tint(main, 0.15)),
      )
      shine(pen, bullet, -28, -370, 12, 100, 0.5)
    })
    at(pen, 122, 0, 0, () => {
      const cap = cylinder(76, 18, -226)
      fill(pen, cap, round(pen, -76, 76, trim))
      fill(pen, oval(0, -226, 76, 18), blend(pen, -76, 0, 76, 0, tint(trim, 0.4), trim))
      within(pen, cap, () => fill(pen, box(-80, -34, 160, 15), round(pen, -76, 76, third)))
      shine(pen, cap, -52, -206, 13, 160, 0.35)
    })
  },
  backpack(pen, [main, trim, third = '#c9965b']) {
    shadow(pen, 24, 0, 290, 34, 0.42)
    line(pen, 'M-46 -420C-50 -492 50 -492 46 -420', tint(main, -0.25), 19)
    for (const side of [-1, 1])
      fill(pen, `M${side * 150} -250C${side * 216} -240 ${side * 212} -40 ${side * 178} -8L${side * 140} -8Z`, tint(main, -0.26))
    const body =
      'M-168 -30C-184 -190 -176 -330 -122 -396C-80 -436 80 -436 122 -396C176 -330 184 -190 168 -30C160 4 -160 4 -168 -30Z'
    cast(pen, body, 8, 10, 14, 0.2)
    fill(pen, body, round(pen, -178, 178, main, 0.8))
    line(pen, 'M-130 -262C-118 -360 -70 -392 0 -392C70 -392 118 -360 130 -262', clear(INK, 0.3), 8)
    line(pen, 'M-130 -262C-118 -360 -70 -392 0 -392C70 -392 118 -360 130 -262', clear('#ffffff', 0.35), 2.5)
    fill(pen, box(-10, -402, 20, 42, 7), third)
    const pocket = box(-132, -214, 264, 196, [22, 22, 40, 40])
    cast(pen, pocket, 0, 8, 8, 0.25)
    fill(pen, pocket, round(pen, -132, 132, trim, 0.8))
    line(pen, 'M-112 -166L112 -166', clear(INK, 0.3), 8)
    line(pen, 'M-112 -166L112 -166', clear('#ffffff', 0.4), 2.5)
    fill(pen, box(74, -170, 15, 42, 6), third)
    fill(pen, box(-44, -112, 88, 52, 8), third)
    line(pen, box(-37, -105, 74, 38, 5), clear('#ffffff', 0.45), 2.5)
    for (const x of [-92, 78]) fill(pen, box(x, -318, 14, 104, 4), third)
  },
  headphones(pen, [main, trim]) {
    shadow(pen, 16, 0, 270, 32, 0.42)
    line(
      pen,
      'M-168 -170C-176 -300 -116 -432 0 -432C116 -432 176 -300 168 -170',
      blend(pen, -170, -430, 170, -200, tint(main, 0.3), main, tint(main, -0.32)),
      32,
    )
    line(pen, 'M-124 -352C-96 -400 -54 -422 0 -422C54 -422 96 -400 124 -352', tint(trim, 0.1), 20)
    for (const side of [-1, 1]) {
      line(pen, `M${side * 170} -250L${side * 169} -176`, blend(pen, 0, -250, 0, -176, '#e3e5ea', '#9ea3b0'), 15)
      at(pen, side * 160, -112, side * -7, () => {
        pen.scale(side, 1)
        fill(pen, box(-62, -92, 64, 186, 30), round(pen, -62, 2, trim))
        line(pen, 'M-34 -84C-44 -30 -44 30 -34 86', clear(INK, 0.12), 4)
        const cup = 'M-12 -104C40 -112 74 -60 74 0C74 62 40 112 -12 106C-24 60 -24 -60 -12 -104Z'
        fill(pen, cup, blend(pen, -20, -90, 80, 90, tint(main, 0.36), main, tint(main, -0.3)))
        fill(pen, oval(34, 0, 24, 62), blend(pen, 10, -60, 58, 60, tint(main, -0.26), tint(main, 0.1)))
        line(pen, oval(34, 0, 24, 62), clear(tint(trim, 0.4), 0.85), 4)
        fill(pen, oval(36, 36, 5), clear('#ffffff', 0.8))
      })
    }
  },
  thermos(pen, [main, trim, third = '#d6d9de']) {
    shadow(pen, 36, -2, 210, 30, 0.42)
    const body = cylinder(96, 23, -326)
    fill(pen, body, round(pen, -96, 96, main))
    within(pen, body, () => {
      fill(pen, box(-100, -36, 200, 40), round(pen, -96, 96, third))
      at(pen, 4, -176, 0, () => {
        fill(pen, oval(0, 0, 32), clear('#ffffff', 0.85))
        leaf(pen, 0, 22, 0, 0.34, tint(main, -0.1))
      })
    })
    fill(pen, cylinder(88, 21, -344, -312), round(pen, -88, 88, third))
    const lid = cylinder(82, 20, -452, -332)
    fill(pen, lid, round(pen, -82, 82, trim))
    fill(pen, oval(0, -452, 82, 20), blend(pen, -82, 0, 82, 0, tint(trim, 0.45), tint(trim, 0.05)))
    line(pen, 'M70 -444C160 -440 150 -350 86 -352', tint(trim, -0.12), 15)
    shine(pen, body, -66, -306, 17, 250, 0.45)
  },
  pump(pen, [main, trim, third]) {
    shadow(pen, 30, -2, 260, 32, 0.4)
    const bottle = (x, scale, colour) =>
      at(pen, x, 0, 0, () => {
        pen.scale(scale, scale)
        const body = 'M-94 -20L-94 -268C-94 -306 -56 -312 -40 -330L40 -330C56 -312 94 -306 94 -268L94 -20C60 4 -60 4 -94 -20Z'
        fill(pen, body, round(pen, -94, 94, colour))
        fill(pen, box(-62, -226, 124, 148, 8), '#fdfaf4')
        leaf(pen, 0, -112, 0, 0.66, trim)
        line(pen, 'M-36 -98L36 -98', clear(INK, 0.3), 4)
        fill(pen, box(-42, -366, 84, 44, 6), round(pen, -42, 42, third))
        fill(pen, box(-12, -416, 24, 54), round(pen, -12, 12, tint(third, -0.1)))
        fill(
          pen,
          'M-34 -448C-10 -456 40 -456 56 -446L120 -426C128 -414 120 -406 108 -410L40 -416L-34 -416Z',
          blend(pen, 0, -452, 0, -408, tint(third, 0.3), tint(third, -0.15)),
        )
        shine(pen, body, -74, -272, 13, 232, 0.5)
      })
    bottle(92, 0.74, tint(main, 0.3))
    bottle(-62, 1, main)
  },
  tshirt(pen, [main, trim]) {
    const shirt =
      'M-78 -448C-40 -420 40 -420 78 -448L150 -420L232 -286L152 -238L138 -272C134 -180 146 -90 140 -16C60 2 -60 2 -140 -16C-146 -90 -134 -180 -138 -272L-152 -238L-232 -286L-150 -420Z'
    line(pen, 'M0 -478C0 -520 42 -512 34 -486C24 -466 0 -474 0 -452', '#b6b8c2', 7)
    line(pen, 'M-94 -430L0 -456L94 -430', '#c79a62', 15)
    cast(pen, shirt, 14, 20, 18, 0.26)
    fill(pen, shirt, blend(pen, -200, -440, 200, 0, tint(main, 0.35), main, tint(main, -0.12)))
    within(pen, shirt, () => {
      for (const d of ['M-70 -380C-90 -250 -70 -120 -96 0', 'M60 -360C84 -240 60 -140 84 0', 'M-10 -250C10 -160 -20 -80 0 0'])
        line(pen, d, clear(INK, 0.06), 18)
      line(pen, 'M-140 -40C-60 -22 60 -22 140 -40', clear(INK, 0.16), 3)
      line(pen, 'M-138 -276C-142 -330 -130 -380 -116 -404M138 -276C142 -330 130 -380 116 -404', clear(INK, 0.18), 3)
    })
    line(pen, 'M-78 -446C-44 -400 44 -400 78 -446', tint(main, -0.2), 12)
    at(pen, 0, -236, 0, () => {
      fill(pen, oval(0, 0, 56), trim)
      fill(pen, 'M-56 6C-30 -26 -8 14 14 -8C30 -24 44 -8 56 6C50 40 24 56 0 56C-24 56 -50 40 -56 6Z', tint(trim, -0.2))
    })
    shadow(pen, 10, 6, 230, 20, 0.26)
  },
  slippers(pen, [main, trim]) {
    for (const [x, turn] of points('-112 -9, 104 8'))
      at(pen, x, -6, turn, () => {
        shadow(pen, 12, -4, 140, 28, 0.42)
        const sole =
          'M-78 -60C-92 -160 -70 -210 -82 -290C-82 -362 -38 -392 0 -392C40 -392 84 -362 84 -290C74 -210 94 -160 80 -60C70 8 -68 8 -78 -60Z'
        at(pen, 0, 14, 0, () => fill(pen, sole, tint(trim, -0.3)))
        fill(pen, sole, blend(pen, -90, -390, 90, 0, tint(trim, 0.4), trim, tint(trim, -0.1)))
        within(pen, sole, () => {
          for (let y = -136; y < -10; y += 17) line(pen, `M-60 ${y}C-20 ${y + 7} 20 ${y + 7} 60 ${y}`, clear(INK, 0.08), 6)
        })
        const band =
          'M-98 -206C-60 -176 60 -176 98 -206C112 -280 84 -350 62 -366C24 -392 -24 -392 -62 -366C-84 -350 -112 -280 -98 -206Z'
        cast(pen, band, 0, 10, 8, 0.25)
        fill(pen, band, round(pen, -104, 104, main, 0.9))
        line(pen, 'M-92 -222C-56 -194 56 -194 92 -222', clear('#ffffff', 0.45), 4)
        at(pen, 0, -290, 0, () => {
          fill(pen, oval(0, 8, 20, 17), tint(trim, 0.5))
          for (const [dx, dy] of points('-24 -10, -9 -24, 9 -24, 24 -10')) fill(pen, oval(dx, dy, 8, 10), tint(trim, 0.5))
        })
      })
  },
  storage(pen, [main, trim, third]) {
    shadow(pen, 24, 0, 310, 36, 0.42)
    const crate = (x, y, w, h, colour) => {
      const body = `M${x} ${y - h}L${x + w} ${y - h}L${x + w - 14} ${y - 8}Q${x + w - 16} ${y} ${x + w - 28} ${y}L${x + 28} ${y}Q${x + 16} ${y} ${x + 14} ${y - 8}Z`
      fill(pen, body, blend(pen, x, 0, x + w, 0, tint(colour, 0.36), colour, tint(colour, -0.14)))
      within(pen, body, () => fill(pen, box(x, y - h * 0.55, w, h), clear('#ffffff', 0.1)))
      fill(
        pen,
        box(x - 10, y - h - 26, w + 20, 36, 10),
        blend(pen, 0, y - h - 26, 0, y - h + 10, tint(colour, 0.5), tint(colour, -0.06)),
      )
      fill(pen, box(x + w / 2 - 46, y - h * 0.62, 92, 26, 13), clear(INK, 0.3))
      fill(pen, box(x + w / 2 - 46, y - h * 0.62, 92, 20, 10), tint(colour, -0.4))
      for (const side of [x + 4, x + w - 30]) fill(pen, box(side, y - h - 12, 26, 44, 7), tint(trim, 0.1))
    }
    crate(-218, 0, 436, 186, main)
    crate(-186, -212, 228, 128, third)
    crate(66, -212, 138, 96, tint(trim, 0.35))
  },
  plates(pen, [main, trim]) {
    shadow(pen, 10, 0, 320, 40, 0.4)
    at(pen, 40, -226, 0, () => {
      cast(pen, oval(0, 0, 206), 12, 12, 16, 0.22)
      fill(pen, oval(0, 0, 206), blend(pen, -150, -150, 150, 150, tint(main, 0.5), main, tint(main, -0.15)))
      line(pen, oval(0, 0, 192), trim, 7)
      fill(pen, oval(0, 0, 138), blend(pen, -100, -100, 100, 100, tint(main, -0.08), tint(main, 0.35)))
      for (let i = 0; i < 16; i++) at(pen, 0, 0, i * 22.5, () => fill(pen, oval(0, -164, 8, 13), clear(trim, 0.75)))
    })
    at(pen, -104, 0, 0, () => {
      shadow(pen, 8, 0, 170, 26, 0.4)
      const bowl = 'M-142 -150C-142 -60 -84 -22 -60 -14L-56 0L56 0L60 -14C84 -22 142 -60 142 -150Z'
      fill(pen, bowl, round(pen, -142, 142, trim))
      within(pen, bowl, () => line(pen, 'M-150 -106C-60 -72 60 -72 150 -106', clear('#ffffff', 0.5), 7))
      fill(pen, oval(0, -150, 142, 34), tint(main, 0.4))
      fill(pen, oval(0, -147, 128, 27), round(pen, -128, 128, tint(main, -0.16)))
    })
    at(pen, 168, 0, 0, () => {
      shadow(pen, 4, 0, 110, 20, 0.4)
      fill(pen, 'M-86 -96C-86 -40 -48 -14 -36 -8L-34 0L34 0L36 -8C48 -14 86 -40 86 -96Z', round(pen, -86, 86, main))
      fill(pen, oval(0, -96, 86, 20), tint(main, 0.5))
      fill(pen, oval(0, -94, 76, 15), round(pen, -76, 76, tint(trim, 0.1)))
    })
  },
  candle(pen, [main, trim]) {
    shadow(pen, 30, -2, 230, 32, 0.4)
    pen.save()
    pen.filter = 'blur(36px)'
    fill(pen, oval(0, -330, 190, 150), clear('#ffd98a', 0.6))
    pen.restore()
    const glass = cylinder(138, 33, -262)
    fill(pen, glass, round(pen, -138, 138, tint(main, 0.2), 0.8))
    within(pen, glass, () => fill(pen, 'M-150 -190C-80 -160 80 -160 150 -190L150 20L-150 20Z', round(pen, -138, 138, main)))
    fill(pen, oval(0, -262, 138, 33), clear('#ffffff', 0.7))
    fill(pen, oval(0, -258, 126, 27), round(pen, -126, 126, tint(main, -0.1)))
    within(pen, oval(0, -258, 126, 27), () =>
      fill(pen, oval(0, -240, 122, 26), glow(pen, 0, -250, 120, '#fff6dd', tint(main, 0.4))),
    )
    line(pen, 'M0 -244L0 -272', '#3b2d24', 6)
    fill(
      pen,
      'M0 -366C32 -322 30 -278 0 -268C-30 -278 -32 -322 0 -366Z',
      blend(pen, 0, -366, 0, -268, '#fff9d6', '#ffd05a', '#f78f2b'),
    )
    fill(pen, box(-78, -176, 156, 112, 8), '#fcf7ee')
    line(pen, box(-68, -166, 136, 92, 5), clear(trim, 0.6), 3)
    leaf(pen, -14, -92, -24, 0.5, trim)
    leaf(pen, 14, -92, 24, 0.5, tint(trim, 0.15))
    shine(pen, glass, -114, -240, 16, 200, 0.5)
  },
  pens(pen, [main, trim, third]) {
    shadow(pen, 16, 0, 200, 26, 0.4)
    const colours = [main, trim, third, tint(main, -0.35), tint(trim, 0.35)]
    colours.forEach((colour, i) => {
      at(pen, -72 + i * 36, -120, -22 + i * 11, () => {
        const barrel = box(-15, -372 + (i % 2) * 24, 30, 330, [6, 6, 3, 3])
        fill(pen, barrel, round(pen, -15, 15, colour))
        fill(pen, box(-9, -398 + (i % 2) * 24, 18, 30, 5), round(pen, -9, 9, '#d9d9e0'))
        fill(pen, box(7, -356 + (i % 2) * 24, 8, 108, 4), tint(colour, -0.3))
        fill(pen, box(-16, -238 + (i % 2) * 24, 32, 9), '#f7f4ec')
      })
    })
    const holder = cylinder(116, 26, -206)
    fill(pen, holder, round(pen, -116, 116, '#f3ece0', 0.8))
    fill(pen, oval(0, -206, 116, 26), 'rgba(255,255,255,0.35)')
    within(pen, holder, () => {
      fill(
        pen,
        'M-130 -86C-60 -130 -20 -60 40 -96C80 -116 110 -100 130 -90L130 20L-130 20Z',
        round(pen, -116, 116, tint(main, 0.25)),
      )
      line(pen, 'M-116 -206C-70 -172 70 -172 116 -206', clear(INK, 0.12), 5)
    })
    shine(pen, holder, -92, -180, 13, 150, 0.5)
  },
  phoneStand(pen, [main, trim]) {
    shadow(pen, 26, 0, 240, 30, 0.4)
    fill(pen, 'M-120 0L130 0L104 -30L-96 -30Z', blend(pen, 0, -30, 0, 0, tint(trim, 0.45), tint(trim, -0.1)))
    fill(pen, 'M-16 -20L16 -20L50 -190L20 -196Z', round(pen, -16, 50, trim))
    at(pen, 0, -66, -5, () => {
      const phone = box(-108, -396, 216, 420, 34)
      cast(pen, phone, 12, 14, 14, 0.26)
      fill(pen, phone, '#20212c')
      const screen = box(-98, -386, 196, 400, 26)
      fill(pen, screen, blend(pen, -98, -386, 98, 14, tint(main, 0.35), main, tint(trim, 0.1)))
      within(pen, screen, () => {
        fill(pen, oval(40, -230, 66), clear('#fff1c9', 0.9))
        fill(pen, 'M-120 -80C-60 -170 0 -120 40 -150C80 -180 110 -140 130 -120L130 40L-120 40Z', clear(tint(main, -0.4), 0.7))
        fill(pen, 'M-120 -20C-50 -90 20 -40 130 -70L130 40L-120 40Z', clear(tint(main, -0.6), 0.8))
        fill(pen, 'M-98 -386L20 -386L-98 -160Z', clear('#ffffff', 0.12))
      })
      fill(pen, box(-28, -378, 56, 13, 7), '#20212c')
    })
    fill(pen, box(-92, -66, 188, 30, 12), blend(pen, 0, -66, 0, -36, tint(trim, 0.4), tint(trim, -0.15)))
  },
  hat(pen, [main, trim]) {
    shadow(pen, 10, -24, 330, 60, 0.42)
    const brim = 'M-118 -150C-200 -128 -286 -70 -262 -34C-200 22 200 22 262 -34C286 -70 200 -128 118 -150Z'
    fill(pen, brim, round(pen, -270, 270, tint(main, -0.04)))
    within(pen, brim, () => {
      for (const k of [1, 0.88, 0.76])
        line(
          pen,
          `M${-262 * k} ${-46 - (1 - k) * 190}C${-200 * k} ${12 - (1 - k) * 170} ${200 * k} ${12 - (1 - k) * 170} ${262 * k} ${-46 - (1 - k) * 190}`,
          clear('#ffffff', 0.28),
          3,
        )
    })
    const crown =
      'M-138 -124C-138 -230 -120 -318 -84 -336C-40 -356 40 -356 84 -336C120 -318 138 -230 138 -124C80 -92 -80 -92 -138 -124Z'
    cast(pen, crown, 4, 8, 10, 0.2)
    fill(pen, crown, round(pen, -138, 138, main))
    fill(pen, 'M-84 -336C-40 -356 40 -356 84 -336C50 -314 -50 -314 -84 -336Z', tint(main, 0.3))
    within(pen, crown, () => line(pen, 'M-150 -152C-80 -112 80 -112 150 -152', trim, 40, 'butt'))
    at(pen, 62, -140, -4, () => fill(pen, box(-24, -17, 48, 34, 5), tint(trim, 0.65)))
  },
  kettle(pen, [main, trim]) {
    shadow(pen, 24, -2, 290, 36, 0.42)
    fill(
      pen,
      'M-118 -226C-190 -236 -196 -300 -238 -318L-214 -344C-150 -330 -140 -282 -96 -276Z',
      blend(pen, -238, -330, -100, -220, tint(main, 0.35), tint(main, -0.2)),
    )
    line(
      pen,
      'M104 -316C236 -360 246 -120 144 -92',
      blend(pen, 110, 0, 230, 0, tint(trim, -0.1), tint(trim, 0.3), tint(trim, -0.3)),
      28,
    )
    const body =
      'M-92 -340C-150 -270 -184 -110 -160 -28C-120 6 120 6 160 -28C184 -110 150 -270 92 -340C40 -356 -40 -356 -92 -340Z'
    fill(pen, body, round(pen, -172, 172, main))
    shine(pen, body, -118, -286, 24, 230, 0.42)
    fill(pen, cylinder(158, 26, -20, 26), round(pen, -158, 158, '#3b3a46'))
    fill(pen, 'M-94 -340C-60 -388 60 -388 94 -340C40 -320 -40 -320 -94 -340Z', round(pen, -94, 94, trim))
    fill(pen, oval(0, -392, 24, 20), round(pen, -24, 24, tint(trim, -0.15)))
    line(pen, 'M-150 -66C-80 -40 80 -40 150 -66', clear('#ffffff', 0.3), 4)
  },
  board(pen, [main, trim, third]) {
    shadow(pen, 16, 0, 290, 28, 0.42)
    at(pen, -30, -4, -5, () => {
      const slab = box(-150, -430, 300, 430, 34)
      cast(pen, slab, 14, 12, 14, 0.28)
      fill(pen, box(-140, -424, 300, 430, 34), tint(main, -0.25))
      fill(pen, slab, blend(pen, -150, -430, 150, 0, tint(main, 0.3), main, tint(main, -0.08)))
      within(pen, slab, () => {
        for (let x = -140; x < 150; x += 30)
          line(pen, `M${x} -440C${x + 22} -300 ${x - 18} -160 ${x + 8} 10`, clear(INK, 0.07), 4)
      })
      fill(pen, box(-42, -404, 84, 28, 14), tint(main, -0.4))
    })
    at(pen, 186, -2, 7, () => {
      fill(pen, 'M-34 -150L-34 -392C0 -384 26 -320 24 -150Z', blend(pen, -34, 0, 26, 0, '#fbfcff', '#c3c9d4', '#8f96a6'))
      fill(pen, box(-32, -156, 52, 150, 15), round(pen, -32, 20, trim))
      for (const y of [-120, -44]) fill(pen, oval(-6, y, 5), '#e5e5ea')
    })
    for (const [x, y, r] of points('-86 -66 66, 40 -52 52')) {
      shadow(pen, x + 8, y + r * 0.94, r * 1.3, r * 0.3, 0.4)
      fill(pen, oval(x, y, r), blend(pen, x - r, y - r, x + r, y + r, tint(third, 0.42), third, tint(third, -0.3)))
      fill(pen, oval(x - r * 0.35, y - r * 0.42, r * 0.28, r * 0.18, -0.5), clear('#ffffff', 0.6))
      for (const turn of [-60, 0, 60]) leaf(pen, x, y - r * 0.82, turn, r / 240, '#5b8f4c')
    }
  },
  cream(pen, [main, trim, third = '#d9b26a']) {
    shadow(pen, 20, -2, 280, 34, 0.4)
    const jar = cylinder(152, 36, -166)
    at(pen, -46, 0, 0, () => {
      fill(pen, jar, round(pen, -152, 152, main))
      fill(pen, oval(0, -166, 152, 36), tint(main, 0.5))
      fill(pen, oval(0, -162, 134, 29), tint(main, -0.12))
      within(pen, oval(0, -162, 134, 29), () => fill(pen, oval(0, -150, 130, 28), '#fffaf3'))
      fill(
        pen,
        'M-70 -164C-40 -206 10 -166 -6 -190C-20 -214 40 -220 58 -176C64 -156 -60 -146 -70 -164Z',
        blend(pen, 0, -214, 0, -150, '#ffffff', '#f3e6d6'),
      )
      fill(pen, box(-70, -112, 140, 60, 6), clear('#ffffff', 0.82))
      line(pen, 'M-42 -90L42 -90M-22 -72L22 -72', clear(INK, 0.35), 4)
      shine(pen, jar, -124, -140, 17, 110, 0.5)
    })
    at(pen, 148, -106, 68, () => {
      const lid = cylinder(112, 24, -34, 40)
      cast(pen, lid, 12, -4, 12, 0.26)
      fill(pen, lid, round(pen, -112, 112, third))
      fill(pen, oval(0, -34, 112, 24), blend(pen, -112, 0, 112, 0, tint(third, 0.55), tint(third, 0.05)))
    })
    leaf(pen, -216, -4, -38, 1, trim)
    leaf(pen, -206, -2, -72, 0.8, tint(trim, 0.15))
  },
  tissue(pen, [main, trim, third]) {
    shadow(pen, 24, 0, 310, 34, 0.42)
    const pack = (x, y, w, h, colour, open) => {
      if (open) {
        const puff = `M${x - 44} ${y - h + 8}C${x - 76} ${y - h - 84} ${x - 20} ${y - h - 76} ${x - 8} ${y - h - 132}C${x + 12} ${y - h - 90} ${x + 84} ${y - h - 100} ${x + 48} ${y - h + 8}Z`
        fill(pen, puff, blend(pen, x - 60, 0, x + 60, 0, '#ffffff', '#f3f3f6', '#dcdde4'))
        line(
          pen,
          `M${x - 6} ${y - h - 120}C${x - 2} ${y - h - 60} ${x - 14} ${y - h - 30} ${x - 8} ${y - h}`,
          clear(INK, 0.12),
          3,
        )
      }
      const body = box(x - w / 2, y - h, w, h, [22, 22, 16, 16])
      fill(pen, body, blend(pen, x - w / 2, 0, x + w / 2, 0, tint(colour, 0.45), colour, tint(colour, -0.12)))
      within(pen, body, () => {
        fill(
          pen,
          `M${x - w / 2} ${y - h * 0.34}C${x - w * 0.2} ${y - h * 0.62} ${x + w * 0.1} ${y - h * 0.1} ${x + w / 2} ${y - h * 0.42}L${x + w / 2} ${y}L${x - w / 2} ${y}Z`,
          clear('#ffffff', 0.5),
        )
        fill(pen, box(x - w / 2, y - h, w, 14), clear('#ffffff', 0.35))
      })
      for (const side of [-1, 1]) line(pen, `M${x + side * (w / 2 - 9)} ${y - h + 20}l0 ${h - 38}`, clear(INK, 0.08), 4)
    }
    pack(-112, 0, 214, 138, trim)
    pack(112, 0, 214, 138, third)
    pack(0, -140, 252, 146, main, true)
  },
  petBowl(pen, [main, trim, third = '#a9713f']) {
    shadow(pen, 16, -2, 320, 40, 0.42)
    const bowl = cylinder(184, 44, -138, 0, 232)
    fill(pen, bowl, round(pen, -232, 232, main))
    fill(pen, oval(0, -138, 184, 44), tint(main, 0.45))
    fill(pen, oval(0, -134, 164, 35), tint(main, -0.3))
    const dots = random(11)
    for (let i = 0; i < 90; i++) {
      const [turn, far] = [dots() * 6.28, Math.sqrt(dots())]
      const x = Math.cos(turn) * far * 148
      const y = -140 + Math.sin(turn) * far * 26 - (1 - far) * 56
      fill(pen, oval(x, y + 3, 15, 12), tint(third, -0.35))
      fill(pen, oval(x, y, 15, 12), tint(third, dots() * 0.34))
    }
    at(pen, 0, -62, 0, () => {
      fill(pen, oval(0, 12, 27, 22), trim)
      for (const [dx, dy] of points('-34 -12, -13 -30, 13 -30, 34 -12')) fill(pen, oval(dx, dy, 11, 13), trim)
    })
    shine(pen, bowl, -190, -96, 20, 70, 0.4)
  },
  pouch(pen, [main, trim, third]) {
    shadow(pen, 30, -2, 250, 34, 0.44)
    const bag = 'M-150 -438L150 -438C140 -330 158 -200 162 -24C110 8 -110 8 -162 -24C-158 -200 -140 -330 -150 -438Z'
    cast(pen, bag, 10, 8, 12, 0.2)
    fill(pen, bag, round(pen, -160, 160, main, 0.75))
    within(pen, bag, () => {
      fill(pen, box(-170, -444, 340, 36), clear('#ffffff', 0.3))
      for (let x = -150; x < 160; x += 11) line(pen, `M${x} -438l0 30`, clear(INK, 0.1), 3)
      line(pen, 'M-160 -388L160 -388', clear(INK, 0.2), 4)
      fill(pen, 'M-180 -120C-80 -176 40 -84 180 -140L180 20L-180 20Z', clear(tint(trim, -0.1), 0.9))
    })
    fill(pen, oval(0, -238, 98), '#fdf8ec')
    const window = oval(0, -238, 82)
    within(pen, window, () => {
      fill(pen, window, tint(third, -0.45))
      const dots = random(23)
      for (let i = 0; i < 70; i++) {
        const [x, y, r] = [-84 + dots() * 168, -324 + dots() * 172, 11 + dots() * 9]
        fill(pen, oval(x + 2, y + 4, r, r * 0.78, dots() * 3), tint(third, -0.4))
        fill(pen, oval(x, y, r, r * 0.78, dots() * 3), tint(third, dots() * 0.5))
      }
      fill(pen, 'M-90 -330L10 -330L-90 -190Z', clear('#ffffff', 0.18))
    })
    line(pen, 'M-52 -74L52 -74M-30 -50L30 -50', clear('#ffffff', 0.85), 6)
    line(pen, 'M-122 -372C-114 -260 -132 -140 -136 -60', clear('#ffffff', 0.3), 12)
  },
  crate(pen, [main, trim, third]) {
    shadow(pen, 20, 0, 330, 40, 0.44)
    const fruit = (x, y, r) => {
      fill(pen, oval(x, y, r, r * 0.95), blend(pen, x - r, y - r, x + r, y + r, tint(main, 0.48), main, tint(main, -0.28)))
      fill(pen, oval(x - r * 0.36, y - r * 0.4, r * 0.24, r * 0.15, -0.6), clear('#ffffff', 0.6))
      line(pen, `M${x + 4} ${y - r * 0.88}l5 -16`, '#6a4a2c', 6)
    }
    for (const [x, y, r] of points('-72 -296 66, 62 -304 68, -158 -238 66, 158 -240 66, 0 -250 70, -84 -204 66, 86 -206 66'))
      fruit(x, y, r)
    for (const [x, y, t] of points('-60 -352 -50, 82 -362 46, -4 -312 64, 176 -298 30')) leaf(pen, x, y, t, 0.52, trim)
    const front = 'M-252 -190L252 -190L232 0L-232 0Z'
    fill(pen, front, blend(pen, -250, -190, 250, 0, tint(third, 0.3), third, tint(third, -0.14)))
    for (const y of [-190, -124, -58]) {
      const plank = `M${-252 + (190 + y) * 0.105} ${y}L${252 - (190 + y) * 0.105} ${y}L${246 - (190 + y) * 0.105} ${y + 54}L${-246 + (190 + y) * 0.105} ${y + 54}Z`
      cast(pen, plank, 0, 5, 4, 0.3)
      fill(pen, plank, blend(pen, -250, y, 250, y + 54, tint(third, 0.34), third, tint(third, -0.08)))
      for (const dy of [14, 28, 42])
        line(pen, `M-226 ${y + dy}C-90 ${y + dy - 7} 90 ${y + dy + 7} 226 ${y + dy}`, clear(INK, 0.07), 3)
      for (const x of [-212, 212]) fill(pen, oval(x, y + 27, 5), clear(INK, 0.4))
    }
  },
  phoneCase(pen, [main, trim, third]) {
    shadow(pen, 20, 0, 260, 28, 0.4)
    for (const [x, turn, colour, motif] of [
      [86, 9, trim, main],
      [-66, -6, main, third],
    ])
      at(pen, x, -6, turn, () => {
        const back = box(-108, -424, 216, 424, 40)
        cast(pen, back, 12, 12, 14, 0.28)
        fill(pen, back, blend(pen, -108, -424, 108, 0, tint(colour, 0.32), colour, tint(colour, -0.14)))
        within(pen, back, () => {
          fill(pen, 'M-120 -120C-60 -190 0 -90 60 -140C90 -160 110 -150 130 -140L130 10L-120 10Z', clear(motif, 0.75))
          fill(pen, 'M-120 -60C-40 -120 40 -30 130 -80L130 10L-120 10Z', clear(tint(motif, 0.35), 0.85))
          fill(pen, oval(46, -226, 34), clear('#fff3d0', 0.95))
        })
        line(pen, box(-103, -419, 206, 414, 36), clear('#ffffff', 0.4), 4)
        fill(pen, box(-90, -406, 92, 100, 26), clear(INK, 0.6))
        for (const [dx, dy] of points('-66 -380, -24 -380, -66 -334')) {
          fill(pen, oval(dx, dy, 17), '#12131b')
          fill(pen, oval(dx - 4, dy - 4, 6), '#5e6c95')
        }
      })
  },
  cable(pen, [main, trim]) {
    shadow(pen, 10, -10, 280, 46, 0.36)
    at(pen, 0, -216, 0, () => {
      for (const [r, tone] of points('178 -0.18, 152 0, 126 0.16, 150 0.08')) {
        line(pen, oval(0, 4, r, r * 0.96), clear(INK, 0.16), 24)
        line(pen, oval(0, 0, r, r * 0.96), tint(main, tone), 19)
        line(pen, oval(-2, -3, r, r * 0.96), clear('#ffffff', 0.22), 4)
      }
      fill(pen, box(-54, 108, 108, 80, 16), round(pen, -54, 54, trim))
      line(pen, 'M-30 130L30 130M-30 148L30 148M-30 166L30 166', clear('#ffffff', 0.35), 5)
    })
    for (const [x, turn] of points('-160 -22, 156 20'))
      at(pen, x, -60, turn, () => {
        line(pen, 'M0 -110L0 -40', main, 19)
        fill(pen, box(-27, -56, 54, 82, 12), round(pen, -27, 27, tint(trim, 0.1)))
        fill(pen, box(-17, 24, 34, 34, [3, 3, 8, 8]), round(pen, -17, 17, '#cfd3dc'))
      })
  },
  plant(pen, [main, trim]) {
    shadow(pen, 24, -2, 230, 32, 0.42)
    for (const [turn, scale, shade] of points(
      '-58 1.9 -0.1, 58 1.9 -0.16, -34 2.4 0.06, 34 2.4 0, -12 2.7 -0.05, 12 2.6 0.12, -78 1.4 0.1, 78 1.4 0.02',
    ))
      leaf(pen, 0, -176, turn, scale, tint(trim, shade))
    const pot = cylinder(122, 29, -186, 0, 92)
    fill(pen, pot, round(pen, -122, 122, main))
    within(pen, pot, () => line(pen, 'M-130 -92C-60 -62 60 -62 130 -92', clear('#ffffff', 0.5), 10))
    fill(pen, cylinder(132, 30, -206, -158, 130), round(pen, -132, 132, tint(main, 0.1)))
    shine(pen, pot, -92, -150, 14, 110, 0.4)
    for (const [turn, scale] of points('-22 1.5, 26 1.4')) leaf(pen, 0, -196, turn, scale, tint(trim, 0.22))
  },
  jar(pen, [main, trim, third]) {
    shadow(pen, 30, -2, 250, 34, 0.42)
    const glass =
      'M-136 -40L-136 -262C-136 -300 -112 -312 -104 -332L104 -332C112 -312 136 -300 136 -262L136 -40C136 -18 80 0 0 0C-80 0 -136 -18 -136 -40Z'
    fill(pen, glass, round(pen, -136, 136, main))
    within(pen, glass, () => {
      fill(pen, box(-140, -340, 280, 56), clear('#ffffff', 0.5))
      const dots = random(5)
      for (let i = 0; i < 26; i++)
        fill(pen, oval(-124 + dots() * 248, -268 + dots() * 250, 4 + dots() * 9), clear('#ffffff', 0.06 + dots() * 0.14))
    })
    fill(pen, cylinder(118, 25, -384, -312), round(pen, -118, 118, trim))
    fill(pen, oval(0, -384, 118, 25), blend(pen, -118, 0, 118, 0, tint(trim, 0.5), tint(trim, 0.05)))
    line(pen, 'M-116 -330C-60 -306 60 -306 116 -330', clear('#ffffff', 0.3), 4)
    fill(pen, 'M-106 -226C-60 -212 60 -212 106 -226L106 -84C60 -70 -60 -70 -106 -84Z', '#fdf7e8')
    line(pen, 'M-92 -208C-50 -198 50 -198 92 -208M-92 -98C-50 -88 50 -88 92 -98', clear(third, 0.9), 5)
    at(pen, 0, -112, 0, () => {
      for (const [turn, colour] of [
        [-46, third],
        [46, third],
        [0, tint(third, 0.2)],
      ])
        leaf(pen, 0, 0, turn, 0.56, colour)
    })
    shine(pen, glass, -114, -270, 15, 230, 0.55)
  },
  tin(pen, [main, trim, third]) {
    shadow(pen, 30, -2, 280, 34, 0.42)
    const can = (x, height, colour, label) =>
      at(pen, x, 0, 0, () => {
        const body = cylinder(112, 27, -height)
        fill(pen, body, round(pen, -112, 112, colour))
        within(pen, body, () => {
          fill(
            pen,
            `M-120 ${-height + 74}C-60 ${-height + 100} 60 ${-height + 100} 120 ${-height + 74}L120 -66C60 -38 -60 -38 -120 -66Z`,
            round(pen, -112, 112, label),
          )
          at(pen, 0, -height / 2 + 34, 0, () => {
            fill(pen, oval(0, -34, 50), clear('#ffffff', 0.9))
            for (const [turn, scale] of points('-36 0.44, 36 0.44, 0 0.56')) leaf(pen, 0, -8, turn, scale, third)
          })
        })
        fill(pen, cylinder(118, 28, -height - 34, -height + 36), round(pen, -118, 118, tint(colour, -0.06)))
        fill(pen, oval(0, -height - 34, 118, 28), blend(pen, -118, 0, 118, 0, tint(colour, 0.5), tint(colour, 0.08)))
        line(pen, oval(0, -height - 34, 96, 21), clear('#ffffff', 0.35), 3)
        shine(pen, body, -84, -height + 40, 15, height - 70, 0.4)
      })
    can(96, 214, trim, tint(main, 0.3))
    can(-74, 304, main, tint(trim, 0.35))
  },
  bottle(pen, [main, trim, third]) {
    shadow(pen, 30, -2, 230, 30, 0.42)
    const glass =
      'M-84 -34L-84 -246C-84 -310 -34 -318 -32 -366L-32 -440L32 -440L32 -366C34 -318 84 -310 84 -246L84 -34C84 -14 50 0 0 0C-50 0 -84 -14 -84 -34Z'
    const one = (x, scale) =>
      at(pen, x, 0, 0, () => {
        pen.scale(scale, scale)
        fill(pen, glass, round(pen, -84, 84, main))
        within(pen, glass, () => fill(pen, box(-40, -444, 80, 86), clear('#ffffff', 0.35)))
        fill(pen, box(-38, -478, 76, 54, 8), round(pen, -38, 38, trim))
        fill(pen, 'M-84 -214C-40 -202 40 -202 84 -214L84 -80C40 -68 -40 -68 -84 -80Z', round(pen, -84, 84, '#fbf3df', 0.5))
        at(pen, 0, -112, 0, () => {
          for (const turn of [-30, 30]) leaf(pen, 0, 4, turn, 0.5, third)
        })
        line(pen, 'M-34 -96L34 -96', clear(INK, 0.3), 4)
        shine(pen, glass, -66, -256, 12, 220, 0.5)
      })
    one(92, 0.8)
    one(-60, 1)
  },
  basket(pen, [main, trim, third]) {
    shadow(pen, 20, -2, 320, 38, 0.42)
    line(
      pen,
      'M-176 -186C-150 -480 150 -480 176 -186',
      blend(pen, -176, 0, 176, 0, tint(main, 0.25), main, tint(main, -0.25)),
      19,
    )
    for (const [x, y, r] of points('-98 -218 62, 94 -220 62, 0 -236 70'))
      fill(pen, oval(x, y, r * 0.86, r), blend(pen, x - r, y - r, x + r, y + r, tint(third, 0.5), third, tint(third, -0.2)))
    for (const [x, t] of points('-140 -40, 146 44, -44 -12, 52 18')) leaf(pen, x, -206, t, 0.8, trim)
    const body = cylinder(212, 44, -194, 0, 172)
    fill(pen, body, round(pen, -212, 212, main))
    within(pen, body, () => {
      for (let row = 0; row < 8; row++)
        for (let column = -9; column < 9; column++) {
          const y = -170 + row * 24 + Math.sqrt(Math.max(0, 1 - (column / 9.4) ** 2)) * 36
          const odd = (row + column) % 2 === 0
          fill(pen, box(column * 25, y - 22, 24, 20, 7), odd ? clear('#ffffff', 0.2) : clear(INK, 0.14))
        }
    })
    line(pen, 'M-214 -194C-150 -140 150 -140 214 -194', blend(pen, -214, 0, 214, 0, tint(main, 0.3), main, tint(main, -0.3)), 22)
  },
}

/** Four stages taken in turn, so that no two neighbours look alike; what lies flat is seen on the bare ground. */
const STAGES = [
  { behind: 'disc', stand: 'round' },
  { behind: 'window', stand: 'slab' },
  { behind: 'arch', stand: 'round' },
  { behind: 'leaves', stand: 'none' },
]
const FLAT = new Set(['slippers'])
/** Drawings that are enlarged to fill the stage. */
// biome-ignore format: a table
const SIZES = {
  foldedUmbrella: 1.26, deskLamp: 1.08, thermos: 1.14, powerBank: 1.16, candle: 1.14, petBowl: 1.12, cream: 1.14, plates: 1.06, slippers: 1.18,
  lipstick: 1.12, tin: 1.12, jar: 1.14, mug: 1.1, headphones: 1.06, tissue: 1.12, pens: 1.12, cable: 1.08, storage: 1.06, kettle: 1.1, bottle: 1.06, towels: 1.1,
}

/** The picture of one product as JPEG. */
function picture({ drawing, colours, scene: [wall, accent] }, number) {
  const canvas = createCanvas(SIDE, SIDE)
  const pen = canvas.getContext('2d')
  const set = FLAT.has(drawing) ? STAGES[3] : STAGES[number % STAGES.length]
  const size = SIZES[drawing] ?? 1
  stage(pen, { wall, accent, ...set })
  at(pen, 400, set.stand === 'none' ? 668 : 646, 0, () => {
    pen.scale(size, size)
    DRAWINGS[drawing](pen, colours)
  })
  return canvas.toBuffer('image/jpeg', 82)
}

// ---------------------------------------------------------------------------------------------------------------------
// Configuration and README

const CONFIG = `# shoptool.yaml: one file says what this shop is, where its data come from and where it posts.
# 一个文件说清楚:店铺是谁、数据从哪来、发到哪去。命令改动本文件时会保留注释。

shop: { name: 小鹿好物, timezone: Asia/Shanghai, currency: CNY }

# Shelves: what you picked. The kind brings its rules (taoxiaopu: at most 1000 goods, a reason may be added, nothing edited).
# 货架:你选中的商品。kind 决定规则(taoxiaopu:最多 1000 件,只能写推荐理由,不能改商品)。
shelves:
  main: { kind: taoxiaopu }

# Sources: partner + feed (products | orders | payouts) + where. Globs take every file that fits.
# 数据源:伙伴 + 内容(products 商品 | orders 订单 | payouts 结算单)+ 位置。通配符会读取所有匹配的文件。
sources:
  # 淘宝联盟选品库导出(GB18030)/ goods export of the Taobao alliance
  taobao-picks: { partner: taobao, feed: products, file: "feeds/taobao-*.csv" }
  # 多多进宝 goods.search 的回答(JSON,分,千分比)/ an API answer saved as a file, in fen and per mille
  pdd-search: { partner: pdd, feed: products, file: feeds/pdd-goods.json }
  # 伙伴写在 partners/shanhuo.yaml / a partner described by you in partners/shanhuo.yaml
  shanhuo: { partner: shanhuo, feed: products, file: feeds/shanhuo.csv }

  taobao-orders: { partner: taobao, feed: orders, file: "orders/taobao-*.csv" }
  pdd-orders: { partner: pdd, feed: orders, file: orders/pdd-orders.json }
  shanhuo-orders: { partner: shanhuo, feed: orders, file: "orders/shanhuo-*.csv" }

  # With API keys a source needs no file. Secrets come from the environment or from file:secrets/jd.key, never from here.
  # 有 API 密钥就不用文件。密钥写在环境变量或 file:secrets/jd.key 里,不写在这里。
  # jd-hot: { partner: jd, feed: products, api: { appKey: "\${JD_APP_KEY}", secret: "\${JD_APP_SECRET}" }, query: { eliteId: 22 } }

# Channels: where you post, and in which forms. Rules of the platforms are checked against the surface.
# 渠道:发到哪里、用什么形式。平台规则按 surface 检查(微信拦淘宝链接,不拦图片)。
channels:
  moments: { surface: wechat/moments, forms: [image] }
  group-a: { surface: wechat/group, forms: [image, code], daily: 10 }
  weibo: { surface: weibo/post, forms: [image, url] }

# notify: { on: [failure, findings], webhook: { kind: wecom, url: "\${WECOM_URL}" } }
`

const PARTNER = `# A partner of your own: any network that gives you files. Copy this file, change the names of the columns, done.
# 自己的伙伴:任何给你文件的联盟都行。复制本文件,改成它的列名即可。 shoptool map <file> 会替你写第一版。
id: shanhuo
name: 山货集市
currency: CNY
timezone: Asia/Shanghai

feeds:
  products:
    format: { type: csv, delimiter: ";", encoding: utf-8 }
    fields:
      sku:            { text: 货号 }
      title:          { text: [名称, 商品名称] }               # the first of these names that the header has / 取表头里有的第一个
      category:       { text: 类别, optional: true }
      shop:           { text: 店家, optional: true }
      price:          { amount: 价格, unit: yuan }
      couponAmount:   { amount: 券额, unit: yuan, optional: true }
      couponFrom:     { instant: 券开始, pattern: "yyyy/MM/dd HH:mm", optional: true }
      couponUntil:    { instant: 券结束, pattern: "yyyy/MM/dd HH:mm", optional: true }
      commissionRate: { rate: 佣金比例, unit: percent }
      commission:     { amount: 佣金, unit: yuan }
      sales:          { count: 月销量 }                        # "1.2万+" is 12000
      imageUrl:       { text: 主图 }
      url:            { text: 商品页, optional: true }
      link:           { text: 推广链接 }

  orders:
    format: { type: csv }
    fields:
      orderId:        { text: 订单号 }
      lineId:         { text: 行号 }
      sku:            { text: 商品ID }
      title:          { text: 商品, optional: true }
      quantity:       { count: 数量, optional: true }
      paidAmount:     { amount: 付款金额, unit: yuan }
      commissionRate: { rate: 佣金比例, unit: percent }
      commission:     { amount: 预估佣金, unit: yuan }
      status:         { oneOf: 状态, words: { 已付款: paid, 已收货: received, 已结算: settled, 已退款: refunded, 已取消: invalid } }
      orderedAt:      { instant: 下单时间, pattern: "yyyy/MM/dd HH:mm" }
      receivedAt:     { instant: 收货时间, pattern: "yyyy/MM/dd HH:mm", optional: true }
      modifiedAt:     { instant: 更新时间, pattern: "yyyy/MM/dd HH:mm", optional: true }
      refundAmount:   { amount: 退款金额, unit: yuan, optional: true }
      trackingId:     { text: 推广位, optional: true }

  payouts:
    format: { type: csv }
    total: { amount: 本期合计, unit: yuan }                    # every row repeats the total of the statement / 每行都写着总额
    fields:
      statementId: { text: 结算单号 }
      orderId:     { text: 订单号, optional: true }
      lineId:      { text: 行号, optional: true }
      sku:         { text: 商品ID, optional: true }
      title:       { text: 商品, optional: true }
      amount:      { amount: 金额, unit: yuan }                # signed: a clawback is negative / 扣回为负数
      kind:        { oneOf: 类型, words: { 佣金: commission, 退款扣回: clawback, 奖励: bonus, 手续费: fee, 代扣税: tax, 尾差: rounding } }
      paidAt:      { day: 打款日期, pattern: "yyyy/MM/dd" }

# Paid seven days after receipt. / 收货 7 天后打款。
calendar: { basis: receivedAt, days: 7 }
# Payment fee: 0.6 % of what the buyer paid, part of a fen counts as one. / 支付手续费:付款金额的 0.6%,不足一分按一分。
fees: [ { name: 支付手续费, of: paidAmount, rate: "0.6%", rounding: up } ]
# A fen of difference per line is not worth a letter; it is still shown, as "tolerated". / 每行差一分不追究,但会列出。
tolerance: 1
`

const CLASS_NAMES = {
  matched: '一分不差',
  tolerated: '容差之内',
  'short-paid': '少付',
  'over-paid': '多付',
  missing: '该付未付',
  'unknown-order': '付了,但没有这个订单',
  duplicate: '重复付款',
  clawback: '退款扣回',
  'refunded-but-paid': '已退款却付了',
  late: '迟付(属于更早的月份)',
  early: '早付(属于以后的月份)',
  'non-order': '与订单无关(奖励、税、费、尾差)',
  'not-due': '未到期',
}

function readme(truth) {
  const partners = Object.keys(PARTNERS)
  const section = (month) => {
    const own = truth.months[month]
    const cell = ({ count, difference }) =>
      count === 0 ? '' : difference === '0.00' ? `${count}` : `${count} (${difference.startsWith('-') ? '' : '+'}${difference})`
    const row = (first, cells) => `| ${first} | ${cells.join(' | ')} |`
    return [
      `### \`shoptool settle --month ${month}\``,
      '',
      row(
        '',
        partners.map((partner) => PARTNERS[partner].name),
      ),
      row(
        '---',
        partners.map(() => '---:'),
      ),
      row(
        'expected 应付',
        partners.map((partner) => own[partner].expected),
      ),
      row(
        'paid 实付',
        partners.map((partner) => own[partner].paid),
      ),
      row(
        '**difference 差额**',
        partners.map((partner) => `**${own[partner].difference}**`),
      ),
      ...CLASSES.map((name) =>
        row(
          `\`${name}\` ${CLASS_NAMES[name]}`,
          partners.map((partner) => cell(own[partner].classes[name])),
        ),
      ),
      '',
    ].join('\n')
  }
  const total = sum(Object.values(truth.products))
  return `# 小鹿好物: a sample workspace · 示例工作区

Everything here is invented: shops, goods, numbers, links. / 这里的店铺、商品、数字、链接全是虚构的。
Three partners, ${total} products with pictures, two months of orders and payouts. / 三个伙伴,${total} 件带图商品,两个月的订单和打款单。

| | |
| --- | --- |
| \`shoptool.yaml\` | shop, sources, channels · 店铺、数据源、渠道 |
| \`partners/shanhuo.yaml\` | a partner described in YAML · 用 YAML 描述的伙伴 |
| \`feeds/\` | goods: Taobao export (GB18030), 多多进宝 answer (JSON, fen, ‰), 山货集市 (\`;\`) · 商品 |
| \`orders/\` | orders; the October files repeat September orders with newer statuses · 订单,十月的文件含九月订单的新状态 |
| \`inbox/\` | payout statements of 2026-10 and 2026-11 · 打款单 |
| \`photos/\` | pictures of the goods, drawn by a script · 商品图(脚本绘制) |

## Try · 试一试

\`\`\`sh
shoptool sync                                           # feeds and orders → SQLite · 商品和订单入库
shoptool find --min-rate 20% --min-sales 1000 --price 10..99
shoptool poster ${truth.try.sku}                            # two posters and the copy · 两张海报和文案
shoptool import payouts inbox/taobao-*.csv --partner taobao
shoptool import payouts inbox/pdd-*.csv --partner pdd
shoptool import payouts inbox/shanhuo-*.csv --partner shanhuo
shoptool settle --month 2026-10                         # exit code 5: done, with findings · 有发现
shoptool settle --month 2026-11
shoptool settle explain ${truth.try.order}             # why one order was paid too little · 这单为什么少付
\`\`\`

## What you should find · 应当查出

Number of entries, and in brackets what was paid too much (+) or too little (−), in yuan.
数字是条数,括号里是多付(+)或少付(−)的金额(元)。

${Object.keys(truth.months).map(section).join('\n')}
One order (${truth.try.clawback}) was paid in October and refunded after: it is one of the \`refunded-but-paid\` of October
(+${truth.try.amount}), and November takes it back (\`clawback\`).
有一单十月已付、之后退款:十月里它是 \`refunded-but-paid\`,十一月扣回(\`clawback\`)。
`
}

// ---------------------------------------------------------------------------------------------------------------------

/** The amounts in the files themselves, computed once more with whole numbers of another scale. */
function checkFiles() {
  const read = (name, encoding) => new TextDecoder(encoding).decode(readFileSync(join(WORKSPACE, name)))
  const records = (name, encoding, delimiter = ',') => {
    const [header, ...rows] = read(name, encoding)
      .trimEnd()
      .split('\r\n')
      .map((row) =>
        [...row.matchAll(new RegExp(`(?:^|${delimiter})(?:"((?:[^"]|"")*)"|([^${delimiter}]*))`, 'g'))].map(
          ([, inner, plain]) => inner?.replaceAll('""', '"') ?? plain,
        ),
      )
    return rows.map((cells) => Object.fromEntries(header.map((column, i) => [column, cells[i]])))
  }
  /** `9.1%` of 19.80 as text, half up to the fen, rates as whole hundredths of a percent. */
  const percentOf = (amount, rate) => {
    const units = BigInt(fen(amount)) * BigInt(fen(rate.replace('%', '')))
    return yuan(Number((units + 5000n) / 10_000n))
  }
  const agree = (where, stated, computed) => insist(stated === computed, `${where}: ${stated} is stated, ${computed} computed`)
  for (const row of records('feeds/taobao-202611.csv', 'gb18030'))
    agree(row.商品id, row.佣金, percentOf(yuan(fen(row['商品价格(单位：元)']) - fen(row.优惠券面额 || '0')), row['收入比率(%)']))
  for (const row of records('feeds/shanhuo.csv', 'utf-8', ';'))
    agree(row.货号, row.佣金, percentOf(yuan(fen(row.价格) - fen(row.券额 || '0')), row.佣金比例))
  for (const [name, encoding] of [
    ['orders/taobao-2026-09.csv', 'utf-16le'],
    ['orders/taobao-2026-10.csv', 'gb18030'],
  ])
    for (const row of records(name, encoding)) {
      agree(row.淘宝子订单号, row.付款预估收入, percentOf(row.付款金额, row.收入比率))
      agree(row.淘宝子订单号, row.结算预估收入, percentOf(row.结算金额, row.收入比率))
      if (row.订单状态 !== '已失效') agree(row.淘宝子订单号, row.技术服务费, percentOf(row.付款预估收入, row.技术服务费率))
    }
  for (const month of ['2026-09', '2026-10'])
    for (const row of records(`orders/shanhuo-${month}.csv`, 'utf-8'))
      agree(row.订单号, row.预估佣金, percentOf(row.付款金额, row.佣金比例))
  const pdd = JSON.parse(read('orders/pdd-orders.json')).order_list_get_response.order_list
  for (const order of pdd)
    insist(
      order.order_amount * order.promotion_rate === order.promotion_amount * 1000,
      `${order.order_sn}: the commission is not a whole number of fen`,
    )
  for (const month of Object.values(MONTHS)) {
    for (const [partner, column, encoding] of [
      ['taobao', '打款金额', 'gb18030'],
      ['pdd', '结算金额(元)', 'utf-8'],
    ]) {
      const rows = records(`inbox/${partner}-${month}.csv`, encoding)
      agree(`${partner} ${month}`, rows.at(-1)[column], yuan(sum(rows.slice(0, -1).map((row) => fen(row[column])))))
    }
    const rows = records(`inbox/shanhuo-${month}.csv`, 'utf-8')
    for (const row of rows) agree(`shanhuo ${month}`, row.本期合计, yuan(sum(rows.map((line) => fen(line.金额)))))
  }
  const size = (folder) =>
    sum(
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => statSync(join(entry.parentPath ?? entry.path, entry.name)).size),
    )
  const photos = readdirSync(join(WORKSPACE, 'photos')).map((name) => statSync(join(WORKSPACE, 'photos', name)).size)
  insist(Math.max(...photos) <= 45 * 1024 && sum(photos) < 2.5 * 2 ** 20, 'the pictures are too large')
  insist(size(WORKSPACE) < 3.5 * 2 ** 20, 'the workspace is too large')
  return { photos: photos.length, photoBytes: sum(photos), bytes: size(WORKSPACE) }
}

function makeSample() {
  rmSync(WORKSPACE, { recursive: true, force: true })
  save('shoptool.yaml', CONFIG)
  save('partners/shanhuo.yaml', PARTNER)
  saveTaobaoGoods()
  savePddGoods()
  saveShanhuoGoods()
  for (const [i, goods] of [...taobaoGoods, ...pddGoods, ...shanhuoGoods].entries()) save(goods.photo, picture(goods, i))

  const orderRows = { ...saveTaobaoOrders(), ...savePddOrders(), ...saveShanhuoOrders() }
  const settlements = Object.keys(MONTHS).flatMap((key) =>
    Object.keys(PARTNERS).map((partner) => {
      const settlement = settle(partner, key)
      return { partner, ...settlement, statement: saveStatement(partner, settlement) }
    }),
  )
  const entries = settlements.flatMap((settlement) => settlement.entries)
  checkPlan(entries)
  const truth = makeTruth(settlements, asKnownNow(entries), orderRows)
  const [short, clawback] = ['short-paid', 'clawback'].map((name) => entries.find((entry) => entry.class === name))
  save(
    'README.md',
    readme({
      ...truth,
      try: { sku: taobaoGoods[0].sku, order: short.orderId, clawback: clawback.orderId, amount: yuan(-clawback.paid) },
    }),
  )
  mkdirSync(dirname(TRUTH), { recursive: true })
  writeFileSync(TRUTH, `${JSON.stringify(truth, null, 1)}\n`)
  const { photos, photoBytes, bytes } = checkFiles()
  console.log(`templates/workspace: ${bytes} bytes, of which ${photoBytes} in ${photos} pictures`)
}

makeSample()
