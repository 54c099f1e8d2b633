import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the range from which systems number outgoing connections, else one of those takes a port that was just free.
const lowest = 20_000;
const highest = 32_000;

/** `count` different TCP ports on 127.0.0.1 that nothing listens on. */
export async function findFreePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(lowest, highest);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
