/** Results of `work` in the order of the items, of which `width` are worked on at once; it ends when all work has. */
export async function* inOrder<I, O>(
  items: AsyncIterable<I> | Iterable<I>,
  width: number,
  work: (item: I) => Promise<O>,
): AsyncGenerator<O> {
  const pending: Promise<O>[] = [];
  try {
    for await (const item of items) {
      const result = work(item);
      // Its failure is told when its turn comes; if that never comes, another's has been told.
      result.catch(() => {});
      pending.push(result);
      if (pending.length >= width) yield await pending.shift()!;
    }
    while (pending.length > 0) yield await pending.shift()!;
  } finally {
    // Nothing goes on behind the back of who has stopped listening.
    await Promise.allSettled(pending);
  }
}

/** All of what is told one by one. */
export const gathered = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};
