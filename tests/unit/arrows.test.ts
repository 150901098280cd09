/**
 * The house's rules about who may import whom, read from the source with TypeScript's own parser. Prints the
 * graph of the rooms. A finding names the file and what it imports.
 */
import { builtinModules } from "node:module";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";

const project = fileURLToPath(new URL("../..", import.meta.url));

interface Import {
  /** What is written. */
  specifier: string;
  /** Path of the file in the project, or the package's name. */
  target: string;
  typeOnly: boolean;
  /** The names that are imported as values. */
  names: string[];
}
interface Source {
  file: string;
  tree: ts.SourceFile;
  imports: Import[];
}

const sources = ["app", "server", "workers", "sliceropener", "migrations", "scripts"]
  .flatMap(filesBelow)
  .concat("knexfile.ts")
  .map(read);
const byFile = new Map(sources.map((source) => [source.file, source]));
const inside = (folder: string) => sources.filter(({ file }) => file.startsWith(`${folder}/`));

function filesBelow(folder: string): string[] {
  const root = path.join(project, folder);
  if (!fs.existsSync(root)) return [];
  return fs
    .readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx|mts|js|mjs|cjs)$/.test(entry.name))
    .map((entry) => path.relative(project, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"))
    .filter((file) => !/(^|\/)(node_modules|dist|build)\//.test(file));
}

function read(file: string): Source {
  const text = fs.readFileSync(path.join(project, file), "utf8");
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const imports: Import[] = [];
  const add = (specifier: string, typeOnly: boolean, names: string[] = []) =>
    imports.push({ specifier, target: resolve(file, specifier), typeOnly, names });
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const clause = node.importClause;
      const bindings = clause?.namedBindings;
      const named = bindings && ts.isNamedImports(bindings) ? bindings.elements : [];
      const values = named.filter((element) => !element.isTypeOnly);
      const onlyTypes =
        clause?.isTypeOnly || (named.length > 0 && values.length === 0 && clause?.name === undefined);
      add(
        node.moduleSpecifier.text,
        onlyTypes ?? false,
        values.map((element) => (element.propertyName ?? element.name).text),
      );
    } else if (
      ts.isExportDeclaration(node) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    )
      add(node.moduleSpecifier.text, node.isTypeOnly);
    else if (ts.isCallExpression(node) && node.arguments[0] && ts.isStringLiteralLike(node.arguments[0])) {
      const callee = node.expression;
      if (
        callee.kind === ts.SyntaxKind.ImportKeyword ||
        (ts.isIdentifier(callee) && callee.text === "require")
      )
        add(node.arguments[0].text, false);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add((node.argument.literal as ts.StringLiteral).text, true);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { file, tree, imports };
}

function resolve(from: string, specifier: string): string {
  const written = specifier.split("?")[0]!;
  const base = written.startsWith(".")
    ? path.posix.join(path.posix.dirname(from), written)
    : written
        .replace(/^~\//, "app/")
        .replace(/^@server\//, "server/")
        .replace(/^@workers\//, "workers/")
        .replace(/^@migrations$/, "migrations/index");
  if (base === written && !written.startsWith("virtual:"))
    return written.startsWith("@") ? written.split("/").slice(0, 2).join("/") : written;
  for (const ending of ["", ".ts", ".tsx", ".mts", ".js", "/index.ts"]) {
    const file = base + ending;
    if (fs.statSync(path.join(project, file), { throwIfNoEntry: false })?.isFile()) return file;
  }
  return base;
}

/** Findings as lines "file -> target". */
const findings = (list: Source[], bad: (imported: Import, source: Source) => boolean): string[] =>
  list.flatMap((source) =>
    source.imports
      .filter((imported) => bad(imported, source))
      .map((imported) => `${source.file} -> ${imported.target}`),
  );

const topOf = (file: string) => file.split("/")[0]!;
const isServerFile = (file: string) => /\.server(\.tsx?)?$/.test(file);
const isBuiltin = (name: string) => name.startsWith("node:") || builtinModules.includes(name.split("/")[0]!);

/** Rooms inside server, lowest first. A room may import its own floor's lower ones and its own files only. */
const FLOORS: string[][] = [
  ["base"],
  ["files", "mesh", "mail", "events", "catalog", "staff", "settings", "opener"],
  ["parts"],
  ["outbox"],
  ["sessions", "jobs", "chores"],
  ["payments", "audit", "retention"],
  ["reports", "health", "backup"],
];
/** Files directly in server/ are the base; the table of states is pure and everybody's. */
const BASE_FILES = new Set(["server/jobs/states.ts"]);

function roomOf(file: string): string {
  if (BASE_FILES.has(file)) return "base";
  const parts = file.split("/");
  return parts.length === 2 ? "base" : parts[1]!;
}
const floorOf = (room: string) => FLOORS.findIndex((floor) => floor.includes(room));

/** Express's side of the house: its own module graph. */
const expressSide = (file: string) => file === "server/index.ts" || file.startsWith("server/web/");
/** The two programs that prepare a database before anything runs. */
const PREPARING = new Set(["server/migrate.server.ts", "server/seed.server.ts"]);

const rooms = inside("server").filter(({ file }) => !expressSide(file) && !PREPARING.has(file));

describe("between the buildings", () => {
  test("app and workers use server; never back, never each other; nobody imports storage or sliceropener", () => {
    const allowed: Record<string, string[]> = {
      app: ["app", "server"],
      workers: ["workers", "server"],
      server: ["server", "migrations", "knexfile.ts"],
      migrations: ["migrations"],
      sliceropener: ["sliceropener"],
    };
    const ours = new Set(["app", "server", "workers", "migrations", "sliceropener", "storage", "scripts", "tests", "knexfile.ts"]); // prettier-ignore
    const list = Object.keys(allowed).flatMap(inside);
    expect(list.length).toBeGreaterThan(50);
    expect(
      findings(list, ({ target }, { file }) => {
        const top = topOf(target);
        return ours.has(top) && !allowed[topOf(file)]!.includes(top);
      }),
    ).toEqual([]);
    expect(
      findings(inside("scripts").concat(inside("server")), ({ target }) =>
        /^(storage|sliceropener)\//.test(target),
      ),
    ).toEqual([]);
  });

  test("the opener stands alone: its own files and what Node brings, nothing installed", () => {
    expect(inside("sliceropener").length).toBeGreaterThan(5);
    expect(
      findings(
        inside("sliceropener"),
        ({ target }) => topOf(target) !== "sliceropener" && !target.startsWith("node:"),
      ),
    ).toEqual([]);
  });

  test("every import of ours leads to a file", () => {
    expect(
      findings(sources, ({ specifier, target }) => /^[.~]|^@(server|workers|migrations)/.test(specifier) && !byFile.has(target) && !/\.(css|json|svg)$/.test(target)), // prettier-ignore
    ).toEqual([]);
  });

  test("only the migrations and the one Knex file know Knex's options", () => {
    expect(
      findings(sources, ({ target }, { file }) => target === "knexfile.ts" && topOf(file) !== "server"),
    ).toEqual([]);
  });
});

describe("in the app", () => {
  const models = new Set(
    inside("server").flatMap(({ tree }) => {
      const names: string[] = [];
      tree.forEachChild((node) => {
        const parent = ts.isClassDeclaration(node) && node.heritageClauses?.[0]?.types[0]?.expression;
        if (parent && parent.getText() === "BaseModel") names.push((node as ts.ClassDeclaration).name!.text);
      });
      return names;
    }),
  );

  test("nobody imports a model, the pool, Knex or Objection", () => {
    expect([...models].sort()).toEqual(
      expect.arrayContaining(["Event", "Job", "OutboxRow", "Payment", "Staff"]),
    );
    expect(
      findings(
        inside("app"),
        ({ target, names, typeOnly }) =>
          ["knex", "objection", "pg", "server/db.server.ts", "knexfile.ts"].includes(target) ||
          (!typeOnly && target.startsWith("server/") && names.some((name) => models.has(name))),
      ),
    ).toEqual([]);
  });

  test("nobody reads the environment", () => {
    const readers = inside("app").filter(({ tree }) => /\bprocess\.env\b/.test(withoutComments(tree)));
    expect(readers.map(({ file }) => file)).toEqual([]);
  });

  test("components have pure files only", () => {
    expect(
      findings(
        inside("app/components"),
        ({ target, typeOnly }) => !typeOnly && (isServerFile(target) || isBuiltin(target)),
      ),
    ).toEqual([]);
  });

  test("components know neither routes nor the doorway", () => {
    expect(
      findings(
        inside("app/components"),
        ({ target, typeOnly }) => !typeOnly && /^app\/(routes|api)\//.test(target),
      ),
    ).toEqual([]);
    expect(
      findings(inside("app/http").concat(inside("app/api")), ({ target }) =>
        target.startsWith("app/routes/"),
      ),
    ).toEqual([]);
  });
});

describe("inside server", () => {
  test("pure files are pure: no `.server` file, nothing of Node", () => {
    const pure = inside("server").filter(
      ({ file }) => !isServerFile(file) && !expressSide(file) && !file.endsWith(".d.ts"),
    );
    expect(pure.length).toBeGreaterThan(10);
    expect(
      findings(pure, ({ target, typeOnly }) => !typeOnly && (isServerFile(target) || isBuiltin(target))),
    ).toEqual([]);
  });

  test("only two files know Quirrel", () => {
    expect(
      sources
        .filter(({ imports }) => imports.some(({ target }) => target.startsWith("quirrel")))
        .map(({ file }) => file)
        .filter((file) => topOf(file) !== "scripts" && !file.endsWith(".d.ts"))
        .sort(),
    ).toEqual(["server/outbox/enqueue.server.ts", "workers/queues.ts"]);
  });

  test("Express's side imports no room but the leaf that receives uploads", () => {
    expect(
      findings(
        inside("server").filter(({ file }) => expressSide(file)),
        ({ target }) =>
          target.startsWith("server/") &&
          !expressSide(target) &&
          roomOf(target) !== "base" &&
          target !== "server/files/receive.server.ts",
      ),
    ).toEqual([]);
    expect(
      findings(
        [...reach("server/index.ts")].map((file) => byFile.get(file)!),
        ({ target }) => ["knex", "objection", "pg", "server/db.server.ts"].includes(target),
      ),
    ).toEqual([]);
  });

  test("every room has its floor", () => {
    expect([...new Set(rooms.map(({ file }) => roomOf(file)))].filter((room) => floorOf(room) < 0)).toEqual(
      [],
    );
  });

  test("arrows run down: base ← files … settings ← parts ← outbox ← sessions, jobs ← payments, audit, retention ← reports, health", () => {
    expect(
      findings(rooms, ({ target }, { file }) => {
        if (!target.startsWith("server/") || expressSide(target)) return false;
        return floorOf(roomOf(target)) > floorOf(roomOf(file));
      }),
    ).toEqual([]);
  });

  test("no circles between rooms", () => {
    const graph = roomGraph();
    const circles: string[] = [];
    const walk = (room: string, road: string[]): void => {
      if (road.includes(room)) {
        circles.push([...road.slice(road.indexOf(room)), room].join(" -> "));
        return;
      }
      for (const next of graph.get(room) ?? []) walk(next, [...road, room]);
    };
    for (const room of graph.keys()) walk(room, []);
    expect([...new Set(circles)]).toEqual([]);
    print(graph);
  });

  test("only advance, submit and restore write a job's status", () => {
    const writers = sources
      .filter(({ file }) => ["app", "server", "workers"].includes(topOf(file)))
      .flatMap(({ file, tree }) => statusWrites(tree).map((line) => `${file}:${line}`))
      .filter((place) => !/^server\/jobs\/(advance|submit|restore)\.server\.ts:/.test(place));
    expect(writers).toEqual([]);
    // Those that do are found, so the search sees what it looks for.
    for (const file of ["advance", "submit", "restore"].map((name) => `server/jobs/${name}.server.ts`))
      expect(statusWrites(byFile.get(file)!.tree).length).toBeGreaterThan(0);
  });
});

function withoutComments(tree: ts.SourceFile): string {
  return ts.createPrinter({ removeComments: true }).printFile(tree);
}

/** Everything a file reaches through value imports of ours. */
function reach(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file) || !byFile.has(file)) return seen;
  seen.add(file);
  for (const { target, typeOnly } of byFile.get(file)!.imports) if (!typeOnly) reach(target, seen);
  return seen;
}

function roomGraph(): Map<string, Set<string>> {
  const graph = new Map<string, Set<string>>();
  for (const { file, imports } of rooms) {
    const room = roomOf(file);
    const arrows = graph.get(room) ?? new Set<string>();
    graph.set(room, arrows);
    for (const { target } of imports)
      if (target.startsWith("server/") && roomOf(target) !== room) arrows.add(roomOf(target));
  }
  return graph;
}

function print(graph: Map<string, Set<string>>): void {
  const order = (room: string) => floorOf(room) * 100 + FLOORS[floorOf(room)]!.indexOf(room);
  const lines = [...graph.keys()]
    .sort((a, b) => order(a) - order(b))
    .map(
      (room) =>
        `  ${room.padEnd(9)} → ${[...graph.get(room)!].sort((a, b) => order(a) - order(b)).join(", ")}`,
    );
  process.stdout.write(`Rooms of server/:\n${lines.join("\n")}\n`);
}

/** Lines that set a status: `x.status = …`, `status` in what is written to jobs, or SQL. HTTP's is left out. */
function statusWrites(tree: ts.SourceFile): number[] {
  const lines: number[] = [];
  const note = (node: ts.Node) => lines.push(tree.getLineAndCharacterOfPosition(node.getStart()).line + 1);
  const namesStatus = (node: ts.Node | undefined): boolean =>
    node !== undefined &&
    ts.isObjectLiteralExpression(node) &&
    node.properties.some((p) => p.name?.getText() === "status");
  const aboutJobs = (call: ts.CallExpression) =>
    /\bJob\b|["']jobs["']|\bjob\b/.test(call.expression.getText());
  const visit = (node: ts.Node): void => {
    if (
      ts.isBinaryExpression(node) &&
      node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
      ts.isPropertyAccessExpression(node.left) &&
      node.left.name.text === "status" &&
      !/\bres(ponse)?\b|\banswer\b|headers/.test(node.left.expression.getText())
    )
      note(node);
    if (
      ts.isCallExpression(node) &&
      /\.(patch|patchAndFetch|patchAndFetchById|update|insert|insertAndFetch|\$set|merge)$/.test(
        node.expression.getText().replace(/\s+/g, ""),
      ) &&
      aboutJobs(node) &&
      (node.arguments.some(namesStatus) || (/\binsert/.test(node.expression.getText()) && /\bJob\.query/.test(node.expression.getText()))) // prettier-ignore
    )
      note(node);
    // A verb's change carries columns under `patch`; the status is not among them.
    if (ts.isPropertyAssignment(node) && node.name.getText() === "patch" && namesStatus(node.initializer))
      note(node);
    if (ts.isStringLiteralLike(node) && /update\s+jobs\b[^]*\bset\b[^]*\bstatus\s*=/i.test(node.text))
      note(node);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return lines;
}
