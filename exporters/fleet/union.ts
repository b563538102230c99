/** Groups items that share a key, directly or through others; in the order of their first items. */
export function groupByKeys<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): T[][] {
  const parent = items.map((_item, index) => index);
  const root = (index: number): number => {
    let at = index;
    while (parent[at] !== at && parent[at] !== undefined) {
      parent[at] = parent[parent[at] ?? at] ?? at;
      at = parent[at] ?? at;
    }
    return at;
  };
  const owner = new Map<string, number>();
  items.forEach((item, index) => {
    for (const key of keysOf(item)) {
      const other = owner.get(key);
      if (other === undefined) owner.set(key, index);
      else {
        const [a, b] = [root(other), root(index)];
        parent[Math.max(a, b)] = Math.min(a, b);
      }
    }
  });
  const groups = new Map<number, T[]>();
  items.forEach((item, index) => {
    const group = groups.get(root(index));
    if (group === undefined) groups.set(root(index), [item]);
    else group.push(item);
  });
  return [...groups.values()];
}
