/** Keeps a fault in one piece of a page from taking the rest along: the piece says so and can be tried again. */
import { Component, type ReactNode } from "react";
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
    if (!this.state.failed) return this.props.children;
    const said = (
      <Alert tone="error" title={`${this.props.what} could not be shown.`} live>
        <button type="button" className="btn btn-neutral" onClick={() => this.setState({ failed: false })}>
          Try again
        </button>
      </Alert>
    );
    return this.props.item ? <li>{said}</li> : said;
  }
}
