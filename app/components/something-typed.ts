/**
 * Has somebody changed what a form came with? The name under "Performing Action As" is chosen again in a moment and
 * does not count, nor do fields that are put away.
 * @param root a form, or what stands around its fields
 */
export function somethingTyped(root: ParentNode): boolean {
  return [
    ...root.querySelectorAll<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>(
      "input, textarea, select",
    ),
  ].some((field) => {
    if (field.name === "" || field.name === "staff_name" || field.type === "hidden") return false;
    if (field instanceof HTMLSelectElement) {
      const options = [...field.options];
      const offered = options.some((option) => option.defaultSelected);
      // A list with nothing chosen in it shows its first line.
      return options.some((option, at) => option.selected !== (offered ? option.defaultSelected : at === 0));
    }
    if (field.type === "checkbox" || field.type === "radio")
      return (field as HTMLInputElement).checked !== (field as HTMLInputElement).defaultChecked;
    return field.value !== field.defaultValue;
  });
}
