import { createDailyVolume, type DailyVolume } from './daily-volume.ts';

/** Volume of the mail under each budget: that of the installation, and those that overrides set. */
export type BudgetVolumes = {
  readonly of: (budget: 'tag' | 'quarantine', scope: string | null) => DailyVolume;
};

/** Rules that are changed again and again leave budgets behind that nothing is under. */
const maxVolumes = 2000;

/** Kept in this process, by what the budget is for: rules that are loaded again find their counts. */
export function createBudgetVolumes(): BudgetVolumes {
  const volumes = new Map<string, DailyVolume>();
  return {
    of: (budget, scope) => {
      const name = scope === null ? budget : `${budget} ${scope}`;
      const known = volumes.get(name);
      if (known !== undefined) return known;
      const [oldest] = volumes.keys();
      if (volumes.size >= maxVolumes && oldest !== undefined) volumes.delete(oldest);
      const volume = createDailyVolume();
      volumes.set(name, volume);
      return volume;
    },
  };
}
