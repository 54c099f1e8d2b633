/** Values by their own uid and by the uid of their owner. */
export interface OwnedTable<T> {
  put(owner: string, uid: string, value: T): void;
  remove(uid: string): void;
  clear(): void;
  /** What this owner has, in no order. */
  of(owner: string): T[];
  /** The owner of a value; `undefined` for an unknown uid. */
  ownerOf(uid: string): string | undefined;
}

/** An empty table. */
export function makeOwnedTable<T>(): OwnedTable<T> {
  const owners = new Map<string, string>();
  const values = new Map<string, Map<string, T>>();
  const remove = (uid: string): void => {
    const owner = owners.get(uid);
    if (owner === undefined) return;
    owners.delete(uid);
    values.get(owner)?.delete(uid);
    if (values.get(owner)?.size === 0) values.delete(owner);
  };
  return {
    put(owner, uid, value) {
      if (owners.get(uid) !== owner) remove(uid);
      owners.set(uid, owner);
      const owned = values.get(owner) ?? new Map<string, T>();
      owned.set(uid, value);
      values.set(owner, owned);
    },
    remove,
    clear() {
      owners.clear();
      values.clear();
    },
    of: (owner) => [...(values.get(owner)?.values() ?? [])],
    ownerOf: (uid) => owners.get(uid),
  };
}
