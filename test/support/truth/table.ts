import type { State } from '../../../src/types.ts';
import type { EditName } from './edits.ts';
import type { UseName } from './uses.ts';

/** The columns of the table, with the uses that each stands for. `new` are all uses by a pod that was created after the edit. */
export const COLUMNS = {
  A: ['env', 'subPath', 'init'],
  all: ['envFrom'],
  folder: ['subPathFolder'],
  files: ['volume', 'projected'],
  secretA: ['secretEnv', 'secretSubPath'],
  secretFiles: ['secretVolume'],
  B: ['other'],
  again: ['againEnv', 'againEnvFrom'],
  againFiles: ['againSubPath', 'againVolume'],
} as const satisfies Record<string, readonly UseName[]>;

/** A column of the table. */
export type Column = keyof typeof COLUMNS | 'new';

/**
 * The acceptable verdicts on each use after each edit: C current, S stale, F files that are pending or refreshed, U unknown.
 * Before a colon with what the API tells of the past, behind it without; of Secrets `status` never asks for the past.
 *
 * A pod uses the keys A and B one by one, and all keys together; every edit but those of a key says what it does to A. C is a key that
 * nothing needs. `again` was restarted in its place some seconds after the edit, when the kubelet may not have written its files yet.
 */
const TABLE = `
                                            | A       all     folder  files   secretA secretFiles B       again   againFiles new
nothing at all                              | C:CU    C:CU    C:CU    C:CU    CU      CU          C:CU    C:CU    C:CU       C:CU
client-side apply of a value                | S       S       S       F       S       F           C:SU    CU      CU         C:CU
server-side apply of a value                | S       S       S       F       S       F           C:SU    CU      CU         C:CU
kubectl edit of a value                     | S       S       S       F       S       F           C:CU    CU      CU         C:CU
strategic patch of a value                  | S       S       S       F       S       F           C:CU    CU      CU         C:CU
JSON patch of a value                       | S       S       S       F       S       F           C:SU    CU      CU         C:CU
replace of the object with another value    | S       S       S       F       S       F           C:CU    CU      CU         C:CU
change of a key beside                      | C:CU    S       S       F       CU      F           S       CU      CU         C:CU
key removed by JSON patch                   | C:CU    S:U     C:CU    F:U     CU      U           C:CU    CU      CU         C:CU
key removed by merge patch                  | C:CU    S:U     C:CU    F:U     CU      U           C:CU    CU      CU         C:CU
key removed by kubectl edit                 | C:CU    S:U     C:CU    F:U     CU      U           C:CU    CU      CU         C:CU
key removed by replace                      | C:CU    S:U     C:CU    F:U     CU      U           C:CU    CU      CU         C:CU
key removed by client-side apply            | C:SU    S       C:SU    F       S       F           C:SU    CU      CU         C:CU
key removed by server-side apply            | C:SU    S       C:SU    F       S       F           C:SU    CU      CU         C:CU
key added by patch                          | C:CU    S       C:CU    F       CU      F           C:CU    CU      CU         C:CU
key removed and put back                    | C:CU    C:S     C:CU    CF:F    CU      F           C:CU    CU      CU         C:CU
key put in and taken away                   | C:CU    C:U     C:CU    CF:U    CU      U           C:CU    CU      CU         C:CU
label by the manager of the values          | C:S     C:S     C:S     C:F     S       F           C:S     CU      CU         C:CU
label by another manager                    | C:CU    C:U     C:CU    C:U     CU      U           C:CU    CU      CU         C:CU
label removed                               | C:CU    C:U     C:CU    C:U     CU      U           C:CU    CU      CU         C:CU
value changed and changed back              | C:S     C:S     CS:S    CF:F    S       F           C:CU    CU      CU         C:CU
recreated with the same content             | CS      CS      CS      CF      S       F           CS      CU      CU         C:CU
recreated with other content                | S       S       S       F       S       F           CS      CU      CU         C:CU
immutable, recreated with other content     | S       S       S       SFU     S       SFU         CSU     U       U          U
immutable, recreated with the same content  | CSU     CSU     CSU     CSFU    SU      SFU         CSU     CU      CU         CU
immutable, named by its content             | C:CU    C:CU    C:CU    C:CU    CU      CU          C:CU    C:CU    C:CU       C:CU
made immutable                              | CU      CU      CU      CU      CU      CU          CU      CU      CU         CU
edited by hand, then taken over by Flux     | S:U     S:U     S:U     F:U     U       U           C:CU    CU      CU         C:CU
changed between two server-side applies     | S:SU    S:SU    S:SU    F:FU    SU      FU          C:CU    CU      CU         C:CU
the same content applied by a second manager| C:CU    C:U     C:CU    C:U     CU      U           C:CU    CU      CU         C:CU
moved from client-side to server-side apply | C:CU    C:U     C:CU    C:U     CU      U           C:CU    CU      CU         C:CU
managed fields stripped                     | C:CU    C:U     C:CU    C:U     CU      U           C:CU    CU      CU         C:CU
managed fields stripped with a change       | S:U     S:U     S:U     F:U     U       U           C:CU    CU      CU         C:CU
changed after managed fields were stripped  | S:U     S:U     S:U     F:U     U       U           C:CU    CU      CU         C:CU
`;

/** The cells of the table, by edit and by column. */
const CELLS = readTable();

const LETTERS: Record<string, readonly State[]> = {
  C: ['current'],
  S: ['stale'],
  F: ['pending', 'refreshed'],
  U: ['unknown'],
};

/** The states that a cell accepts. */
export function acceptedStates(edit: EditName, column: Column, mode: 'history' | 'forgotten'): State[] {
  const cell = CELLS.get(edit)?.get(column);
  if (cell === undefined) throw new Error(`the table has no cell for ${column} after: ${edit}`);
  const [withHistory = '', without = withHistory] = cell.split(':');
  return [...(mode === 'history' ? withHistory : without)].flatMap((letter) => LETTERS[letter] ?? []);
}

function readTable(): Map<string, Map<string, string>> {
  const [head = '', ...rows] = TABLE.trim().split('\n');
  const columns = readCells(head);
  return new Map(
    rows.map((row) => [
      row.slice(0, row.indexOf('|')).trim(),
      new Map(readCells(row).map((cell, index) => [columns[index] ?? '', cell])),
    ]),
  );
}

function readCells(row: string): string[] {
  return row
    .slice(row.indexOf('|') + 1)
    .trim()
    .split(/ +/);
}
