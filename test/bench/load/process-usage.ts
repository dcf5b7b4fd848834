import { readdirSync, readFileSync } from 'node:fs';

/** `getconf CLK_TCK`, 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** User and system time of a process so far, its threads, and the processes that it started, those that ended too. proc(5). */
export function cpuSecondsOf(pid: number): number {
  const ticks = familyOf(pid).flatMap((member) => statOf(member).slice(11, 15).map(Number));
  return ticks.reduce((sum, some) => sum + some, 0) / ticksPerSecond;
}

/** What it and the processes that it started have resident now. */
export function residentBytesOf(pid: number): number {
  return sumOfStatus(pid, /^VmRSS:\s+(\d+) kB/m);
}

/** The most that each of them ever had, added up. */
export function peakBytesOf(pid: number): number {
  return sumOfStatus(pid, /^VmHWM:\s+(\d+) kB/m);
}

function sumOfStatus(pid: number, line: RegExp): number {
  const kilobytes = familyOf(pid).map((member) => {
    const status = readProc(`${member}/status`);
    return Number(line.exec(status)?.[1] ?? 0);
  });
  return kilobytes.reduce((sum, some) => sum + some, 0) * 1024;
}

/** It and the processes that it started, and that those started. */
export function familyOf(pid: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(statOf(Number(name))[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const family = [pid];
  for (const member of family) family.push(...(children.get(member) ?? []));
  return family;
}

/** Fields of proc_pid_stat(5) from the third, the state, on; none where the process has ended. */
function statOf(pid: number): readonly string[] {
  const stat = readProc(`${pid}/stat`);
  return stat === '' ? [] : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'latin1');
  } catch {
    return ''; // ended meanwhile
  }
}
