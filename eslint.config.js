/** What the linter keeps: sound TypeScript, accessible markup, and the arrows of the house. */
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

/** Forbids imports by pattern, each with the reason that is printed. */
const noImports = (...rules) => ({
  "no-restricted-imports": [
    "error",
    { patterns: rules.map(([group, message]) => ({ group, message, allowTypeImports: true })) },
  ],
});

const QUIRREL = [
  ["quirrel", "quirrel/*"],
  "Only server/outbox/enqueue.server.ts and workers/queues.ts know Quirrel.",
];
const APP = [["~/*", "**/app/**"], "The front desk is imported by nobody: app → server, workers → server."];
const WORKERS = [["@workers/*", "**/workers/**"], "The night shift is imported by nobody."];
const SERVER = [
  ["@server/*", "**/server/**"],
  "The opener stands alone: it runs on a workstation without the rest.",
];
const OPENER = [["**/sliceropener/**", "**/storage/**"], "Nothing imports sliceropener or storage."];
const MODELS = [
  ["knex", "objection", "pg", "@server/db.server", "@server/**/*.model*", "@server/jobs/job.server"],
  "Routes and endpoints ask verbs and finders, never a model or the database.",
];
const WORLD = [["@server/**/*.server", "~/http/*"], "Components are props in, markup out: pure files only."];

export default tseslint.config(
  {
    ignores: [
      "build/",
      "data/",
      "storage/",
      "node_modules/",
      "test-results/",
      "playwright-report/",
      "coverage/",
    ],
  },
  {
    files: ["**/*.{ts,tsx,js,mjs}"],
    extends: [...tseslint.configs.recommended],
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "no-console": "off",
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", caughtErrors: "none" }],
      "@typescript-eslint/no-restricted-imports": "off",
    },
  },
  {
    files: ["app/**/*.tsx"],
    plugins: { "jsx-a11y": jsxA11y, "react-hooks": reactHooks },
    rules: {
      ...jsxA11y.flatConfigs.recommended.rules,
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
    },
  },
  { files: ["app/**"], ...arrows(WORKERS, OPENER, QUIRREL) },
  { files: ["app/routes/**", "app/api/**"], ...arrows(WORKERS, OPENER, QUIRREL, MODELS) },
  { files: ["app/components/**"], ...arrows(WORKERS, OPENER, QUIRREL, MODELS, WORLD) },
  { files: ["server/**"], ...arrows(APP, WORKERS, OPENER, QUIRREL) },
  { files: ["server/outbox/enqueue.server.ts", "server/quirrel.d.ts"], ...arrows(APP, WORKERS, OPENER) },
  { files: ["workers/**"], ...arrows(APP, OPENER, QUIRREL) },
  { files: ["workers/queues.ts"], ...arrows(APP, OPENER) },
  { files: ["sliceropener/**"], ...arrows(APP, WORKERS, SERVER) },
  {
    files: ["app/routes/**", "app/components/**", "app/api/**"],
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "process", property: "env", message: "Configuration is read in server/config.server.ts." },
      ],
    },
  },
);

function arrows(...rules) {
  return {
    rules: Object.fromEntries(
      Object.entries(noImports(...rules)).map(([name, value]) => [`@typescript-eslint/${name}`, value]),
    ),
  };
}
