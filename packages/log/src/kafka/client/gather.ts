/** What one call asks for, and how it is answered. */
export interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends what is asked for in one turn of the event loop, or while a request is under way, with one
 * request: a request costs a few tenths of a millisecond whatever is in it. `send` answers each of
 * them; who is not answered fails with its error.
 *
 * @param first how many of those that wait may go together, at least one
 */
export function gathering<Item, Answer>(
  first: (waiting: readonly Waiting<Item, Answer>[]) => number,
  send: (together: readonly Waiting<Item, Answer>[]) => Promise<void>,
): (item: Item) => Promise<Answer> {
  const waiting: Waiting<Item, Answer>[] = [];
  let sending = false;

  async function sendAll(): Promise<void> {
    while (waiting.length > 0) {
      const together = waiting.splice(0, first(waiting));
      try {
        await send(together);
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
    }
    sending = false;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (sending) return;
      sending = true;
      setImmediate(() => void sendAll());
    });
}
