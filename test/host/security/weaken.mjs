// Records of docs/launch-plan.md on standard input, the same without what the file in argv[2] takes away on standard output.
import { readFileSync } from 'node:fs';

const weakenings = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const strings = readFileSync(0).toString('utf8').split('\0').slice(0, -1);
const records = [];
for (let at = 0; at < strings.length; ) {
  const count = Number(strings[at + 1]);
  records.push({ name: strings[at], words: strings.slice(at + 2, at + 2 + count) });
  at += 2 + count;
}

const used = new Set();
const weakened = records.flatMap((record) => {
  let words = record.words;
  for (const weakening of weakenings) {
    if (weakening.without !== undefined) {
      if (!new RegExp(weakening.without).test([record.name, ...record.words].join(' '))) continue;
      used.add(weakening);
      return [];
    }
    if (weakening.of !== record.name) continue;
    used.add(weakening);
    if (weakening.omit !== undefined) words = words.filter((word) => word !== weakening.omit);
    if (weakening.add !== undefined) words = [...words, weakening.add];
    if (weakening.replace !== undefined) {
      words = words.map((word) => word.replaceAll(weakening.replace, weakening.by));
    }
  }
  return [{ name: record.name, words }];
});

// A weakening of a launch that weakens nothing would let a test pass that proves nothing.
const unused = weakenings.filter((weakening) => !used.has(weakening));
if (records[0]?.name === 'plan' && unused.length > 0) {
  process.stderr.write(`no record matches ${JSON.stringify(unused)}\n`);
  process.exit(1);
}

const text = weakened.map(({ name, words }) =>
  [name, words.length, ...words].map((word) => `${word}\0`).join(''),
);
process.stdout.write(text.join(''));
