/**
 * Writes what is generated in the documentation: `npm run docs` the tables of flags, `npm run docs -- --picture` also
 * the picture of the README, on the cluster of `npm run cluster -- up --node`.
 */
import { writeFlagTables } from './render-flag-tables.ts';

for (const path of writeFlagTables()) process.stdout.write(`${path} is written anew\n`);
if (process.argv.includes('--picture')) {
  const { PICTURE, recordPicture } = await import('./render-picture.ts');
  await recordPicture();
  process.stdout.write(`${PICTURE} is recorded\n`);
}
