import { useToken } from "./confirm.server";

/**
 * The student says no: nothing is printed, nothing is charged, no mail is sent.
 * @returns the reference of the status page
 * @throws Refusal `not_found`, `gone`, and as `advance`
 */
export async function declineJob(token: string): Promise<{ reference: string }> {
  return useToken(token, "decline", () => ({
    reject_reasons: { reasons: ["declined_by_student"], custom_reason: "" },
  }));
}
