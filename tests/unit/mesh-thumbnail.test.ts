import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { Refusal } from "@server/errors";
import { runInThread, ThreadError, type ThreadLimits } from "@server/mesh/thread.server";
import { examineInThread, renderInThread, renderThumbnail } from "@server/mesh/thumbnail.server";
import { cubeStl, cubeTriangles } from "../support/models";
import { decodePng } from "../support/png";

const cube = () => ({ vertices: Float32Array.from(cubeTriangles(20).flat(2)), triangles: null });

/** How a thread with this program ends. */
async function end(
  source: string,
  limits: Partial<ThreadLimits> = {},
  data: unknown = null,
): Promise<unknown> {
  return runInThread({ source }, data, limits).catch((error: unknown) => error);
}

const reason = (error: unknown) => (error as ThreadError).reason;
const ANSWER = `require("node:worker_threads").parentPort.postMessage`;

describe("thumbnail", () => {
  test("is a PNG of the size asked for", () => {
    expect(decodePng(renderThumbnail(cube()))).toMatchObject({ width: 512, height: 512 });
    expect(decodePng(renderThumbnail(cube(), { size: 96 }))).toMatchObject({ width: 96, height: 96 });
    expect(renderThumbnail(cube()).length).toBeLessThan(40_000);
  });
  test("of nothing is refused", () => {
    const empty = { vertices: new Float32Array(90), triangles: null };
    expect(() => renderThumbnail(empty)).toThrow(Refusal);
  });
});

describe("in a thread", () => {
  test("gives the same bytes, and takes the arrays over", async () => {
    const mesh = cube();
    const png = await renderInThread(mesh);
    expect(png.equals(renderThumbnail(cube()))).toBe(true);
    expect(mesh.vertices).toHaveLength(0);
  });
  test("reads a file, draws it and measures it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "thumbnail-"));
    try {
      const path = join(folder, "cube.stl");
      await writeFile(path, cubeStl(20));
      expect((await renderInThread({ path })).equals(renderThumbnail(cube()))).toBe(true);
      const { report, png } = await examineInThread(path, { name: "cube.stl" });
      expect(png!.equals(renderThumbnail(cube()))).toBe(true);
      expect(report).toMatchObject({
        triangles: 12,
        size_mm: [20, 20, 20],
        volume_mm3: 8000,
        watertight: true,
      });
      await expect(examineInThread(path, { name: "cube.obj" })).rejects.toThrow(Refusal);
      await expect(renderInThread({ path: join(folder, "none.stl") })).rejects.toMatchObject({
        code: "not_found",
      });
      await writeFile(path, "solid nothing\nendsolid\n");
      await expect(renderInThread({ path })).rejects.toMatchObject({ code: "invalid" });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
  test("hands a refusal on", async () => {
    const outcome = await renderInThread({ vertices: new Float32Array(9), triangles: null }).catch(
      (e: unknown) => e,
    );
    expect(outcome).toBeInstanceOf(Refusal);
    expect((outcome as Refusal).details.reason).toBe("no_picture");
  });
  test("too slow a picture is given up", async () => {
    const vertices = new Float32Array(300_000 * 9);
    for (let i = 0; i < vertices.length; i += 9) vertices.set([0, 0, 0, 100, 0, 0, 0, 0, 100], i);
    const outcome = await renderInThread({ vertices, triangles: null }, { milliseconds: 150 }).catch(
      (e: unknown) => e,
    );
    expect(outcome).toBeInstanceOf(ThreadError);
    expect(reason(outcome)).toBe("timeout");
  });
});

describe("R37: a thread's death never hurts the process", () => {
  test("endless", async () => {
    const begun = performance.now();
    expect(reason(await end("for (;;);", { milliseconds: 300 }))).toBe("timeout");
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(reason(await end("setInterval(() => {}, 1000)", { milliseconds: 200 }))).toBe("timeout");
  });
  test("out of memory: objects, strings, arrays, buffers, stack", async () => {
    const limits = { heapMb: 48, growthMb: 400, milliseconds: 30_000 };
    expect(reason(await end("const all = []; for (;;) all.push({ a: [1, 2, 3] });", limits))).toBe("memory");
    expect(
      reason(
        await end(
          `const all = []; for (let i = 0;; i += 1) all.push(("x" + i).repeat(1000).split("").join("-"));`,
          limits,
        ),
      ),
    ).toBe("memory");
    expect(
      reason(await end("const all = []; for (;;) all.push(new Uint8Array(16e6).fill(1));", limits)),
    ).toBe("memory");
    expect(reason(await end("new Uint8Array(2 ** 40)", limits))).toBe("memory");
    expect(reason(await end("const f = () => f() + 1; f();", limits))).toBe("crash");
  });
  test("crashes: thrown, rejected, gone, silent, unreadable", async () => {
    expect(reason(await end("throw new Error('no')"))).toBe("crash");
    expect(reason(await end("throw null"))).toBe("crash");
    expect(reason(await end("Promise.reject(new Error('no'))"))).toBe("crash");
    expect(reason(await end("process.exit(0)"))).toBe("crash");
    expect(reason(await end("process.exit(3)"))).toBe("crash");
    expect(reason(await end(""))).toBe("crash");
    expect(reason(await end("this is no program"))).toBe("crash");
    expect(
      reason(
        await end("process.stdout.write('x'.repeat(1e6)); process.stderr.write('y'.repeat(1e6)); throw 1"),
      ),
    ).toBe("crash");
  });
  test("sees nothing of the environment, and what it says after its answer is not heard", async () => {
    expect(await end(`${ANSWER}({ ok: Object.keys(process.env).length })`)).toBe(0);
    expect(await end(`${ANSWER}({ ok: 1 }); throw new Error("late")`)).toBe(1);
  });
  test("can be given up from outside", async () => {
    const stop = new AbortController();
    const running = runInThread({ source: "for (;;);" }, null, { signal: stop.signal }).catch(
      (e: unknown) => e,
    );
    setTimeout(() => stop.abort(new Error("enough")), 100);
    expect(((await running) as Error).message).toBe("enough");
    await expect(runInThread({ source: "" }, null, { signal: stop.signal })).rejects.toThrow("enough");
  });
  test("is kept for more work when it did well, and only then", async () => {
    // Counts its own work; a word makes it fail.
    const source = `
      const { parentPort, workerData } = require("node:worker_threads");
      let n = 0;
      const take = (word) => {
        n++;
        if (word === "hang") for (;;);
        if (word === "throw") throw new Error("no");
        if (word === "refuse") parentPort.postMessage({ refusal: { code: "invalid", message: "no", details: {} } });
        else parentPort.postMessage({ ok: n });
      };
      take(workerData);
      parentPort.on("message", take);`;
    const ask = (word: string, keep?: string) =>
      runInThread({ source }, word, { keep, milliseconds: 2_000 }).catch((e: unknown) => e);
    expect(await ask("go")).toBe(1);
    expect(await ask("go", "a")).toBe(1);
    expect(await ask("go", "b")).toBe(1);
    expect(await ask("go", "a")).toBe(2);
    expect(await ask("refuse", "a")).toBeInstanceOf(Refusal);
    expect(await ask("go", "a")).toBe(4);
    expect(reason(await ask("throw", "a"))).toBe("crash");
    expect(await ask("go", "a")).toBe(1);
    expect(reason(await ask("hang", "a"))).toBe("timeout");
    expect(await ask("go", "a")).toBe(1);
    // Two at a time are two threads; both are kept.
    expect((await Promise.all([ask("go", "a"), ask("go", "a")])).sort()).toEqual([1, 2]);
    expect((await Promise.all([ask("go", "a"), ask("go", "a")])).sort()).toEqual([2, 3]);
    // None serves for ever.
    const served: unknown[] = [];
    for (let n = 0; n < 60; n++) served.push(await ask("go", "c"));
    expect(Math.max(...(served as number[]))).toBe(50);
    expect(served.at(-1)).toBe(10);
  });

  test("a hundred bad models: each ends in a picture or a typed no, and the next good one is drawn", async () => {
    let seed = 11;
    const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
    const values = [NaN, Infinity, -Infinity, 0, 1e38, -1e38, 1e-40, 1, 50];
    const outcomes = new Map<string, number>();
    const draw = async (n: number) => {
      const pick = () => values[Math.floor(random() * (n % 9))] ?? random();
      const vertices = Float32Array.from({ length: n % 7 === 0 ? n : n * 9 }, pick);
      const indices = { length: n }; // as many as there are vertices, many of them out of range
      const triangles =
        n % 3 === 0 ? Uint32Array.from(indices, () => Math.floor(random() * 2 ** (n % 33))) : null;
      const options = { size: 64, milliseconds: 20_000 };
      const outcome = await renderInThread({ vertices, triangles }, options).catch((e: unknown) => e);
      const kind = Buffer.isBuffer(outcome) ? "picture" : (outcome as Error).name;
      outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1);
    };
    for (let n = 0; n < 100; n += 4) await Promise.all([draw(n), draw(n + 1), draw(n + 2), draw(n + 3)]);
    expect([...outcomes.keys()].sort()).toEqual(["Refusal", "picture"]);
    expect(outcomes.get("picture")).toBeGreaterThan(4);
    expect((await renderInThread(cube())).equals(renderThumbnail(cube()))).toBe(true);
  });
});

test("built as it will run, a program finds the thread beside itself", async () => {
  const folder = await mkdtemp(join(tmpdir(), "thumbnail-build-"));
  try {
    await build({
      entryPoints: {
        worker: "server/mesh/thumbnail.server.ts",
        "thumbnail-thread": "server/mesh/thumbnail-thread.server.ts",
      },
      outdir: folder,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      external: ["esbuild"],
      format: "esm",
      platform: "node",
      target: "node20",
    });
    const built = (await import(/* @vite-ignore */ join(folder, "worker.mjs"))) as {
      renderInThread: typeof renderInThread;
    };
    const png = await built.renderInThread(cube(), { size: 64 });
    expect(png.equals(renderThumbnail(cube(), { size: 64 }))).toBe(true);
    await rm(join(folder, "thumbnail-thread.mjs"));
    await expect(built.renderInThread(cube())).rejects.toMatchObject({
      name: "ThreadError",
      reason: "crash",
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
