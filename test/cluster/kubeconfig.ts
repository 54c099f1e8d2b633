import { writeFileSync } from 'node:fs';

/** Writes a kubeconfig (as JSON, which is YAML too) for one user with a token. */
export function writeKubeconfig(
  file: string,
  access: { server: string; ca: string; token: string },
  user: string,
): void {
  const name = 'kubectl-reload-test';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name,
        cluster: { server: access.server, 'certificate-authority-data': Buffer.from(access.ca).toString('base64') },
      },
    ],
    users: [{ name: user, user: { token: access.token } }],
    contexts: [{ name, context: { cluster: name, user } }],
    'current-context': name,
  };
  writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
}
