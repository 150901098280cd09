import { makeJobPicture } from "@server/jobs/make-picture.server";
import type { Handler } from "@server/outbox/work.server";

/** `picture` rows: draws one file, or takes the picture it brings along. */
export const makePictureTask: Handler = (row) => makeJobPicture(row);
