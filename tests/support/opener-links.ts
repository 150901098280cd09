/** Links that must open nothing: what a hostile page, a mangling shell or a curious student could hand to the opener. */

/** A storage with traps in it, as one system writes it. */
export interface Trapped {
  windows: boolean;
  /** The storage's root. */
  base: string;
  /** A file in it that may be opened: `Uploaded/Job/part.stl`. */
  part: string;
  /** Files that lie elsewhere: beside the base, with the base's name as the beginning of theirs, anywhere. */
  outside: string[];
  /** Links inside the storage that lead out of it. */
  leading_out: string[];
  /** Where a slicer could be told to go: an option, a second command. */
  evil: string;
}

export interface Hostile {
  what: string;
  args: string[];
}

const link = (encoded: string) => `print3d://open?path=${encoded}`;
const full = encodeURIComponent;
const every = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");

/** At least 300 of them (R34's corpus U, with R17's corpus P inside). */
export function hostileLinks(at: Trapped): Hostile[] {
  const { windows, base, part, outside } = at;
  const sep = windows ? "\\" : "/";
  const list: Hostile[] = [];
  const add = (what: string, ...args: string[]) => list.push({ what, args });
  const paths = (what: string, path: string) => {
    add(what, link(full(path)));
    add(`${what}, encoded twice`, link(full(full(path))));
    add(`${what}, three times`, link(full(full(full(path)))));
    add(`${what}, each byte`, link(every(path)));
    add(`${what}, as it is`, link(path));
    add(`${what}, in quotes`, `"${link(full(`"${path}"`))}"`);
  };

  // Up and out, in every writing.
  const secret = outside[0]!;
  const name = secret.slice(secret.lastIndexOf(sep) + 1);
  const up = [
    `${base}${sep}..${sep}${name}`,
    `${base}/../${name}`,
    `${base}\\..\\${name}`,
    `${base}${sep}Uploaded${sep}..${sep}..${sep}${name}`,
    `${base}/Uploaded/..\\../${name}`,
    `${part}${sep}..${sep}..${sep}..${sep}..${sep}${name}`,
    `${base}${sep}.${sep}..${sep}${name}`,
    `${base}${sep}${sep}..${sep}${name}`,
    `..${sep}${name}`,
    `${base}${sep}....${sep}${sep}${name}`,
    `${base}${sep}.. ${sep}${name}`,
  ];
  up.forEach((path, i) => paths(`up and out ${i + 1}`, path));
  for (const [what, dots] of [
    ["overlong dots", "%c0%ae%c0%ae"],
    ["overlong slash", "..%c0%af"],
    ["three-byte dots", "%e0%80%ae%e0%80%ae"],
    ["%u dots", "%u002e%u002e"],
    ["full-width dots", full("．．")],
    ["half encoded", "%2e."],
    ["NUL between", ".%00."],
    ["dots with a NUL after", "..%00"],
  ] as const)
    for (const slash of ["/", "%2f", "%5c", "%255c", "%c0%af"])
      add(`${what} and ${slash}`, link(`${full(base)}${slash}${dots}${slash}${full(name)}`));

  // Elsewhere by its own words.
  outside.forEach((path, i) => paths(`elsewhere ${i + 1}`, path));
  at.leading_out.forEach((path, i) => paths(`a link that leads out ${i + 1}`, path));
  const absolute = windows
    ? ["C:\\Windows\\System32\\calc.exe", "C:part.stl", "Z:part.stl", "\\part.stl", "c:/windows/win.ini", "\\\\evil.example\\share\\part.stl", "//evil.example/share/part.stl", "\\\\127.0.0.1\\c$\\part.stl", "\\\\evil@ssl@443\\dav\\part.stl", `\\\\?\\${part}`, `\\\\.\\${part}`, `\\??\\${part}`, `//?/${part}`, "\\\\?\\UNC\\evil.example\\share\\part.stl", "\\\\?\\GLOBALROOT\\Device\\HarddiskVolume1\\part.stl", "\\\\.\\pipe\\evil", "\\\\.\\PhysicalDrive0", "\\\\localhost\\pipe\\evil"] // prettier-ignore
    : ["/etc/passwd", "//evil.example/share/part.stl", "part.stl", "~/part.stl", "$HOME/part.stl", "/proc/self/environ", "/dev/stdin", "/dev/tcp/127.0.0.1/1", "Z:\\storage\\part.stl", "\\\\evil.example\\share\\part.stl"]; // prettier-ignore
  for (const path of absolute) paths(`absolute ${path}`, path);
  for (const path of [
    `file://${part}`,
    `file:///${part}`,
    `http://evil.example/part.stl`,
    `smb://evil.example/s/part.stl`,
    "javascript:alert(1)",
    "data:model/stl,solid",
    "ms-settings:",
    "search-ms:query=a",
  ])
    // prettier-ignore
    paths(`an address ${path}`, path);

  // Inside, but nothing that a slicer may be given.
  const beside = (text: string) => `${base}${sep}Uploaded${sep}Job${sep}${text}`;
  for (const device of [
    "CON",
    "con.stl",
    "NUL",
    "nul.stl",
    "AUX.stl",
    "PRN",
    "COM1",
    "com1.stl",
    "LPT9.stl",
    "COM¹.stl",
    "CONIN$",
    "CONOUT$.stl",
    "CLOCK$",
  ])
    // prettier-ignore
    paths(`a device ${device}`, beside(device));
  for (const ending of [
    "::$DATA",
    ":hidden.stl",
    ":$I30:$INDEX_ALLOCATION",
    ".",
    " ",
    "...",
    "\0",
    "\0.stl",
    "\r\n--evil",
    "\n",
    "\u202elts.exe",
    "\u200b",
  ])
    // prettier-ignore
    add(`the part with ${JSON.stringify(ending)}`, link(full(part + ending)));
  for (const text of [
    "PART~1.STX",
    "evil.exe",
    "run.bat",
    "part.stl.exe",
    "part.lnk",
    "part.url",
    "part",
    ".stl",
    "",
    ".",
  ])
    // prettier-ignore
    add(`no model ${text}`, link(full(beside(text))));
  add("a folder", link(full(`${base}${sep}Uploaded${sep}Job`)));
  add("the base", link(full(base)));
  add("the base with a slash", link(full(base + sep)));

  // Options, second commands, what shells expand.
  for (const text of ["--help", "--load=evil.ini", "-g", "--", "-o/tmp/x", "/unregister", "@evil.rsp"]) {
    add(`an option ${text}`, link(full(text)));
    add(`an option after the link ${text}`, link(full(part)), text);
    add(`only an option ${text}x`, `${text}x`);
    add(`an option in the folder ${text}`, link(full(beside(text))));
  }
  for (const text of [
    "&",
    "&&",
    "|",
    "||",
    ";",
    "^",
    "`",
    "$(",
    "%PATH%",
    "%COMSPEC%",
    "!x!",
    "\n",
    ">",
    "<",
    "'",
    '"',
    "*",
    "?",
    "$HOME",
    "{a,b}",
    "~",
  ]) {
    // prettier-ignore
    add(`${JSON.stringify(text)} and a command`, link(full(`${part}${text}${at.evil}`)));
    add(`${JSON.stringify(text)} raw`, link(`${part}${text}${at.evil}`));
    add(`${JSON.stringify(text)} before the path`, `print3d://open${text}?path=${full(part)}`);
  }
  add("split by a quote", `print3d://open?x=`, "--evil", "y");
  add("split at blanks", "print3d://open?path=", part);
  add("two links", link(full(part)), link(full(part)));
  add("--register behind it", link(full(part)), "--register");
  add("--inspect before it", "--inspect", link(full(part)));
  add("an empty argument", "");
  add("an empty one behind it", link(full(part)), "");

  // The link itself.
  for (const other of [
    `3dprint://open?path=${full(part)}`,
    `print3d:open?path=${full(part)}`,
    `print3d:/open?path=${full(part)}`,
    `print3d://run?path=${full(part)}`,
    `print3d://evil.example/open?path=${full(part)}`,
    `print3d://open.evil.example?path=${full(part)}`,
    `print3d://user:pass@open?path=${full(part)}`,
    `print3d://open:80?path=${full(part)}`,
    `print3d://open/../open?path=${full(part)}`,
    `print3d://open?path=${full(part)}&path=${full(outside[0]!)}`,
    `print3d://open?path=${full(outside[0]!)}&path=${full(part)}`,
    `print3d://open?path=${full(part)}&slicer=${full(at.evil)}`,
    `print3d://open?x=1&path=${full(part)}`,
    `print3d://open?path=${full(part)}#${full(part)}`,
    `print3d://open#?path=${full(part)}`,
    `print3d://open?path%3D${full(part)}`,
    "print3d://open?path=",
    "print3d://open?path=%22%22",
    "print3d://open?",
    "print3d://open",
    "print3d://",
    "print3d:",
    `http://open?path=${full(part)}`,
    `file://${part}`,
    part,
    `print3d://open?path=${full(part)}%`,
    `print3d://open?path=${full(part)}%ff`,
    `print3d://open?path=${full(part)}%zz`,
  ])
    add(`another link ${other.slice(0, 60)}`, other);
  for (const length of [5_000, 10_000, windows ? 31_000 : 33_000])
    add(`${length} characters`, link(full(base + sep) + "a".repeat(length)));
  for (const length of [256, 1_000, 4_090])
    add(`a name of ${length}`, link(full(`${base}${sep}${"b".repeat(length)}.stl`)));
  add("deep", link(full(base + `${sep}d`.repeat(1_500) + `${sep}part.stl`)));
  return list;
}

/** The forms of a good link that browsers and shells are known to make of it. */
export function mangledLinks(path: string): Record<string, string> {
  const good = link(full(path));
  return {
    "as it is": good,
    "with a slash after the host": good.replace("open?", "open/?"),
    "with a slash at the end": `${good}/`,
    "with an encoded slash at the end": `${good}%2F`,
    "encoded twice": link(full(full(path))),
    "not encoded": link(path),
    "in quotes": `"${good}"`,
    "in single quotes": `'${good}'`,
    "with the path in quotes": link(full(`"${path}"`)),
    "with capitals in the scheme": good.replace("print3d", "PRINT3D"),
    "with small hexadecimal digits": link(full(path).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())),
    "with blanks around it": ` ${good} `,
  };
}
