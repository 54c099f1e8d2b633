import { ReloadError } from '../error.ts';

/**
 * The base URL of an API server as kubectl reads it: `host:port` alone means plain http, a path stays as a prefix, query
 * and fragment are dropped.
 * @returns without a slash at its end
 * @throws ReloadError when it is no http or https URL
 */
export function parseServer(text: string): string {
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  const url = URL.parse(hasScheme ? text : `http://${text}`);
  if (!url || !['http:', 'https:'].includes(url.protocol) || (!hasScheme && url.pathname !== '/')) {
    throw new ReloadError(`the server "${text}" must be a URL or a host:port pair`, {
      hint: 'write it as https://HOST:PORT',
    });
  }
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`;
}
