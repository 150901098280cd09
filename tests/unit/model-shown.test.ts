import { describe, expect, test } from "vitest";
import { EXAMPLE_CATALOG } from "@server/catalog/example";
import { modelShown } from "@server/reports/model-shown";

const file = (name: string, ...roles: string[]) => ({ name, size_bytes: 684, roles, on_disk: true });
const shown = (...files: ReturnType<typeof file>[]) => modelShown(files, EXAMPLE_CATALOG, "prusa_mk4s");

describe("the 3D view shows", () => {
  test("the file to be printed if it is a model, else the student's", () => {
    const original = file("a.stl", "original");
    expect(shown(original)?.name).toBe("a.stl");
    expect(shown(original, file("b.3MF", "authoritative"))?.name).toBe("b.3MF");
    for (const sliced of ["b.gcode", "b.bgcode", "b.form", "plate_1.gcode.3mf"])
      expect(shown(original, file(sliced, "authoritative"))?.name).toBe("a.stl");
    expect(shown({ ...original, roles: ["original", "authoritative"] })?.name).toBe("a.stl");
  });

  test("nothing that is not a model, or not there", () => {
    expect(shown()).toBeNull();
    expect(shown(file("notes.txt", "original"), file("metadata.json"), file("other.stl"))).toBeNull();
    expect(shown({ ...file("a.obj", "original"), on_disk: false })).toBeNull();
  });

  test("the printer's room, in service or not; none when the catalog has forgotten it", () => {
    const files = [file("a.stl", "original")];
    const retired = {
      printers: EXAMPLE_CATALOG.printers.map((printer) => ({ ...printer, active: false })),
    };
    const room = { id: "prusa_mk4s", name: "Prusa MK4S", build_volume_mm: [250, 210, 220] };
    expect(modelShown(files, retired, "prusa_mk4s")?.printer).toEqual(room);
    expect(modelShown(files, retired, "sold_last_year")?.printer).toBeNull();
  });
});
