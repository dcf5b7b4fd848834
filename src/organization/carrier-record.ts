/**
 * Which watched aliases carried one value lately, as text: last day and number of carriers in hexadecimal, then
 * `alias=day` for each.
 */
export type Carrier = { readonly alias: string; readonly day: number };

/** A campaign is over, or has been noticed, after so many days. */
export const carrierDays = 7;

/** More tell nothing new. */
const mostCarriers = 8;

/** Adds a carrier, and lets go of those that are too long ago. */
export function touchCarriers(text: string | null, { alias, day }: Carrier): string {
  const latest = new Map(
    (text === null ? [] : carriersOf(text)).map((old) => [old.alias, old.day]),
  );
  latest.set(alias, Math.max(day, latest.get(alias) ?? 0));
  const lastDay = Math.max(...latest.values());
  const carriers = [...latest]
    .map(([name, seen]): Carrier => ({ alias: name, day: seen }))
    .filter((carrier) => carrier.day > lastDay - carrierDays)
    .sort((a, b) => b.day - a.day || (a.alias < b.alias ? -1 : 1))
    .slice(0, mostCarriers);
  return encode(carriers);
}

/** Other aliases that carried the value within the days before `today`. */
export function carriersBeside(text: string, alias: string, today: number): number {
  return carriersOf(text).filter(
    (carrier) =>
      carrier.alias !== alias && carrier.day > today - carrierDays && carrier.day <= today,
  ).length;
}

/** Takes one day back; null when nobody is left. */
export function carriersWithoutDay(text: string, day: number): string | null {
  const carriers = carriersOf(text);
  const rest = carriers.filter((carrier) => carrier.day !== day);
  if (rest.length === carriers.length) return text;
  return rest.length === 0 ? null : encode(rest);
}

/** Takes one carrier back; null when nobody is left. */
export function carriersWithout(text: string, alias: string): string | null {
  const carriers = carriersOf(text);
  const rest = carriers.filter((carrier) => carrier.alias !== alias);
  if (rest.length === carriers.length) return text;
  return rest.length === 0 ? null : encode(rest);
}

export function carriersOf(text: string): readonly Carrier[] {
  const [, , ...carriers] = text.split(',');
  return carriers.map((carrier) => {
    const equals = carrier.lastIndexOf('=');
    return {
      alias: carrier.slice(0, equals),
      day: Number.parseInt(carrier.slice(equals + 1), 16),
    };
  });
}

function encode(carriers: readonly Carrier[]): string {
  const lastDay = Math.max(...carriers.map(({ day }) => day));
  const listed = carriers.map(({ alias, day }) => `${alias}=${day.toString(16)}`);
  return [lastDay.toString(16), carriers.length.toString(16), ...listed].join(',');
}
