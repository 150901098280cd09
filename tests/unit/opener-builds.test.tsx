/** What the desk offers of the opener: the builds that are there, whole, and nothing else. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { renderToStaticMarkup } from "react-dom/server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readConfig, useConfig } from "@server/config.server";
import { openerBuilds, openOpenerZip } from "@server/opener/builds.server";
import { OpenerSetup } from "~/components/opener-setup";
import { openerBuild } from "../support/opener-build";

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "opener-builds-"));
  useConfig(
    readConfig({
      APP_ENV: "test",
      DATABASE_URL: "postgres://nobody@localhost/nothing",
      SECRET_KEY: "no session is opened and nothing signed here",
      WORKSTATIONS: JSON.stringify([{ id: "a", name: "A", password: "aaaa" }]),
      OPENER_DIR: folder,
    }),
  );
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const list = path.join;
const platforms = async () => (await openerBuilds()).map(({ platform }) => platform);

describe("the builds", () => {
  test("are none where none was made, or where the list cannot be read", async () => {
    expect(await openerBuilds()).toEqual([]);
    for (const text of ["", "{", "[]", '{"builds":[{"platform":"win-x64"}]}']) {
      fs.writeFileSync(list(folder, "builds.json"), text);
      expect(await openerBuilds(), text).toEqual([]);
    }
  });

  test("are handed out whole, by the names in the list only", async () => {
    const [zip] = openerBuild(folder, ["win-x64", "linux-x64"]);
    expect(await platforms()).toEqual(["win-x64", "linux-x64"]);
    const { stream, size_bytes } = await openOpenerZip(zip!);
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part as Buffer);
    expect(Buffer.concat(parts).toString()).toBe("a ZIP for win-x64");
    expect(size_bytes).toBe("a ZIP for win-x64".length);
    for (const name of ["builds.json", "../secret.zip", "win-x64/SlicerOpener.exe", "", "other.zip"])
      await expect(openOpenerZip(name), name).rejects.toMatchObject({ code: "not_found" });
  });

  test("of which the ZIP is gone or cut off are not offered", async () => {
    const [windows, linux] = openerBuild(folder, ["win-x64", "linux-x64"]);
    fs.rmSync(list(folder, windows!));
    expect(await platforms()).toEqual(["linux-x64"]);
    fs.truncateSync(list(folder, linux!), 3);
    expect(await platforms()).toEqual([]);
  });

  test("whose list leads elsewhere are not offered", async () => {
    openerBuild(folder, ["win-x64"]);
    const file = list(folder, "builds.json");
    const secret = `${folder}.zip`;
    fs.writeFileSync(secret, "a ZIP for win-x64");
    const text = fs.readFileSync(file, "utf8");
    fs.writeFileSync(file, text.replace("SlicerOpener-0.1.0-win-x64.zip", `../${path.basename(secret)}`));
    expect(await openerBuilds()).toEqual([]);
    fs.rmSync(secret);
  });
});

describe("the page", () => {
  const html = async (mount: string | null, platform: "win" | "linux" | "darwin") =>
    renderToStaticMarkup(
      <OpenerSetup
        workstation="Front Desk"
        mount={mount}
        platform={platform}
        builds={await openerBuilds()}
      />,
    );

  test("says how to make the builds when there are none", async () => {
    const text = await html("Z:\\storage", "win");
    expect(text).toContain("npm run build:opener");
    expect(text).not.toContain("/downloads/opener/files");
  });

  test("leads this workstation through its own system, with its storage, and offers the others", async () => {
    const [windows, linux] = openerBuild(folder, ["win-x64", "linux-x64"]);
    const text = await html("Z:\\storage", "win");
    const [first, second] = [text.indexOf(windows!), text.indexOf(linux!)];
    expect(first).toBeGreaterThan(0);
    expect(second).toBeGreaterThan(first);
    for (const words of [
      "Z:\\storage",
      "register.bat",
      "/downloads/opener/config.ini",
      "SlicerOpener.exe --check",
    ])
      expect(text).toContain(words);
    for (const build of await openerBuilds()) expect(text).toContain(build.zip.sha256);
    expect(await html("/mnt/storage", "linux")).toContain("./register.sh");
  });

  test("offers no settings to a workstation without a storage path, and says whose turn it is", async () => {
    openerBuild(folder, ["linux-x64"]);
    const text = await html(null, "darwin");
    expect(text).toContain("storage_path");
    expect(text).not.toContain('config.ini"');
    expect(text).toContain("There is no build for macOS yet");
  });
});
