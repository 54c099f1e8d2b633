import type { Random } from '../support/random.ts';

/** No value of a Secret that a fuzzer makes is without it, and nothing that is printed may have it. */
export const SECRET = 'hunter2';

/** What a terminal acts upon, what reorders or hides letters, and halves of letters; newlines, and the tabs of a diff, are none of it. */
export const UNSAFE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

const PIECES = [
  '\x1b[2J',
  '\x1b]8;;http://x\x1b\\',
  '\x9b31m',
  '\x9d0;c\x9c',
  '\x85',
  '\r',
  '\b',
  '\0',
  '\x7f',
  '\u202e',
  '\u2066',
  '\u2069',
  '\u200b',
  '\u200d',
  '\ufeff',
  '\u2028',
  '\u2029',
  '\u{e0041}',
  '\ud800',
  '\udc00',
  '\u0301',
  '漢字',
  '🙂',
  '\n',
  '\t',
  '/',
  '..',
  '../../',
  ' ',
  '"',
  "'",
  ':',
  ': ',
  '#',
  '%',
  '*',
  '&',
  '$(HOME)',
  '{{ x }}',
  '\\',
  '-',
  'a',
  'web',
  'x'.repeat(300),
] as const;

/** Names that objects of JavaScript have by themselves, and words that readers of YAML take for something else. */
const NAMES = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'],
  ...[
    'web',
    'login',
    'app',
    'app.conf',
    'LEVEL',
    '..data',
    '.',
    '..',
    '-',
    '<<',
    '~',
    'null',
    'yes',
    '0x10',
    '1e3',
    '',
  ],
  ...['../../etc/passwd', '/etc/passwd', 'a/b', 'con', 'x'.repeat(254), '*', '0', '-1'],
] as const;

/** A text that does harm wherever it is shown as it is. */
export function makeText(random: Random): string {
  return random.some(6, () => random.pick(PIECES)).join('');
}

/** A name: of the usual ones mostly, so that references meet. */
export function makeName(random: Random): string {
  if (random.once(6)) return makeText(random);
  return random.once(3) ? random.pick(['__proto__', ...NAMES]) : random.pick(['web', 'login', 'app', 'LEVEL']);
}

/** A text with some letters changed, lost, doubled or moved. */
export function damage(text: string, random: Random): string {
  let damaged = text;
  for (let times = random.below(6); times >= 0; times--) {
    const at = random.below(damaged.length + 1);
    const end = Math.min(damaged.length, at + random.below(20));
    switch (random.below(5)) {
      case 0:
        damaged = damaged.slice(0, at) + damaged.slice(end);
        break;
      case 1:
        damaged = damaged.slice(0, at) + makeText(random) + damaged.slice(at);
        break;
      case 2:
        damaged = damaged.slice(0, at) + damaged.slice(at, end).repeat(1 + random.below(4)) + damaged.slice(at);
        break;
      case 3:
        damaged =
          damaged.slice(0, at) +
          random.pick([
            '{',
            '}',
            '[',
            ']',
            '\n',
            '- ',
            '&a ',
            '*a',
            '|',
            '>',
            '!!binary ',
            '? ',
            '---\n',
            '...\n',
            '%YAML 1.2\n',
            '<<: *a\n',
            '"',
            "'",
            '\t',
          ]) +
          damaged.slice(at);
        break;
      default:
        damaged = damaged.slice(0, at);
    }
    if (damaged.length > 20_000) damaged = damaged.slice(0, 20_000);
  }
  return damaged;
}
