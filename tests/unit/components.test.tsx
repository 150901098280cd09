import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { Alert } from "~/components/alert";
import { ErrorSummary, summaryOf } from "~/components/error-summary";
import { FactList } from "~/components/facts";
import { ChoiceGroup, SelectField, TextField } from "~/components/field";
import { LetterEditor } from "~/components/letter-editor";
import { LabContext, type Lab } from "~/components/lab";
import { fileProblem, formatBytes } from "~/components/model-file";
import { offerOf } from "~/components/offer";
import { SettingsGroupForm } from "~/components/settings-form";
import { StatusBadge } from "~/components/status-badge";
import { PrinterDimensions, IntroWarning } from "~/components/submit-intro";
import { Swatch } from "~/components/swatch";
import { Age, Money, Time } from "~/components/time";
import { EXAMPLE_CATALOG } from "@server/catalog/example";
import { STATUS, STATUSES } from "@server/jobs/states";
import { SETTING_GROUP_NAMES } from "@server/settings/descriptions";
import { DEFAULTS } from "@server/settings/read-form";
import type { SettingsPage } from "@server/settings/settings-page.server";

const html = renderToStaticMarkup;
const lab: Lab = {
  lab_name: "Lab",
  university_name: "",
  payment_system: "Card",
  guide_name: "Additive Manufacturing Moodle page",
  guide_url: "",
  contact_email: "",
  time_zone: "America/Chicago",
  environment_banner: "",
  logo: "",
};
/** What a reader reads: the words without the markup. */
const words = (markup: string) =>
  markup
    .replace(/<[^>]*>/g, "")
    .replaceAll("&quot;", '"')
    .replaceAll("&#x27;", "'")
    .replace(/\s+/g, " ")
    .trim();

describe("Field", () => {
  test("ties label, hint and error to the control", () => {
    const out = html(<TextField name="grams" label="Weight" hint="On the scale" error="Enter the weight." />);
    expect(out).toContain('<label class="label" for="grams">Weight</label>');
    expect(out).toContain('id="grams-hint"');
    expect(out).toContain('id="grams-error"');
    expect(out).toMatch(/<input[^>]*aria-describedby="grams-hint grams-error"/);
    expect(out).toMatch(/<input[^>]*aria-invalid="true"/);
    expect(out).toContain("field-invalid");
  });

  test("says nothing about errors while there are none", () => {
    const out = html(<TextField name="grams" label="Weight" error={[]} />);
    expect(out).not.toMatch(/aria-invalid|aria-describedby|error/);
  });

  test("takes another id when a name occurs twice", () => {
    const out = html(
      <SelectField name="staff_name" id="reject-staff" label="Your name" error={["Choose your name."]}>
        <option>Ada</option>
      </SelectField>,
    );
    expect(out).toMatch(/<select[^>]*id="reject-staff"[^>]*name="staff_name"/);
    expect(out).toMatch(/<select[^>]*aria-describedby="reject-staff-error"/);
  });

  test("a group of choices is a fieldset with a legend", () => {
    const out = html(
      <ChoiceGroup name="reasons" label="Reasons" error="Choose at least one reason.">
        <input type="checkbox" name="reasons" />
      </ChoiceGroup>,
    );
    expect(out).toMatch(/<fieldset id="reasons"[^>]*aria-describedby="reasons-error"/);
    expect(out).toContain('<legend class="label">Reasons</legend>');
  });
});

describe("ErrorSummary", () => {
  test("links each message to its field, in the page's order, the form's own first", () => {
    const errors = summaryOf({ file: ["F"], "": ["Whole"], student_name: ["N", "N2"], other: null }, [
      "student_name",
      "file",
    ]);
    expect(errors.map((e) => e.message)).toEqual(["Whole", "N", "F"]);
    const out = html(<ErrorSummary errors={errors} />);
    expect(out).toContain('role="alert"');
    expect(out).toContain('<a href="#student_name">N</a>');
    expect(out).not.toContain('href="#"');
  });

  test("is not there without errors", () => {
    expect(html(<ErrorSummary errors={[]} />)).toBe("");
  });
});

test("StatusBadge shows the label of every status, and a sign", () => {
  for (const status of STATUSES) {
    const out = html(<StatusBadge status={status} />);
    expect(words(out)).toBe(STATUS[status].label.replace("&", "&amp;"));
    expect(out).toContain("<svg");
  }
});

describe("times and money", () => {
  test("Time: UTC for machines, the lab's zone for people", () => {
    const out = html(
      <LabContext.Provider value={lab}>
        <Time at="2026-11-23T20:05:00Z" />
      </LabContext.Provider>,
    );
    expect(out.toLowerCase()).toContain('datetime="2026-11-23t20:05:00.000z"');
    expect(words(out)).toBe("Nov 23, 2026, 14:05");
  });

  test.each([
    ["2026-11-23T10:00:00Z", "fresh", "2h 0m ago", "less than a day"],
    ["2026-11-22T10:00:00Z", "day", "1d 2h ago", "more than a day"],
    ["2026-11-21T08:00:00Z", "two-days", "2d 4h ago", "more than two days"],
    ["2026-11-20T08:00:00Z", "late", "3d 4h ago", "more than three days"],
  ])("Age of %s: colour, words and the exact time", (at, band, text, spoken) => {
    const out = html(<Age at={at} now="2026-11-23T12:00:00Z" zone="UTC" />);
    expect(out).toContain(`age-${band}`);
    expect(words(out)).toContain(text);
    expect(words(out)).toContain(`(${spoken}, since Nov `);
    expect(out).toMatch(/title="Nov \d+, 2026, \d\d:00"/);
  });

  test("Money: cents as dollars, words while there is none", () => {
    expect(words(html(<Money cents={425} />))).toBe("$4.25");
    expect(words(html(<Money cents={null} />))).toBe("not set yet");
  });
});

test("no component writes a style attribute, which the security policy refuses", () => {
  const out = html(
    <>
      <Swatch hex="#c8102e" name="True Red" />
      <Alert tone="warning" title="T" live>
        x
      </Alert>
      <FactList
        facts={[
          { label: "File", value: "a.stl" },
          { label: "Weight", value: null },
        ]}
      />
    </>,
  );
  expect(out).not.toContain("style=");
  expect(out).toContain("True Red");
  expect(out).not.toContain("Weight");
});

describe("the submission form's own words", () => {
  const offer = offerOf(EXAMPLE_CATALOG);
  const inLab = (node: React.ReactNode) =>
    words(html(<LabContext.Provider value={lab}>{node}</LabContext.Provider>));

  test("the introduction is the lab's, to the letter", () => {
    expect(inLab(<IntroWarning />)).toBe(
      "Read this first" +
        "Before submitting your model for 3D printing, please ensure you have thoroughly reviewed our Additive Manufacturing Moodle page, read all the guides, and checked the checklist. If necessary, revisit and fix your model before submission. Your model must be scaled and simplified appropriately, often requiring a second version specifically optimized for 3D printing. We will not print models that are broken, messy, or too large. Your model must follow the rules and constraints of the machine. We will not fix or scale your model as we do not know your specific needs or project requirements. We print exactly what you send us; if the scale is wrong or you are unsatisfied with the product, it is your responsibility. We will gladly print another model for you at an additional cost. We are only responsible for print failures due to issues under our control.",
    );
  });

  test("the dimensions too", () => {
    expect(inLab(<PrinterDimensions methods={offer.methods} />)).toBe(
      'Will your model fit on our printers? Please check the dimensions (W x D x H): Filament - Prusa MK4S: 9.84" × 8.3" × 8.6" (250 × 210 × 220 mm), Prusa XL: 14.17" × 14.17" × 14.17" (360 × 360 × 360 mm), Raise3D Pro 2 Plus: 12" × 12" × 23.8" (305 × 305 × 605 mm). Resin - Formlabs Form 3: 5.7 × 5.7 × 7.3 inches (145 x 145 x 175 mm). Ensure your model\'s dimensions are within the specified limits for the printer you plan to use. If your model is too large, consider scaling it down or splitting it into parts. For more guidance, refer to the design guides on our Moodle page or ask for assistance in person. If exporting as .STL or .OBJ you MUST scale it down in millimeters BEFORE exporting. If you do not the scale will not work correctly.',
    );
  });

  test("what the browser can tell about a file", () => {
    expect(fileProblem({ name: "Cube.STL", size: 684 }, 50)).toBeUndefined();
    expect(fileProblem({ name: "", size: 0 }, 50)).toMatch(/^Choose the file/);
    expect(fileProblem({ name: "cube.pdf", size: 684 }, 50)).toMatch(/\.stl, \.obj or \.3mf/);
    expect(fileProblem({ name: "stl", size: 684 }, 50)).toMatch(/\.stl, \.obj or \.3mf/);
    expect(fileProblem({ name: "cube.obj", size: 0 }, 50)).toMatch(/empty/);
    expect(fileProblem({ name: "cube.3mf", size: 50 * 1_048_576 }, 50)).toBeUndefined();
    expect(fileProblem({ name: "cube.3mf", size: 50 * 1_048_576 + 1 }, 50)).toMatch(/limit is 50 MB/);
    expect(formatBytes(12_900_000)).toBe("12 MB");
  });
});

describe("a form that was refused", () => {
  const typed = { lab_name: "", subject: "", body: "x", stamp: "of then", version: "3" };
  const refused = { message: "no", fields: { lab_name: ["Enter it."] }, typed };
  const settingsForm = (stamp: string | null) => {
    const page: SettingsPage = {
      values: DEFAULTS,
      stamps: Object.fromEntries(SETTING_GROUP_NAMES.map((group) => [group, "of now"])) as SettingsPage["stamps"], // prettier-ignore
      last: Object.fromEntries(SETTING_GROUP_NAMES.map((group) => [group, null])) as SettingsPage["last"],
      workstations: [],
      system: [],
    };
    return html(
      <SettingsGroupForm group="lab" page={page} staff={[]} refused={{ ...refused, group: "lab", stamp }} />,
    );
  };
  const letterForm = (version: number | null) => {
    const wording = { subject: "s", body: "b", version: 4, is_default: false, updated_by: null, updated_at: null }; // prettier-ignore
    return html(
      <LetterEditor name="receipt" wording={wording} staff={[]} refused={{ ...refused, version }} text="" />,
    );
  };

  test("stays as old as it was, so that somebody else's change meanwhile is still told", () => {
    expect(settingsForm(null)).toMatch(/name="stamp" autoComplete="off" value="of then"/);
    expect(letterForm(null)).toMatch(/name="version" autoComplete="off" value="3"/);
  });

  test("is as new as what it was told of, so that the second press goes through", () => {
    expect(settingsForm("of the other")).toMatch(/name="stamp" autoComplete="off" value="of the other"/);
    expect(letterForm(4)).toMatch(/name="version" autoComplete="off" value="4"/);
  });
});
