/** Hands over, once this turn of the event loop is over, what came together in it. */
export function atEndOfTurn<Item>(
  handOver: (items: readonly Item[]) => void,
): (item: Item) => void {
  let waiting: Item[] = [];
  const handOverAll = () => {
    const items = waiting;
    waiting = [];
    handOver(items);
  };
  return (item) => {
    if (waiting.push(item) === 1) setImmediate(handOverAll);
  };
}
