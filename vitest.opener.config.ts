/** The slicer opener's real programs, apart from the other tests: they need Xvfb, a browser and wine. */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: [{ find: /^~\//, replacement: fileURLToPath(new URL("./app/", import.meta.url)) }] },
  test: {
    include: ["tests/opener/**/*.test.ts"],
    globalSetup: ["tests/opener/setup.ts"],
    testTimeout: 150_000,
    hookTimeout: 120_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
