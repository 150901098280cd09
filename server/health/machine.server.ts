/** How the machine and this process are: processors, memory, disks. Everything comes from Node itself, on every system. */
import { statfs } from "node:fs/promises";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { config } from "../config.server";
import { storageRoot } from "../files/store.server";

/** Name of a measure → number. */
export type Measures = Record<string, number>;

let cpuBefore = cpuTimes();

/**
 * Processors and memory. `cpu_percent` is the mean since the last call, of all processors together;
 * memory respects a container's limit.
 */
export function measureMachine(): Measures {
  const now = cpuTimes();
  const total = now.total - cpuBefore.total;
  const busy = total > 0 ? 1 - (now.idle - cpuBefore.idle) / total : 0;
  cpuBefore = now;
  const limit = process.constrainedMemory();
  const memory = limit > 0 && limit < totalmem() ? limit : totalmem();
  const available = Math.min(process.availableMemory(), memory);
  return {
    cpu_percent: percent(busy),
    cpu_count: availableParallelism(),
    load_1: round(loadavg()[0]!),
    memory_bytes: memory,
    memory_used_bytes: memory - available,
    memory_percent: percent(1 - available / memory),
  };
}

function cpuTimes(): { idle: number; total: number } {
  let idle = 0;
  let total = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    total += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { idle, total };
}

/** The disks that storage and data folder lie on; a disk that does not answer within two seconds is left out. */
export async function measureDisks(): Promise<Measures> {
  const [storage, data] = await Promise.all([roomOn(storageRoot()), roomOn(config().DATA_DIR)]);
  return {
    ...(storage && {
      disk_bytes: storage.bytes,
      disk_free_bytes: storage.free,
      disk_percent: percent(1 - storage.free / storage.bytes),
    }),
    ...(data && {
      data_disk_free_bytes: data.free,
      data_disk_percent: percent(1 - data.free / data.bytes),
    }),
  };
}

async function roomOn(folder: string): Promise<{ bytes: number; free: number } | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => (timer = setTimeout(resolve, 2_000, null)));
  const asked = statfs(folder).then(
    // What an ordinary user may still use, of what ordinary users have.
    ({ bsize, blocks, bfree, bavail }) => {
      const bytes = (blocks - bfree + bavail) * bsize;
      return bytes > 0 ? { bytes, free: bavail * bsize } : null;
    },
    () => null,
  );
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}

const loop = monitorEventLoopDelay({ resolution: 20 });
let usageBefore = process.cpuUsage();
let usageAt = process.hrtime.bigint();

/** This process since the last call; the first call starts the watch on the event loop. */
export function measureProcess(): Measures {
  const usage = process.cpuUsage(usageBefore);
  const now = process.hrtime.bigint();
  const micros = Number(now - usageAt) / 1_000;
  usageBefore = process.cpuUsage();
  usageAt = now;
  const delay = loop.count > 0 ? loop.percentile(99) / 1e6 : 0;
  loop.reset();
  loop.enable();
  return {
    rss_bytes: process.memoryUsage.rss(),
    process_cpu_percent: micros > 0 ? percent((usage.user + usage.system) / micros) : 0,
    loop_delay_ms: round(delay),
    uptime_seconds: Math.round(process.uptime()),
  };
}

const percent = (share: number) => round(Math.min(Math.max(share, 0), 64) * 100);
const round = (value: number) => Math.round(value * 10) / 10;
