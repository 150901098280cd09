import { Refusal } from "@server/errors";

/** A public page of something unknown is a 404 with the usual frame. */
export async function orNotFound<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Refusal && error.code === "not_found")
      throw new Response(
        "There is no print request under this address. Use the whole link from the newest e-mail.",
        {
          status: 404,
        },
      );
    throw error;
  }
}
