// What a process has cost so far, where the system tells: Linux does, through /proc.

import { readdirSync, readFileSync } from 'node:fs';

/** Whether processor time and memory of other processes can be read here. */
export const isKnown = process.platform === 'linux';

/** Processor time of all threads of a process in seconds; undefined where it cannot be read. */
export function cpuSeconds(pid) {
  if (!isKnown) return undefined;
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const [time] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
    nanoseconds += Number(time);
  }
  return nanoseconds / 1e9;
}

/** The most memory that a process has held (VmHWM) in MB of 2^20 bytes; undefined where it cannot be read. */
export function peakMemory(pid) {
  if (!isKnown) return undefined;
  const kilobytes = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}
