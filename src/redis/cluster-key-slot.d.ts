/** What ioredis itself asks; the package has no types. */
declare module 'cluster-key-slot' {
  /** The slot of a key in a Cluster, from 0 to 16383. */
  function slotOf(key: string): number;
  export = slotOf;
}
