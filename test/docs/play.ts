import { writeFileSync } from 'node:fs';
import { compareOutput } from './compare.ts';
import type { Page, Step } from './page.ts';
import { findSteps } from './page.ts';
import type { Shop } from './shop.ts';

/** A step that went otherwise than the page says: both texts, for a test to compare. */
export interface Deviation {
  command: string;
  expected: string;
  actual: string;
}

/**
 * Types everything that a page says, in its order, in a shop. With `update` the outputs in the page become those of this run, where
 * they tell something else.
 * @param isLeftOut commands that cannot be run here
 */
export async function playPage(
  page: Page,
  shop: Shop,
  options: { isLeftOut: (command: string) => boolean; update: boolean },
): Promise<Deviation[]> {
  const deviations: Deviation[] = [];
  const news: { step: Step; output: string }[] = [];
  for (const step of findSteps(page)) {
    if (step.kind !== 'hidden' && options.isLeftOut(step.command)) continue;
    const { code, text } = await shop.type(step.command);
    // 1 is an answer ("they differ"), 2 is a refusal.
    if (code > (step.kind === 'hidden' ? 0 : 1)) {
      deviations.push({ command: step.command, expected: 'exit code 0 or 1', actual: `exit code ${code}: ${text}` });
    } else if (step.kind === 'example') {
      const compared = compareOutput(step.output, text, shop.namespace);
      if (compared.expected === compared.actual) continue;
      deviations.push({ command: step.command, ...compared });
      news.push({ step, output: text.replaceAll(shop.namespace, 'shop') });
    }
  }
  if (options.update && news.length > 0) writeFileSync(page.path, replaceOutputs(page.text, news));
  return options.update
    ? deviations.filter(({ command }) => news.every(({ step }) => step.command !== command))
    : deviations;
}

function replaceOutputs(text: string, news: readonly { step: Step; output: string }[]): string {
  return news.reduceRight((rest, { step, output }) => rest.slice(0, step.start) + output + rest.slice(step.end), text);
}
