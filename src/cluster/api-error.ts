import { ReloadError } from '../error.ts';
import type { Fields } from './fields.ts';
import { isMapping, readFields } from './fields.ts';

/** One cause in the details of a refusal. */
export interface StatusCause {
  reason: string;
  message: string;
  field: string;
}

/** What a refusal is about. */
export interface StatusDetails {
  name: string;
  kind: string;
  causes: StatusCause[];
  /** 0 when the server gave none. */
  retryAfterSeconds: number;
}

/** The server's refusal. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export interface Status {
  code: number;
  /** `Forbidden`, `NotFound`, `Conflict`, ...; '' when the server gave none. */
  reason: string;
  /** As the server wrote it. */
  message: string;
  details: StatusDetails;
}

/** The server answered, and refused. Its message reads as kubectl's. */
export class ApiError extends ReloadError {
  readonly code: number;
  readonly reason: string;
  readonly details: StatusDetails;
  /** The server's own words, without the beginning that kubectl puts before them. */
  readonly statusMessage: string;
  /** Seconds that the server asked to wait; `undefined` when it did not. */
  readonly retryAfter: number | undefined;

  constructor(status: Status, options: { hint?: string | undefined; retryAfter?: number | undefined } = {}) {
    super(wordStatus(status), options.hint ? { hint: options.hint } : {});
    this.retryAfter = options.retryAfter;
    this.code = status.code;
    this.reason = status.reason;
    this.details = status.details;
    this.statusMessage = status.message;
  }
}

/** True for a right that is missing. Admission refuses with 403 too (a quota, a webhook): that is an answer to what was asked. */
export function isMissingRight({ code, statusMessage }: ApiError): boolean {
  return code === 403 && /User ".*" cannot \w+ resource/.test(statusMessage);
}

/** Words a refusal as kubectl does. */
function wordStatus({ reason, message, details }: Status): string {
  if (reason === 'Unauthorized') return `You must be logged in to the server (${message})`;
  if (reason === 'Invalid') {
    const subject =
      details.kind || details.name ? `The ${details.kind} "${details.name}" is invalid` : 'The request is invalid';
    const causes = [...new Set(details.causes.map((cause) => `${cause.field}: ${cause.message}`))];
    if (causes.length > 0) return `${subject}: ${causes.join('; ')}`;
    return details.kind || details.name ? subject : `${subject}: ${message}`;
  }
  return reason ? `Error from server (${reason}): ${message}` : `Error from server: ${message}`;
}

/** A parsed answer that is a `Status` object; `undefined` for any other. */
export function readStatus(value: unknown, code: number): Status | undefined {
  if (!isMapping(value) || value.kind !== 'Status') return undefined;
  try {
    const fields = readFields(value);
    const found = value.code;
    const message = fields.text('message');
    const reason = fields.text('reason') || reasonOf(code);
    return {
      code: typeof found === 'number' ? found : code,
      reason,
      message: message || explainCode(code),
      details: readDetails(fields.fields('details')),
    };
  } catch {
    return undefined;
  }
}

/** A refusal whose body is no `Status`, as a proxy in between may send. */
export function statusOfCode(code: number, body: string): Status {
  const text = body.trim();
  const plain = text && text.length <= 200 && !/[<{]/.test(text) ? `: ${text}` : '';
  return { code, reason: reasonOf(code), message: explainCode(code) + plain, details: readDetails(undefined) };
}

function readDetails(fields: Fields | undefined): StatusDetails {
  const seconds = fields?.raw('retryAfterSeconds');
  return {
    name: fields?.text('name') ?? '',
    kind: fields?.text('kind') ?? '',
    causes: (fields?.list('causes') ?? []).map((cause) => ({
      reason: cause.text('reason'),
      message: cause.text('message'),
      field: cause.text('field'),
    })),
    retryAfterSeconds: typeof seconds === 'number' ? seconds : 0,
  };
}

function reasonOf(code: number): string {
  return REASONS[code]?.reason ?? (code >= 500 ? 'InternalError' : '');
}

function explainCode(code: number): string {
  return REASONS[code]?.message ?? `the server answered ${code}`;
}

const REASONS: Record<number, { reason: string; message: string }> = {
  400: { reason: 'BadRequest', message: 'the server rejected our request for an unknown reason' },
  401: { reason: 'Unauthorized', message: 'the server has asked for the client to provide credentials' },
  403: { reason: 'Forbidden', message: 'the server does not allow access to the requested resource' },
  404: { reason: 'NotFound', message: 'the server could not find the requested resource' },
  405: { reason: 'MethodNotAllowed', message: 'the server does not allow this method on the requested resource' },
  406: {
    reason: 'NotAcceptable',
    message: 'the server was unable to respond with a content type that the client supports',
  },
  409: { reason: 'Conflict', message: 'the server reported a conflict' },
  410: { reason: 'Expired', message: 'the requested version is too old' },
  413: { reason: 'RequestEntityTooLarge', message: 'the request is too large' },
  415: { reason: 'UnsupportedMediaType', message: 'the body of the request was in an unknown format' },
  422: { reason: 'Invalid', message: 'the server rejected our request due to an error in our request' },
  429: {
    reason: 'TooManyRequests',
    message: 'the server has received too many requests and has asked us to try again later',
  },
  503: { reason: 'ServiceUnavailable', message: 'the server is currently unable to handle the request' },
  504: { reason: 'Timeout', message: 'the server was unable to return a response in the time allotted' },
};
