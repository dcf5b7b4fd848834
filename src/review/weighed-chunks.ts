/** The items in order, as many at once as weigh at most `most` together; one that is heavier goes alone. */
export function* weighedChunks<Item>(
  items: readonly Item[],
  weightOf: (item: Item) => number,
  most: number,
): Generator<readonly Item[]> {
  let chunk: Item[] = [];
  let weight = 0;
  for (const item of items) {
    const added = weightOf(item);
    if (chunk.length > 0 && weight + added > most) {
      yield chunk;
      [chunk, weight] = [[], 0];
    }
    chunk.push(item);
    weight += added;
  }
  if (chunk.length > 0) yield chunk;
}
