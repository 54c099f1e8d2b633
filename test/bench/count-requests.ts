/** How many requests one run of a command makes, by its own account. */
export interface RequestCount {
  total: number;
  /** For how something was at an exact version. */
  exact: number;
  leases: number;
}

/** Runs a command of the program with `-v`, and counts what it says on stderr. */
export async function countRequests(
  command: readonly string[],
  env: Record<string, string | undefined>,
): Promise<RequestCount> {
  const child = Bun.spawn([...command, '-v'], { env, stdin: 'ignore', stdout: 'ignore', stderr: 'pipe' });
  const lines = (await new Response(child.stderr).text())
    .split('\n')
    .filter((line) => /^(GET|POST) https?:/.test(line));
  return {
    total: lines.length,
    exact: lines.filter((line) => line.includes('resourceVersionMatch=Exact')).length,
    leases: lines.filter((line) => line.includes('/leases')).length,
  };
}
