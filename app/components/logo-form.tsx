/** The logo as it is, another one, or none. */
import { LOGO_LIMITS } from "@server/settings/picture";
import type { StaffChoice } from "@server/staff/staff.server";
import { Button } from "./button";
import { Card } from "./card";
import { ErrorSummary, summaryOf } from "./error-summary";
import { FileField } from "./field";
import type { SettingsRefused } from "./settings-form";
import { StaffField } from "./staff-name-field";

export function LogoForm({
  logo,
  staff,
  refused,
}: {
  /** Its content's hash; empty for none. */
  logo: string;
  staff: StaffChoice[];
  refused?: SettingsRefused;
}) {
  const errors = refused
    ? summaryOf(refused.fields, ["logo"]).map((error) => ({
        ...error,
        field: error.field === "staff_name" ? "staff-logo" : error.field,
      }))
    : [];
  return (
    <Card title="Logo" className="mb-4">
      <p className="mb-3 max-w-prose text-soft">Stands beside the lab’s name, in place of Printdesk’s mark.</p>
      {logo && (
        <p className="mb-3">
          <img className="logo-shown" src={`/logo/${logo}`} alt="The logo that is shown now" />
        </p>
      )}
      <form
        method="post"
        action="/admin/settings/logo"
        encType="multipart/form-data"
        noValidate
        className="settings-form"
      >
        {refused && (
          <ErrorSummary
            errors={errors.length ? errors : [{ message: refused.message }]}
            title="The logo was not changed"
            focusKey={refused}
          />
        )}
        <FileField
          name="logo"
          label="Picture"
          hint={`A PNG, JPEG or WebP of at most ${LOGO_LIMITS.bytes / 1024} kB and ${LOGO_LIMITS.pixels} pixels on either side. It is shown 40 pixels high.`}
          accept="image/png,image/jpeg,image/webp"
          error={refused?.fields.logo}
        />
        <StaffField
          id="staff-logo"
          staff={staff}
          fields={{ value: () => "", errors: refused?.fields ?? {} }}
        />
        <div className="flex flex-wrap gap-3">
          <Button name="intent" value="save">
            Show this logo
          </Button>
          {logo && (
            <Button name="intent" value="remove" tone="danger">
              Take the logo away
            </Button>
          )}
        </div>
      </form>
    </Card>
  ); // prettier-ignore
}
