import platformPath from 'node:path';

/** What the system is told to start. */
interface SystemCommand {
  file: string;
  args: readonly string[];
  /** The words are handed on as they are, on Windows. */
  windowsVerbatimArguments: boolean;
}

/** What the shell of Windows acts upon even within quotes, or may where the batch file passes its words on. */
const SPECIAL = /["%!^&|<>\r\n\0]/;

/**
 * How a program is started: as it is, but a batch file of Windows by the shell that it is written for. Neither Windows nor Node.js passes
 * words to that shell safely.
 * https://nodejs.org/api/child_process.html#spawning-bat-and-cmd-files-on-windows
 * @param paths `win32` or `posix` of `node:path`
 * @throws an error with the code `ERR_INVALID_ARG_VALUE` for a word that the shell would act upon
 */
export function makeSystemCommand(
  path: string,
  args: readonly string[],
  env: Record<string, string | undefined>,
  paths: typeof platformPath = platformPath,
): SystemCommand {
  if (paths.sep === '/' || !/\.(bat|cmd)$/i.test(path)) return { file: path, args, windowsVerbatimArguments: false };
  const words = [path, ...args];
  const special = words.find((word) => SPECIAL.test(word));
  if (special !== undefined) {
    const message = `${path} is a batch file, whose shell would act upon ${JSON.stringify(special)}`;
    throw Object.assign(new Error(message), { code: 'ERR_INVALID_ARG_VALUE' });
  }
  // A backslash at the end would take the quote behind it along.
  const line = words.map((word) => `"${word.replace(/\\+$/, '$&$&')}"`).join(' ');
  return {
    file: env['ComSpec'] ?? env['COMSPEC'] ?? 'C:\\Windows\\System32\\cmd.exe',
    args: ['/d', '/v:off', '/s', '/c', `"${line}"`],
    windowsVerbatimArguments: true,
  };
}
