/** Keeps a fault in one piece of a page from taking the rest along: the piece says so and can be tried again. */
import { Component, type ReactNode, Suspense } from "react";
import { Alert } from "./alert";
import { reportError } from "./report-error";

interface Props {
  /** What is guarded, as in "This card could not be shown." */
  what: string;
  /** Where the piece stands in a list: the word about it is an item, too. */
  item?: boolean;
  /** A new value tries again by itself: the data have changed. */
  version: unknown;
  children: ReactNode;
}

export class Guarded extends Component<Props, { failed: boolean; version: unknown }> {
  override state = { failed: false, version: this.props.version };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  static getDerivedStateFromProps({ version }: Props, state: { failed: boolean; version: unknown }) {
    return version === state.version ? null : { failed: false, version };
  }

  override componentDidCatch(error: Error) {
    console.error(error);
    reportError(error, "piece");
  }

  override render() {
    const { what, item, children } = this.props;
    if (!this.state.failed)
      // On the server a fault goes to the nearest Suspense; a browser with JavaScript then tries the piece by itself.
      return <Suspense fallback={<Failed what={what} item={item} />}>{children}</Suspense>;
    return (
      <Failed what={what} item={item}>
        <button type="button" className="btn btn-neutral" onClick={() => this.setState({ failed: false })}>
          Try again
        </button>
      </Failed>
    );
  }
}

/** The word about a piece that could not be drawn, and what may be done. */
function Failed({ what, item, children }: { what: string; item?: boolean; children?: ReactNode }) {
  const said = (
    <Alert tone="error" title={`${what} could not be shown.`} live={children !== undefined}>
      {children ?? "Load the page again. If it stays like this, tell whoever looks after the system."}
    </Alert>
  );
  return item ? <li>{said}</li> : said;
}
