import { dirname, join } from 'node:path';
import type { Page } from './page.ts';

/**
 * Links and pictures of a page that lead nowhere. Those into the web are left alone.
 * @param read the text of a file, from the top of the repository; `''` for one that is no page, `undefined` for one that is not there
 */
export function findBrokenLinks({ path, text }: Page, read: (path: string) => string | undefined): string[] {
  const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  const local = links.filter((target) => !/^https:\/\//.test(target));
  return local
    .filter((target) => {
      const [file = '', anchor] = target.split('#');
      const there = file === '' ? text : read(join(dirname(path), file));
      return there === undefined || (anchor !== undefined && !findAnchors(there).includes(anchor));
    })
    .map((target) => `${path}: ${target}`);
}

/** The anchors that GitHub gives the headings of a page. */
function findAnchors(text: string): string[] {
  return [...withoutCode(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function withoutCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```$/gm, '');
}
