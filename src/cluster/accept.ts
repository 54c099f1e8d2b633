import type { Form } from './cluster.ts';

/** The `Accept` header for a collection. With `table` it leaves a server that knows no tables nothing but metadata to send. */
export function acceptList(form: Form): string {
  switch (form) {
    case 'full':
      return 'application/json';
    case 'metadata':
      return 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json';
    case 'table':
      return 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';
    default:
      return form satisfies never;
  }
}

/** The `Accept` header for a stream of objects, with the same care. */
export function acceptWatch(form: Form): string {
  switch (form) {
    case 'full':
      return 'application/json';
    case 'metadata':
      return 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json';
    case 'table':
      return 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';
    default:
      return form satisfies never;
  }
}
