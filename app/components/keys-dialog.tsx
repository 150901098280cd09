/** The list of keys, and the switch for those who dictate or whose keys slip. */
import { Dialog, DialogBackdrop, DialogPanel, DialogTitle } from "@headlessui/react";
import { Button } from "./button";
import { Choice } from "./field";
import type { useKeys } from "./use-keys";

const KEYS = [
  ["/", "Search"],
  ["j", "Next job"],
  ["k", "Previous job"],
  ["Enter", "Open the job"],
  ["Esc", "Close a dialog"],
  ["?", "This list"],
] as const;

export default function KeysDialog({ keys }: { keys: ReturnType<typeof useKeys> }) {
  const close = () => keys.setListOpen(false);
  return (
    <Dialog open={keys.listOpen} onClose={close} className="dialog">
      <DialogBackdrop className="dialog-backdrop" />
      <div className="dialog-place">
        <DialogPanel className="dialog-panel dialog-narrow" data-density="compact">
          <div className="dialog-head">
            <DialogTitle className="text-xl font-bold">Keys</DialogTitle>
            <Button type="button" tone="quiet" onClick={close}>
              Close
            </Button>
          </div>
          <dl className="keys">
            {KEYS.map(([key, what]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
          <Choice
            name="keys"
            label="Single letters work as keys"
            checked={keys.on}
            onChange={(event) => keys.setOn(event.currentTarget.checked)}
          />
        </DialogPanel>
      </div>
    </Dialog>
  );
}
