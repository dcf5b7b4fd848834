/** How many processes take mail: what the setting says, or one for each core. */
export function workerCount(setting: number | 'auto', cores: number): number {
  return setting === 'auto' ? Math.max(1, cores) : setting;
}
