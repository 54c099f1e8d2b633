/** The pods of a template come one after another in a list; past this many templates the table is begun anew, so that it does not grow. */
const LIMIT = 1000;

/** Gives, for a value that was seen before, the one of the first time. */
export type Intern<Value> = (value: Value) => Value;

/** A table of JSON values to share. */
export function makeIntern<Value>(): Intern<Value> {
  const known = new Map<string, Value>();
  return (value) => {
    const key = JSON.stringify(value);
    const first = known.get(key);
    if (first !== undefined) return first;
    if (known.size >= LIMIT) known.clear();
    known.set(key, value);
    return value;
  };
}
