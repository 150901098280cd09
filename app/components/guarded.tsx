/**
 * Keeps a fault in one piece of a page from taking the rest along: the piece says so and can be tried again. In the browser
 * React comes back to the piece; on the server it gives up the whole page, so there each piece says when it begins
 * (`Drawing`), and the page is drawn once more without the one that failed (`entry.server.tsx`).
 */
import { Component, type ContextType, type ReactNode } from "react";
import { Alert } from "./alert";
import { RequestContext } from "./lab";
import { reportError } from "./report-error";

interface Props {
  /** What is guarded, as in "This card could not be shown."; one of its name on a page. */
  what: string;
  /** Where the piece stands in a list: the word about it is an item, too. */
  item?: boolean;
  /** What to do meanwhile, beside trying again. */
  instead?: ReactNode;
  /** A new value tries again by itself: the data have changed. */
  version: unknown;
  children: ReactNode;
}

/** What the server could not draw: this file is read before the browser takes the page over, which must begin as it was sent. */
const brokenAsSent = new Set(
  typeof document === "undefined"
    ? []
    : [...document.querySelectorAll<HTMLElement>("[data-broken]")].map((piece) => piece.dataset.broken!),
);

export class Guarded extends Component<Props, { failed: boolean; version: unknown }> {
  static override contextType = RequestContext;
  declare context: ContextType<typeof RequestContext>;

  override state = { failed: brokenAsSent.has(this.props.what), version: this.props.version };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  static getDerivedStateFromProps({ version }: Props, state: { failed: boolean; version: unknown }) {
    return version === state.version ? null : { failed: false, version };
  }

  override componentDidMount() {
    brokenAsSent.delete(this.props.what);
  }

  override componentDidCatch(error: Error) {
    console.error(error);
    reportError(error, "piece");
  }

  override render() {
    const { what, item, instead, children } = this.props;
    const { drawing } = this.context;
    if (drawing) drawing.at = what;
    if (!this.state.failed && !drawing?.broken.has(what)) return children;
    const said = (
      <Alert tone="error" title={`${what} could not be shown.`} live>
        {instead}
        <button
          type="button"
          className="btn btn-neutral with-script"
          onClick={() => this.setState({ failed: false })}
        >
          Try again
        </button>
      </Alert>
    );
    return item ? <li data-broken={what}>{said}</li> : <div data-broken={what}>{said}</div>;
  }
}
