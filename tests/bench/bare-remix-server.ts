/** Serves the bare Remix page as the product serves its own: Express, no compression, one process. */
import path from "node:path";
import { createRequestHandler } from "@remix-run/express";
import type { ServerBuild } from "@remix-run/node";
import express from "express";

const [build, port] = process.argv.slice(2) as [string, string];
const app = express();
const page = (await import(path.join(build, "server", "index.js"))) as ServerBuild;
app.all("*", createRequestHandler({ build: page, mode: "production" }));
app.listen(Number(port), "127.0.0.1");
