/** One thing to read in a container. */
export type Reading =
  /** The environment that the container was created with. */
  | { read: 'environment' }
  | { read: 'file'; path: string }
  /** The names of the files in a folder, without its folders. */
  | { read: 'names'; path: string }
  /** The SHA-256 sums of the files in a folder, as `sha256sum` prints them; none where the image has no such tool. */
  | { read: 'sums'; path: string }
  /** When a file or link was last written, to the nanosecond where the tools of the image can tell. */
  | { read: 'time'; path: string };

/** What was read. */
export type Finding =
  | { found: 'bytes'; bytes: Uint8Array }
  | { found: 'folder' }
  | { found: 'nothing' }
  /** It is there, or may be, but this user cannot read it. */
  | { found: 'unreadable' };

/**
 * Reads things one after the other, with what every shell has, `cat`, and `stat` for times. The first argument stands on a line of its
 * own before and behind each answer: it is made anew for each run, so that no content can imitate it. The environment of the shell
 * is the one that the container was created with; its own idea of it is not, as shells leave out odd names. No `--`, no `ls`: the
 * paths begin with a slash, and names may be of any form.
 */
const SCRIPT = `b=$1; shift; TZ=UTC0 LC_ALL=C; export TZ LC_ALL
for w; do p=\${w#?}; [ -z "$r" ] || resolve "$w"; case $w in
e*) echo "$b bytes"; cat /proc/$e/environ ;;
f*) if [ -d "$p" ]; then echo "$b folder"; elif [ -e "$p" ]; then echo "$b bytes"; cat "$p"
elif [ -x "\${p%/*}/" ]; then echo "$b nothing"; else echo "$b unreadable"; fi ;;
n*) if [ -r "$p" ] && [ -x "$p" ]; then echo "$b bytes"
for f in "$p"/* "$p"/.*; do if [ -e "$f" ] && [ ! -d "$f" ]; then echo "/\${f##*/}"; fi; done; else echo "$b unreadable"; fi ;;
s*) echo "$b bytes"; (cd "$p" && sha256sum ./* ./.[!.]* 2>/dev/null); : ;;
t*) echo "$b bytes"; stat -c %y "$p" ;;
*) echo "$b unreadable" ;;
esac; s=$?; echo; echo "$b $s"; done`;

/** In the container itself: whatever variables of these names it has. */
const INSIDE = 'e=$$ r=; ';

/**
 * In another container that sees the processes of this one. A link there that begins with a slash would lead the kernel astray, to a file
 * of the other container; those of the kubelet in a volume are followed by the kernel, for it may move them at any moment. The last part of
 * the path of a time is the link itself. Without \`readlink\` nothing behind a link can be read.
 */
const BESIDE = `e=1 r=/proc/1/root; resolve() { k=\${1%"\${1#?}"} q=\${1#?/} p=$r n=0
[ "$k" != e ] || return 0
while [ -n "$q" ]; do c=\${q%%/*}; q=\${q#"$c"}; q=\${q#/}; case $c in
''|.) ;;
..) [ "$p" = "$r" ] || p=\${p%/*} ;;
*) if [ ! -h "$p/$c" ] || [ "$k$q" = t ]; then p=$p/$c; continue; fi
l=$(readlink "$p/$c"); n=$((n + 1)); [ -n "$l" ] && [ $n -lt 40 ] || { w=; return; }
case $l in ..data/*) p=$p/$c ;; /*) p=$r q=\${l#/}/$q ;; *) q=$l/$q ;; esac ;;
esac; done; }
`;

const LETTERS = { environment: 'e', file: 'f', names: 'n', sums: 's', time: 't' } as const;

/** Where a command runs that looks into a container: in it, or in another one whose first process is that of this one. */
export type Standpoint = 'inside' | 'beside';

/** The command that reads them all. @param boundary a word that nobody can guess */
export function makeScriptCommand(
  readings: readonly Reading[],
  boundary: string,
  standpoint: Standpoint = 'inside',
): string[] {
  const words = readings.map((reading) => LETTERS[reading.read] + (reading.read === 'environment' ? '' : reading.path));
  const before = standpoint === 'inside' ? INSIDE : BESIDE;
  return ['sh', '-c', before + SCRIPT, 'sh', boundary, ...words];
}

/**
 * What the command printed, one finding a reading in their order.
 * @returns `null` when it did not get to its end
 */
export function parseScriptOutput(stdout: Uint8Array, count: number, boundary: string): Finding[] | null {
  const text = Buffer.from(stdout.buffer, stdout.byteOffset, stdout.byteLength);
  const findings: Finding[] = [];
  let at = 0;
  const readMark = (): string | null => {
    if (text.indexOf(`${boundary} `, at) !== at) return null;
    const end = text.indexOf('\n', at);
    if (end === -1) return null;
    const word = text.toString('latin1', at + boundary.length + 1, end);
    at = end + 1;
    return word;
  };
  while (findings.length < count) {
    const found = readMark();
    const end = text.indexOf(`\n${boundary} `, at);
    if (found === null || end === -1) return null;
    const bytes = text.subarray(at, end);
    at = end + 1;
    const status = readMark();
    if (status === null) return null;
    findings.push(makeFinding(found, bytes, status));
  }
  return findings;
}

function makeFinding(found: string, bytes: Uint8Array, status: string): Finding {
  switch (found) {
    case 'bytes':
      return status === '0' ? { found, bytes } : { found: 'unreadable' };
    case 'folder':
    case 'nothing':
      return { found };
    default:
      return { found: 'unreadable' };
  }
}
