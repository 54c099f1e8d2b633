/** The picture of the README, recorded on a real cluster: commands of the README, with the colours that a terminal gets. */
import { writeFile } from 'node:fs/promises';
import { useCluster as findCluster } from '../test/cluster/shared.ts';
import { findSteps, readPage } from '../test/docs/page.ts';
import { openShop } from '../test/docs/shop.ts';
import { renderTerminal } from './terminal-svg.ts';

/** What the picture is, and where. */
export const PICTURE = 'docs/reload.svg';
/** The commands that it shows. */
export const SHOWN = ['kubectl reload', 'kubectl reload diff', 'kubectl reload restart --yes'];

/** Plays the README up to the last command that is shown, and draws those. */
export async function recordPicture(): Promise<void> {
  await using shop = await openShop(await findCluster());
  const shown = new Map<string, string>();
  for (const { command } of findSteps(readPage('README.md')).filter(({ kind }) => kind === 'example')) {
    if (shown.size === SHOWN.length) break;
    const isShown = SHOWN.includes(command);
    const { text } = await shop.type(isShown ? `${command} --color=always` : command);
    if (isShown) shown.set(command, text.replaceAll(shop.namespace, 'shop'));
  }
  const screen = SHOWN.map((command) => `$ ${command}\n${dropWaiting(shown.get(command) ?? '')}`).join('\n');
  await writeFile(
    PICTURE,
    renderTerminal(screen, 'kubectl reload, kubectl reload diff and kubectl reload restart in a terminal'),
  );
}

/** How often a rollout waits depends on the machine; the last wait of each is the one that is always there. */
function dropWaiting(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/: Waiting for /.test(line) || line.includes('to stay ready'))
    .join('\n');
}
