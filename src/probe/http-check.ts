import type { JsonObject } from '../objects/json.ts';
import { readInteger, readObjects, readText } from '../objects/json.ts';

/**
 * An HTTP check as our program takes it (`8080/healthz`), or why it cannot perform it. The kubelet asks at the address of the pod, our
 * program at 127.0.0.1.
 * https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#http-probes
 */
export function formatHttpCheck(
  httpGet: JsonObject,
  container: JsonObject,
): { http: string; notes: string[] } | { refused: string } {
  if ((readText(httpGet, 'scheme') || 'HTTP').toUpperCase() !== 'HTTP') return { refused: 'it asks over HTTPS' };
  if (readObjects(httpGet, 'httpHeaders').length > 0) return { refused: 'it sends headers of its own' };
  if (readText(httpGet, 'host') !== '') return { refused: 'it asks another host' };
  const port = findPort(httpGet, container);
  if (port === null) return { refused: 'its port has a name that no port of the container has' };
  const path = readText(httpGet, 'path') || '/';
  if (!/^[!-~]{0,2000}$/.test(path))
    return { refused: 'its path has blanks or letters beyond ASCII in it, or is very long' };
  return {
    http: `${port}${path.startsWith('/') ? '' : '/'}${path}`,
    notes: [
      `the HTTP check is asked at 127.0.0.1:${port}: the application must listen there, and not only at the address of its pod`,
    ],
  };
}

function findPort(httpGet: JsonObject, container: JsonObject): number | null {
  const port = readInteger(httpGet, 'port', null);
  if (port !== null) return port;
  const name = readText(httpGet, 'port');
  if (/^\d+$/.test(name)) return Number(name);
  const named = readObjects(container, 'ports').find((one) => readText(one, 'name') === name);
  return name === '' ? null : readInteger(named, 'containerPort', null);
}
