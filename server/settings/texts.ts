/**
 * What students must read, in the lab's own words until the lab writes others. A blank line parts paragraphs,
 * `**…**` is bold; `{guide}` and `{guide_short}` name the guide, `{minimum}` is the minimum charge. Pure.
 */

export const INTRODUCTION_TEXT = `Before submitting your model for 3D printing, please ensure you have thoroughly reviewed our {guide}, read all the guides, and checked the checklist. If necessary, revisit and fix your model before submission.

Your model must be scaled and simplified appropriately, often requiring a second version specifically optimized for 3D printing. **We will not print models that are broken, messy, or too large.** Your model must follow the rules and constraints of the machine. We will not fix or scale your model as we do not know your specific needs or project requirements.

**We print exactly what you send us;** if the scale is wrong or you are unsatisfied with the product, it is your responsibility. We will gladly print another model for you at an additional cost. We are only responsible for print failures due to issues under our control.`;

export const DIMENSIONS_TEXT = `Ensure your model's dimensions are within the specified limits for the printer you plan to use. If your model is too large, consider scaling it down or splitting it into parts. For more guidance, refer to the design guides on our {guide_short} or ask for assistance in person.`;

export const SCALING_TEXT = `If exporting as .STL or .OBJ you MUST scale it down in millimeters BEFORE exporting. If you do not the scale will not work correctly.`;

export const CONSENT_TEXT = `I understand there is a minimum {minimum} charge for all print jobs, and that the final cost may be higher based on material and time.`;

/** What the guide is called within a sentence that names the lab already: "our Moodle page". */
export function shortGuideName(guideName: string): string {
  return /moodle/i.test(guideName) ? "Moodle page" : guideName;
}
