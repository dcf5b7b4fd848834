/** Writes deploy/grafana/dashboards from its sources: `node scripts/grafana/write-dashboards.ts`. A test compares them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { change } from './change.ts';
import { detection } from './detection.ts';
import { operations } from './operations.ts';
import { quarantine } from './quarantine.ts';

/** By the name of their file. */
export const dashboards = {
  'operations.json': operations,
  'detection.json': detection,
  'quarantine.json': quarantine,
  'change.json': change,
};

export function dashboardText(dashboard: object): string {
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

if (import.meta.main) {
  const directory = new URL('../../deploy/grafana/dashboards/', import.meta.url);
  await mkdir(directory, { recursive: true });
  for (const [name, dashboard] of Object.entries(dashboards))
    await writeFile(new URL(name, directory), dashboardText(dashboard));
}
