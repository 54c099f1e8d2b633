import type { Form } from './cluster.ts';

/** The `Accept` header for a collection; plain JSON for servers that know nothing better. */
export function acceptList(form: Form): string {
  switch (form) {
    case 'full':
      return 'application/json';
    case 'metadata':
      return 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json';
    case 'table':
      return 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
    default:
      return form satisfies never;
  }
}

/** The `Accept` header for a stream of objects. */
export function acceptWatch(form: Form): string {
  return form === 'metadata'
    ? 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json'
    : acceptList(form);
}
