/** What the form can check by itself: the server's schema, and what the browser knows of the file. Pure. */
import { z } from "zod";
import { SubmitSchema } from "@server/jobs/schemas";
import { fileProblem } from "./model-file";
import { sameFile, type FileId } from "./model-reading";

/** What came of reading one file. */
export interface Verdict {
  of: FileId;
  /** It is broken: the sentence. */
  refused?: string;
  /** It fits no printer, which is to be acknowledged: the sentence. */
  fitsNowhere?: string;
}

/**
 * @param maxMb largest file, MiB
 * @param verdict asked at each check: the last verdict, perhaps on another file than is chosen now
 */
export function submitSchemaWith(maxMb: number, verdict: () => Verdict | null) {
  const file = z.instanceof(File, { error: "Choose the file with your model." });
  const { acknowledged_fit } = SubmitSchema.shape;
  return SubmitSchema.extend({
    file: file.superRefine((chosen, context) => {
      const last = verdict();
      const message =
        fileProblem(chosen, maxMb) ?? (last && sameFile(last.of, chosen) ? last.refused : undefined);
      if (message) context.addIssue({ code: "custom", message });
    }),
    acknowledged_fit: acknowledged_fit.superRefine((yes, context) => {
      const message = verdict()?.fitsNowhere;
      if (message && !yes) context.addIssue({ code: "custom", message });
    }),
  });
}
