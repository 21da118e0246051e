// SPDX-License-Identifier: Apache-2.0
// Change sets applied by Node alone, from docs/reference/change-sets.md: `node apply_plainly.mjs PACKAGE SET NEW`.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const [old, setPath, to] = process.argv.slice(2)
const sha256 = data => createHash('sha256').update(data).digest('hex')
const expect = (holds, what) => {
  if (!holds) {
    console.error(`refused: ${what}`)
    process.exit(1)
  }
}
const before = (one, what) => {
  if (one.old_path === null) return null
  const data = readFileSync(join(old, one.old_path))
  expect(sha256(data) === one.was, `${what} is another`)
  return data.toString('utf8')
}
// Where the text of a JSON string ends that begins a line.
const keyEnd = line => /^"(?:[^"\\]|\\.)*"/.exec(line)[0].length

function documents(name, one) {
  const text = before(one, name)
  if (text !== null && one.was === one.sha256) return text
  const wasKeyed = text !== null && text[0] === '{'
  const lines = text === null ? [] : text.split('\n').slice(1, -2).map(line => line.replace(/,$/, ''))
  const lineOf = entry => (one.keyed ? JSON.stringify(entry.key) + ':' : '') + entry.document
  for (const change of [...one.changed, ...one.removed]) {
    const line = lines[change.at]
    const document = wasKeyed ? line.slice(keyEnd(line) + 1) : line
    expect(sha256(document) === change.was, `${change.key} is another`)
  }
  for (const change of one.changed) lines[change.at] = lineOf(change)
  const gone = new Set(one.removed.map(removed => removed.at))
  const kept = one.order === null
    ? lines.filter((_, at) => !gone.has(at))
    : one.order.flatMap(([start, count]) => lines.slice(start, start + count))
  for (const added of [...one.added].sort((a, b) => a.at - b.at)) kept.splice(added.at, 0, lineOf(added))
  const [begin, end] = one.keyed ? '{}' : '[]'
  return begin + (kept.length ? '\n' + kept.join(',\n') : '') + '\n' + end + '\n'
}

function file(path, one) {
  const text = before(one, path) ?? ''
  if (one.parts === null) return text
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? []
  return one.parts.map(part => typeof part === 'string' ? part : lines.slice(part[0], part[0] + part[1]).join('')).join('')
}

const set = JSON.parse(readFileSync(setPath, 'utf8'))
expect(set.format === 'sourcebook change set 1', 'it is no change set')
expect(sha256(readFileSync(join(old, 'datapackage.json'))) === set.from.sha256, 'it is for another package')
const made = [
  ...Object.entries(set.collections).map(([name, one]) => [one.path, documents(name, one), one]),
  ...Object.entries(set.files).map(([path, one]) => [path, file(path, one), one]),
]
for (const [path, text, one] of made) {
  const data = Buffer.from(text, 'utf8')
  expect(data.length === one.bytes && sha256(data) === one.sha256, `${path} came out otherwise`)
  mkdirSync(dirname(join(to, path)), { recursive: true })
  writeFileSync(join(to, path), data)
}
