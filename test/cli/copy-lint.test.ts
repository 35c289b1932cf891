import { describe, expect, it } from 'vitest'
import { ACME, folderWith, run, workspaceWith } from './shoptool.ts'

const gb18030 = Buffer.from('b9e3b8e6a3bac8abcdf8d7eeb5cd', 'hex') // 广告：全网最低

describe('copy lint', () => {
  const files = {
    'clean.txt': '【广告】月芝猫汉服\n券后 ¥259，第一次入手正合适\n',
    'post.txt': '\ufeff【广告】好伞\n这把全 网*最低，亲测😀好用\n',
    'gb.txt': gb18030,
    'bare.txt': '伞',
    'empty.txt': ' \n',
    'broken.txt': Buffer.from([0xff, 0xff, 0x80]),
    'bytes.txt': Buffer.from('ab\0c'),
  }
  const cwd = folderWith(files)
  const at = (args: string[], options = {}) => run(['copy', 'lint', ...args, '-q'], { cwd, ...options })

  it('is silent where nothing is found', async () => {
    expect(await at(['clean.txt'])).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  it('tells file, line and column, one finding a line', async () => {
    expect(await at(['post.txt', 'bare.txt'])).toEqual({
      code: 5,
      stdout: `post.txt:2:3: stop 全 网*最低 (全网最低) — 极限词: 绝对化用语（广告法第九条第三项）; instead: 写券后价和原价，不和别家比
post.txt:2:10: warn 亲测😀好用 (亲测好用) — 亲身经历: 没有真的用过就是虚假宣传（广告法第二十八条、互联网广告管理办法第九条）; instead: 写商品本身的事实，或确有其事时保留凭证
bare.txt:1:1: stop 广告标识: 互联网广告管理办法第九条：附购买方式的推荐须显著标明“广告”; instead: 以【广告】开头，或以“广告”“推广”结尾
`,
      stderr: '',
    })
  })

  it('marks the place on a terminal', async () => {
    const { stdout } = await at(['post.txt', '--no-color'], { tty: 60 })
    expect(stdout).toContain('\n    这把全 网*最低，亲测😀好用\n        ^^^^^^^^^^\n')
  })

  it('gives JSON', async () => {
    const { code, stdout } = await at(['post.txt', '--json'])
    expect(code).toBe(5)
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'shoptool.copy-lint.v1',
      files: [
        {
          file: 'post.txt',
          findings: [{ line: 2, column: 3, from: 9, to: 15, word: '全网最低', level: 'stop' }, { level: 'warn' }],
        },
      ],
    })
  })

  it('goes on where a file cannot be read', async () => {
    const { code, stdout, stderr } = await at(['none.txt', 'broken.txt', 'gb.txt'])
    expect([code, stdout.slice(0, 11), stderr.split('\n')]).toEqual([
      2,
      'gb.txt:1:4:',
      ['shoptool: none.txt: no such file', 'shoptool: broken.txt: is neither UTF-8 nor GB18030', ''],
    ])
  })

  it('reads GB18030 and standard input', async () => {
    expect((await at(['gb.txt'])).stdout).toMatch(/^gb.txt:1:4: stop 全网最低 /)
    const { code, stdout } = await at(['-'], { stdin: '广告 顶级' })
    expect([code, stdout.slice(0, 18)]).toEqual([5, 'stdin:1:4: stop 顶级'])
  })

  it.each([
    ['empty.txt', 4, 'empty.txt: is empty, expected a text'],
    ['broken.txt', 4, 'broken.txt: is neither UTF-8 nor GB18030'],
    ['bytes.txt', 4, 'bytes.txt: is no text'],
    ['none.txt', 2, 'none.txt: no such file'],
    ['.', 2, '.: is a folder, expected a text file'],
  ])('%s: exit %i', async (file, code, message) => {
    expect(await at([file])).toEqual({ code, stdout: '', stderr: `shoptool: ${message}\n` })
  })

  it('takes the words of the workspace', async () => {
    const folder = workspaceWith('', { 'rules/adwords.yaml': 'words: [小熊]\nallow: [顶级小]\n' })
    const { stdout } = await run(['copy', 'lint', '-'], { cwd: folder, stdin: '广告 顶级小熊' })
    expect(stdout).toBe('stdin:1:6: stop 小熊 — 自定词: 工作区的 rules/adwords.yaml\n')
  })

  it('says that figures are not compared where no goods are named', async () => {
    const { stderr } = await run(['copy', 'lint', 'clean.txt'], { cwd })
    expect(stderr).toBe('Figures are not compared with the catalog: no --sku.\n')
  })

  it('compares figures with the goods, and addresses and length with the channel', async () => {
    const long = '说明'.repeat(200)
    const folder = workspaceWith('', {
      'partners/acme.yaml': ACME,
      'goods.csv': 'sku,title,price\nA1,9.9元三件装晴雨伞,29.90\n',
      'true.txt': '【广告】9.9元三件装晴雨伞，29.9元\n',
      'false.txt': `【广告】晴雨伞 ¥19.9，看 https://item.taobao.com/1 ${long}\n`,
    })
    await run(['import', 'products', 'goods.csv', '--partner', 'acme'], { cwd: folder })
    const lint = (...args: string[]) => run(['copy', 'lint', ...args, '-q'], { cwd: folder })
    expect(await lint('true.txt', '--sku', 'A1')).toEqual({ code: 0, stdout: '', stderr: '' })
    const { code, stdout } = await lint('false.txt', '--sku', 'A1', '--channel', 'moments')
    expect(code).toBe(5)
    expect(stdout.split('\n').map((line) => line.slice(0, 60))).toEqual([
      expect.stringMatching(/^false.txt:1:1: warn moments: \d+ characters in \d+ lines, the/),
      'false.txt:1:9: stop ¥19.9 — 与商品库不符: 商品库里价格是 ¥29.90（广告法第二十八条）',
      expect.stringMatching(/^false.txt:1:17: stop https:\/\/item.taobao.com\/1 — moments: /),
      '',
    ])
    expect(await lint('true.txt', '--sku', 'A2')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('A2: no such product'),
    })
    expect(await lint('true.txt', '--channel', 'momets')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean moments?'),
    })
  })

  it('a reason with a forbidden word is refused where it is given', async () => {
    const folder = workspaceWith('shelves: { main: { kind: custom } }\n', {
      'partners/acme.yaml': ACME,
      'goods.csv': 'sku,title,price\nA1,晴雨伞,29.90\n',
    })
    await run(['import', 'products', 'goods.csv', '--partner', 'acme'], { cwd: folder })
    const shelf = (...args: string[]) => run(['shelf', ...args], { cwd: folder })
    const refused = { code: 2, stderr: expect.stringContaining('shoptool: the reason: "全网最低" (极限词') }
    expect(await shelf('add', 'A1', '--reason', '全网最低')).toMatchObject(refused)
    expect((await shelf('add', 'A1', '--reason', '亲测')).stderr).toContain('the reason: "亲测" (亲身经历')
    expect(await shelf('reason', 'A1', '全网最低')).toMatchObject(refused)
  })
})
