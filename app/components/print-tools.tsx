/** What stands above a page that is made for paper, and is not printed. */
import type { ReactNode } from "react";
import { Button } from "./button";

export function PrintTools({ back, to, children }: { back: string; to: string; children?: ReactNode }) {
  return (
    <div className="print-tools no-print">
      <a className="inline-flex min-h-11 items-center" href={back}>
        {to}
      </a>
      {children}
      <Button type="button" className="with-script" onClick={() => window.print()}>
        Print
      </Button>
      <p className="without-script text-soft">Print with your browser’s own Print.</p>
    </div>
  );
}
