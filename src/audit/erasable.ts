/** A part that keeps something of people, and can let go of it. */
export interface Erasable {
  /** Removes what it keeps of the address; gives how many things that were. Asking again gives 0. */
  eraseRecipient(address: string): Promise<number>;
}

/** A part that can also say beforehand what it would remove. */
export type CountedErasable = Erasable & {
  readonly countRecipient: (address: string) => Promise<number>;
};
