/**
 * Speaking with the person at the computer through what the system has; nothing is bundled. Without a display nothing is
 * asked and nothing waits; with one, every window closes itself after a while. Texts travel as arguments of a program or
 * in its environment, never inside a script.
 */
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { DialogMode } from "./config";
import type { Platform } from "./place";
import { ANSWERED, PS_CHOOSE, PS_TELL, VBS_CHOOSE, VBS_TELL } from "./dialogs-windows";

/** How long a window stays, in seconds. */
const STAYS = { error: 120, info: 4, answer: 120 };
/** A window that could not be opened at all has ended by then. */
const FAILS_WITHIN_MS = 1_500;

export interface Dialogs {
  /** Shows a text. `info` closes itself after a few seconds; `answer` is an info that was asked for and stays. */
  tell(kind: "error" | "info" | "answer", title: string, text: string): Promise<void>;
  /** @returns the index of the row that was picked, or null */
  choose(title: string, text: string, rows: readonly string[]): Promise<number | null>;
}

interface Ended {
  /** Null: it could not be started, was ended, or goes on. */
  code: number | null;
  running: boolean;
  started: boolean;
  out: string;
}

interface Call {
  program: string;
  args: string[];
  env?: Record<string, string>;
  /** Ended by force after this long. */
  limitMs: number;
  /** Returned from after this long even if it goes on; it is then left alone. */
  leaveAfterMs?: number;
  hide?: boolean;
}

function run({ program, args, env, limitMs, leaveAfterMs, hide = false }: Call): Promise<Ended> {
  return new Promise((resolve) => {
    const leaves = leaveAfterMs !== undefined;
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ["ignore", leaves ? "ignore" : "pipe", "ignore"],
      detached: leaves,
      windowsHide: hide,
    });
    let out = "";
    const limit = setTimeout(() => child.kill("SIGKILL"), limitMs);
    const leave = leaves
      ? setTimeout(() => {
          child.unref();
          end({ code: null, running: true, started: true, out });
        }, leaveAfterMs)
      : undefined;
    const end = (ended: Ended) => {
      clearTimeout(limit);
      clearTimeout(leave);
      resolve(ended);
    };
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.once("error", () => end({ code: null, running: false, started: false, out }));
    child.once("close", (code) => end({ code, running: false, started: true, out }));
  });
}

const ms = (seconds: number) => seconds * 1000;

/** @param mode what config.ini wants to be shown */
export function dialogsOf(
  platform: Platform,
  mode: DialogMode,
  env: Record<string, string | undefined> = process.env,
): Dialogs {
  const system = { win32: onWindows, darwin: onMac, linux: onLinux }[platform](env);
  return {
    async tell(kind, title, text) {
      if (mode !== "none" && (mode === "all" || kind !== "info")) await system.tell(kind, title, text);
    },
    choose: (title, text, rows) =>
      mode === "none" ? Promise.resolve(null) : system.choose(title, text, rows),
  };
}

function onLinux(env: Record<string, string | undefined>): Dialogs {
  const display = Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
  return {
    async tell(kind, title, text) {
      if (!display) return;
      const stays = STAYS[kind];
      const error = kind === "error";
      const limits = { limitMs: ms(stays + 5), leaveAfterMs: FAILS_WITHIN_MS };
      for (const [program, args] of [
        // zenity reads backslashes as C does.
        ["zenity", [error ? "--error" : "--info", "--no-markup", "--width=460", `--timeout=${stays}`, `--title=${title}`, `--text=${text.replaceAll("\\", "\\\\")}`]], // prettier-ignore
        ["timeout", [String(stays), "kdialog", "--title", title, error ? "--error" : "--msgbox", text]],
        ["xmessage", ["-center", "-timeout", String(stays), `${title}\n\n${text}`]],
      ] as [string, string[]][]) {
        const ended = await run({ program, args, ...limits });
        if (ended.running || ended.code === 0 || ended.code === 5) return;
      }
    },
    async choose(title, text, rows) {
      if (!display) return null;
      const limitMs = ms(STAYS.answer + 5);
      const zenity = await run({
        program: "zenity",
        args: ["--list", `--title=${title}`, `--text=${escapeMarkup(text)}`, `--timeout=${STAYS.answer}`, "--width=420", `--height=${170 + 30 * rows.length}`, "--hide-header", "--column=n", "--column=Slicer", "--hide-column=1", "--print-column=1", ...rows.flatMap((row, i) => [String(i), row])], // prettier-ignore
        limitMs,
      });
      if (zenity.started) return picked(zenity, rows);
      const kdialog = await run({
        program: "kdialog",
        args: ["--title", title, "--menu", text, ...rows.flatMap((row, i) => [String(i), row])],
        limitMs,
      });
      return picked(kdialog, rows);
    },
  };
}

const escapeMarkup = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("\\", "\\\\");

function picked({ code, out }: Ended, rows: readonly string[]): number | null {
  const index = /^\d+/.exec(out)?.[0];
  return code === 0 && index !== undefined && Number(index) < rows.length ? Number(index) : null;
}

function onMac(): Dialogs {
  const script = (lines: string[], args: string[], limit: number, leaveAfterMs?: number) =>
    run({
      program: "/usr/bin/osascript",
      args: [...["on run argv", ...lines, "end run"].flatMap((line) => ["-e", line]), "--", ...args],
      limitMs: ms(limit),
      leaveAfterMs,
    });
  return {
    async tell(kind, title, text) {
      const lines =
        kind === "info"
          ? ["display notification (item 2 of argv) with title (item 1 of argv)"]
          : [
              `display dialog (item 2 of argv) with title (item 1 of argv) buttons {"OK"} default button 1 with icon ${kind === "error" ? "stop" : "note"} giving up after ${STAYS[kind]}`,
            ];
      await script(lines, [title, text], STAYS[kind] + 5, FAILS_WITHIN_MS);
    },
    async choose(title, text, rows) {
      const ended = await script(
        [
          "set theRows to items 3 thru -1 of argv",
          "set theAnswer to choose from list theRows with title (item 1 of argv) with prompt (item 2 of argv)",
          "if theAnswer is false then return -1",
          "repeat with i from 1 to count of theRows",
          "if item i of theRows is item 1 of theAnswer then return i - 1",
          "end repeat",
        ],
        [title, text, ...rows],
        STAYS.answer,
      );
      return picked(ended, rows);
    },
  };
}

/**
 * PowerShell, and where it may not be used (or its windows may not), VBScript. Both are started by their full path, and
 * answer with an exit code only they give, so that a stand-in of theirs that does nothing is not taken for an answer.
 */
function onWindows(env: Record<string, string | undefined>): Dialogs {
  const system = path.win32.join(env.SystemRoot ?? "C:\\Windows", "System32");
  const ask = async (powershell: string, vbs: string, values: Record<string, string>, stays: number) => {
    const limitMs = ms(stays + 15);
    const first = await run({
      program: path.win32.join(system, "WindowsPowerShell", "v1.0", "powershell.exe"),
      args: ["-NoProfile", "-NonInteractive", "-STA", "-Command", powershell],
      env: values,
      limitMs,
      hide: true,
    });
    if (first.code !== null && first.code >= ANSWERED) return first.code;
    const file = path.join(os.tmpdir(), `sliceropener-${process.pid}.vbs`);
    try {
      fs.writeFileSync(file, vbs, { flag: "wx" });
      const program = path.win32.join(system, "wscript.exe");
      return (await run({ program, args: ["//Nologo", file], env: values, limitMs })).code;
    } catch {
      return null;
    } finally {
      fs.rmSync(file, { force: true });
    }
  };
  return {
    async tell(kind, title, text) {
      const values = {
        SLICEROPENER_TITLE: title,
        SLICEROPENER_TEXT: text,
        SLICEROPENER_SECONDS: String(STAYS[kind]),
        // Icon, and in front of everything.
        SLICEROPENER_FLAGS: String((kind === "error" ? 16 : 64) + 4096),
      };
      await ask(PS_TELL, VBS_TELL, values, STAYS[kind]);
    },
    async choose(title, text, rows) {
      const values = {
        SLICEROPENER_TITLE: title,
        SLICEROPENER_TEXT: text,
        SLICEROPENER_ROWS: rows.join("\n"),
      };
      const code = await ask(PS_CHOOSE, VBS_CHOOSE, values, STAYS.answer);
      const index = (code ?? 0) - ANSWERED - 1;
      return index >= 0 && index < rows.length ? index : null;
    },
  };
}
