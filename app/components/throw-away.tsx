/** Asks before what was typed is lost. Escape, and a press outside, lead back to it. */
import { Description, Dialog, DialogBackdrop, DialogPanel, DialogTitle } from "@headlessui/react";
import { Button } from "./button";

export function ThrowAway({ keep, away }: { keep: () => void; away: () => void }) {
  return (
    <Dialog open onClose={keep} className="dialog" role="alertdialog">
      <DialogBackdrop className="dialog-backdrop" />
      <div className="dialog-place">
        <DialogPanel className="dialog-panel dialog-narrow" data-density="compact">
          <DialogTitle className="text-xl font-bold">Throw away what you typed?</DialogTitle>
          <Description className="mt-2">What you typed in this form is lost when you close it.</Description>
          <div className="mt-6 flex flex-wrap gap-3">
            <Button type="button" onClick={keep} data-autofocus>
              Keep writing
            </Button>
            <Button type="button" tone="danger" onClick={away}>
              Throw away
            </Button>
          </div>
        </DialogPanel>
      </div>
    </Dialog>
  );
}
