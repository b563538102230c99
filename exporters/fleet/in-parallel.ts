/** Works on several items at once and yields the results of each as it is done. A rejection ends the whole. */
export async function* inParallel<T, R>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<readonly R[]>,
): AsyncIterable<R> {
  const busy = new Map<number, Promise<{ id: number; results: readonly R[] }>>();
  const next = async () => {
    const { id, results } = await Promise.race(busy.values());
    busy.delete(id);
    return results;
  };
  let id = 0;
  for (const item of items) {
    while (busy.size >= limit) yield* await next();
    const own = id;
    id += 1;
    busy.set(
      own,
      work(item).then((results) => ({ id: own, results })),
    );
  }
  while (busy.size > 0) yield* await next();
}
