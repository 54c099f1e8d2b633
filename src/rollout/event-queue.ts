/** What one side pushes and the other iterates, in order and without loss. One reader only. */
export interface EventQueue<T> extends AsyncIterable<T> {
  push(value: T): void;
  /** Nothing more comes: the reader ends after what is still in the queue. */
  end(): void;
  /** The reader throws this after what is still in the queue. */
  fail(error: unknown): void;
}

/** An empty queue. `onReturn` is called when the reader leaves, whether the queue has ended or not. */
export function makeEventQueue<T>(onReturn: () => void = () => undefined): EventQueue<T> {
  const values: T[] = [];
  let end: { error: unknown; failed: boolean } | null = null;
  let wake: () => void = () => undefined;
  return {
    push(value) {
      if (end) return;
      values.push(value);
      wake();
    },
    end() {
      end ??= { error: undefined, failed: false };
      wake();
    },
    fail(error) {
      end ??= { error, failed: true };
      wake();
    },
    async *[Symbol.asyncIterator]() {
      try {
        while (true) {
          for (let value = values.shift(); value !== undefined; value = values.shift()) yield value;
          if (end?.failed) throw end.error;
          if (end) return;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      } finally {
        onReturn();
      }
    },
  };
}
