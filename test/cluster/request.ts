import { Agent, request } from 'node:https';

/** How to reach the API server as its administrator. */
export interface ApiAccess {
  server: string;
  /** PEM. */
  ca: string;
  token: string;
}

/** What the API server answered. */
export interface ApiAnswer {
  status: number;
  text: string;
}

// One connection after another costs a TLS handshake each, which is most of the time of a small request.
const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/** One request with a JSON body (or none); rejects only when there is no answer. */
export function callApi(access: ApiAccess, method: string, path: string, body?: unknown): Promise<ApiAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<ApiAnswer>();
  const headers = {
    authorization: `Bearer ${access.token}`,
    accept: 'application/json',
    'content-type': 'application/json',
  };
  const outgoing = request(new URL(path, access.server), { method, headers, agent, ca: access.ca }, (response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (part: string) => {
      text += part;
    });
    response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    response.on('error', reject);
  });
  outgoing.on('error', (error: NodeJS.ErrnoException) => {
    // The server ends a connection that was idle for long, at times just when it is used again.
    if (outgoing.reusedSocket && error.code === 'ECONNRESET') callApi(access, method, path, body).then(resolve, reject);
    else reject(error);
  });
  outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
}
