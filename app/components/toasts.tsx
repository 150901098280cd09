/** What just happened, in a corner, when the page stays where it is. Errors stay until they are put away. */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from "react";
import type { AlertTone } from "./alert";
import { Alert } from "./alert";

interface Toast {
  id: number;
  tone: AlertTone;
  text: string;
}

const STAYS_MS = 8_000;

const ToastContext = createContext<(tone: AlertTone, text: string) => void>(() => undefined);

/** Says something in the corner. */
export const useToast = () => useContext(ToastContext);

export function ToastArea({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const say = useCallback(
    (tone: AlertTone, text: string) =>
      setToasts((shown) => [...shown.slice(-3), { id: (shown.at(-1)?.id ?? 0) + 1, tone, text }]),
    [],
  );
  const putAway = useCallback(
    (id: number) => setToasts((shown) => shown.filter((toast) => toast.id !== id)),
    [],
  );
  return (
    <ToastContext.Provider value={say}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {toasts.map((toast) => (
          <OneToast key={toast.id} toast={toast} putAway={putAway} />
        ))}
      </div>
    </ToastContext.Provider>
  );
}

function OneToast({ toast: { id, tone, text }, putAway }: { toast: Toast; putAway: (id: number) => void }) {
  const [read, setRead] = useState(false);
  useEffect(() => {
    // Whoever is pointing at it or reading on is not hurried.
    if (tone === "error" || read) return;
    const timer = setTimeout(() => putAway(id), STAYS_MS);
    return () => clearTimeout(timer);
  }, [id, tone, read, putAway]);
  return (
    <div className="toast" onPointerEnter={() => setRead(true)} onPointerLeave={() => setRead(false)}>
      <Alert tone={tone} title={text} />
      <button type="button" className="btn btn-quiet" onClick={() => putAway(id)}>
        Close
      </button>
    </div>
  );
}
