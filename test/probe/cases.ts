import { contentCases } from './cases-content.ts';
import { environmentCases } from './cases-environment.ts';
import { holdCases } from './cases-holds.ts';
import { messageCases } from './cases-messages.ts';
import { startCases } from './cases-start.ts';
import { subpathCases } from './cases-subpath.ts';
import { toolCases } from './cases-tools.ts';
import type { Case } from './play.ts';

/** The contract of the probe (probe/README.md), case by case; every form plays all of them that it is about. */
export const cases: readonly Case[] = [
  ...contentCases,
  ...startCases,
  ...environmentCases,
  ...subpathCases,
  ...holdCases,
  ...messageCases,
  ...toolCases,
];
