/** The headers of a file that is saved, never shown, whatever is in it. */
export function attachment(name: string, size_bytes: number): Record<string, string> {
  return {
    "Content-Type": "application/octet-stream",
    "Content-Disposition": `attachment; filename="${name.replace(/[^\x20-\x7e]|["\\%]/g, "_")}"; filename*=UTF-8''${encodeRfc5987(name)}`,
    "Content-Length": String(size_bytes),
    "Cache-Control": "private, no-store",
  };
}

const encodeRfc5987 = (name: string) =>
  encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
