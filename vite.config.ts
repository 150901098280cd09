import { vitePlugin as remix } from "@remix-run/dev";
import tailwindcss from "@tailwindcss/vite";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import remixConfig from "./remix.config.js";

const here = (folder: string) => fileURLToPath(new URL(folder, import.meta.url));

export default defineConfig({
  plugins: [tailwindcss(), remix(remixConfig)],
  resolve: {
    alias: [
      { find: /^~\//, replacement: `${here("./app")}/` },
      { find: /^@server\//, replacement: `${here("./server")}/` },
      { find: /^@migrations$/, replacement: here("./migrations/index.ts") },
    ],
  },
  build: {
    target: "es2022",
    sourcemap: false,
    // three.js, in the chunk that only the 3D view asks for, is one module of this size.
    chunkSizeWarningLimit: 600,
    rollupOptions: {
      onwarn(warning, warn) {
        // A comment in a dependency, and pages without a script: neither is ours to mend.
        const harmless =
          warning.code === "EMPTY_BUNDLE" ||
          (warning.code === "INVALID_ANNOTATION" && warning.id?.includes("node_modules"));
        if (!harmless) warn(warning);
      },
    },
  },
});
