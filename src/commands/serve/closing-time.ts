/** What closing store, ports and log may take once transactions are drained. */
export const closingMs = 5000;
