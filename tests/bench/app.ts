/** The whole built product for a bench, and a client that sends models to it as the form does. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { startSystem, type System } from "../support/system";
import { ball, together } from "./mesh-files.mjs";

/** Starts it; limits on how often somebody may send are out of the way. */
export async function startApp(): Promise<System> {
  const app = await startSystem();
  await app.setting("submissions_per_hour_per_student", 10_000);
  await app.setting("submissions_per_hour_per_address", 100_000);
  await app.setting("logins_per_hour", 10_000);
  return app;
}

/** Process number of a part of the product. */
export function pidOf(app: System, name: "web" | "worker"): number {
  const { children } = JSON.parse(readFileSync(path.join(app.dataDir, "run.json"), "utf8")) as {
    children: { name: string; pid: number }[];
  };
  return children.find((child) => child.name === name)!.pid;
}

/** Highest resident memory of a process so far, MB (Linux). */
export function highWater(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024;
}

/** A closed solid as binary STL of just under 50 MB. */
export function largeStl(): Buffer {
  return stlOf(together([1, 2, 3, 4].map((n) => ball(353, 354, { x: n * 45, radius: 20, seed: n }))));
}

/** A closed solid as binary STL of just under 5 MB. */
export function fiveMegabytes(): Buffer {
  return stlOf(ball(223, 224));
}

function stlOf({ vertices, triangles }: { vertices: Float32Array; triangles: Uint32Array }): Buffer {
  const bytes = Buffer.alloc(84 + (triangles.length / 3) * 50);
  bytes.writeUInt32LE(triangles.length / 3, 80);
  for (let i = 0; i < triangles.length; i++)
    for (let k = 0; k < 3; k++)
      bytes.writeFloatLE(
        vertices[triangles[i]! * 3 + k]!,
        84 + Math.floor(i / 3) * 50 + 12 + (i % 3) * 12 + k * 4,
      );
  return bytes;
}

/** What a student fills in beside name of file, address and form key. */
export const FIELDS: Record<string, string> = {
  student_name: "Ada Lovelace",
  discipline: "Engineering",
  class_number: "ENGR 1001",
  print_method: "Filament",
  color: "true-red",
  printer: "prusa_mk4s",
  acknowledged_minimum_charge: "yes",
  acknowledged_fit: "yes",
};

/** What came back. */
export interface Sent {
  status: number;
  seconds: number;
  /** `Server-Timing` by step, seconds. */
  timing: Record<string, number>;
  body: string;
}

/**
 * Posts a model. Its header gets a number of its own, so that nobody has sent it before.
 * @param broken announce another number of triangles: refused by the check of the header
 */
export function send(url: string, model: Buffer, { broken = false } = {}): Promise<Sent> {
  const boundary = `----printdesk${randomUUID()}`;
  const fields = { ...FIELDS, student_email: `ada.${randomUUID()}@example.edu`, form_key: randomUUID() };
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  parts.push(
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="model.stl"\r\nContent-Type: model/stl\r\n\r\n`,
  );
  const header = Buffer.alloc(84);
  header.write(randomUUID(), "latin1");
  header.writeUInt32LE((model.length - 84) / 50 + (broken ? 1 : 0), 80);
  const head = Buffer.concat([Buffer.from(parts.join("")), header]);
  const rest = model.subarray(84);
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const request = http.request(
      url,
      {
        method: "POST",
        agent: false,
        headers: {
          "Content-Type": `multipart/form-data; boundary=${boundary}`,
          "Content-Length": head.length + rest.length + tail.length,
          "Sec-Fetch-Site": "same-origin",
          Origin: new URL(url).origin,
        },
      },
      (answer) => {
        let body = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
        answer.on("end", () =>
          resolve({
            status: answer.statusCode!,
            seconds: (performance.now() - begun) / 1000,
            timing: timingOf(String(answer.headers["server-timing"] ?? "")),
            body,
          }),
        );
      },
    );
    request.on("error", reject);
    request.write(head);
    request.write(rest);
    request.end(tail);
  });
}

function timingOf(header: string): Record<string, number> {
  return Object.fromEntries(
    [...header.matchAll(/(\w+);dur=([\d.]+)/g)].map(([, name, ms]) => [name!, Number(ms) / 1000]),
  );
}
