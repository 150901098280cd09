/** What the browser can already tell about a chosen file; the server looks inside. Pure. */
import { formatBytes } from "@server/format";
import { MODEL_EXTENSIONS } from "@server/jobs/schemas";

/** ".stl, .obj or .3mf" */
export const MODEL_ENDINGS = MODEL_EXTENSIONS.map((e) => `.${e}`)
  .join(", ")
  .replace(/, ([^,]*)$/, " or $1");

/** For the file dialog. */
export const MODEL_ACCEPT = MODEL_EXTENSIONS.flatMap((e) => [`.${e}`, `model/${e}`]).join(",");

export { formatBytes };

/** What is wrong with this file, or nothing. */
export function fileProblem(file: { name: string; size: number }, maxMb: number): string | undefined {
  if (file.name === "" && file.size === 0) return "Choose the file with your model.";
  const ending = /\.([^.]+)$/.exec(file.name)?.[1]?.toLowerCase() ?? "";
  if (!(MODEL_EXTENSIONS as readonly string[]).includes(ending)) {
    return `We can only print ${MODEL_ENDINGS} files. Export your model as one of these and choose it again.`;
  }
  if (file.size === 0) return "This file is empty. Export your model again and choose the new file.";
  if (file.size > maxMb * 1_048_576) {
    return `This file is too large: the limit is ${maxMb} MB. Simplify the model and choose it again.`;
  }
  return undefined;
}
