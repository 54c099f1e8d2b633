import type { Event } from 'js-yaml';
import { EVENT_ID, getScalarValue } from 'js-yaml';
import type { PathStep } from './manifest.ts';

/** Where one value of a text of YAML is. */
export interface YamlPlace {
  /** Counted from 1. */
  document: number;
  /** From the document to the value; valid only during the call. */
  path: readonly PathStep[];
  /** Where it begins; -1 for a value that is left out. */
  offset: number;
}

interface Frame {
  /** `null` outside of lists. */
  index: number | null;
  /** Of a mapping: true while its next event is a key. */
  isKeyNext: boolean;
}

/** Calls for every value of a text, keys not among them, in the order of the text. */
export function visitPlaces(text: string, events: readonly Event[], onPlace: (place: YamlPlace) => void): void {
  const frames: Frame[] = [];
  const path: PathStep[] = [];
  let document = 0;
  for (const event of events) {
    if (event.type === EVENT_ID.POP) {
      frames.pop();
      if (frames.length > 0) path.length = frames.length - 1;
      continue;
    }
    if (event.type === EVENT_ID.DOCUMENT) {
      document++;
      frames.push({ index: null, isKeyNext: false });
      continue;
    }
    const isKey = step(frames.at(-1), path, frames.length - 1, event, text);
    if (!isKey) onPlace({ document, path, offset: offsetOf(event) });
    if (event.type === EVENT_ID.MAPPING) frames.push({ index: null, isKeyNext: true });
    else if (event.type === EVENT_ID.SEQUENCE) frames.push({ index: -1, isKeyNext: false });
  }
}

type NodeEvent = Exclude<Event, { type: 1 } | { type: 6 }>;

/** Moves the path on to a node; true for a key. */
function step(frame: Frame | undefined, path: PathStep[], depth: number, event: NodeEvent, text: string): boolean {
  if (frame === undefined || depth === 0) return false;
  if (frame.index !== null) {
    frame.index++;
    path[depth - 1] = frame.index;
    return false;
  }
  const isKey = frame.isKeyNext;
  frame.isKeyNext = !isKey;
  if (isKey) path[depth - 1] = event.type === EVENT_ID.SCALAR ? getScalarValue(text, event) : '';
  return isKey;
}

function offsetOf(event: NodeEvent): number {
  switch (event.type) {
    case EVENT_ID.SCALAR:
      return event.valueStart;
    case EVENT_ID.ALIAS:
      return event.anchorStart;
    default:
      return event.start;
  }
}
