/**
 * Sends a form with its file and tells how far it is. The server answers as it does without JavaScript: it
 * redirects, or it sends the page again. From that page only the outcome is taken (`data-outcome` on the
 * form), so that the page in front of the student keeps everything, the chosen file included.
 */
export type Answer<T> =
  | { kind: "redirected"; url: string }
  | { kind: "refused"; outcome: T }
  /** No usable answer: the connection broke (status 0) or something in between spoke. */
  | { kind: "failed"; status: number };

export interface Sending<T> {
  answer: Promise<Answer<T>>;
  stop: () => void;
}

export function sendForm<T>(
  form: HTMLFormElement,
  onProgress: (sent: number, total: number) => void,
): Sending<T> {
  const xhr = new XMLHttpRequest();
  const target = new URL(form.action);
  const answer = new Promise<Answer<T>>((resolve) => {
    xhr.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total);
    xhr.onerror = xhr.onabort = () => resolve({ kind: "failed", status: 0 });
    xhr.onload = () => {
      const url = new URL(xhr.responseURL || target.href);
      if (xhr.status < 300 && url.pathname !== target.pathname)
        return resolve({ kind: "redirected", url: url.href });
      resolve(outcomeIn<T>(xhr.responseText, form.id) ?? { kind: "failed", status: xhr.status });
    };
    xhr.open("POST", target);
    xhr.send(new FormData(form));
  });
  return { answer, stop: () => xhr.abort() };
}

function outcomeIn<T>(html: string, formId: string): Answer<T> | undefined {
  const page = new DOMParser().parseFromString(html, "text/html");
  const text = page.getElementById(formId)?.dataset.outcome;
  return text ? { kind: "refused", outcome: JSON.parse(text) as T } : undefined;
}
