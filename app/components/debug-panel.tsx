/** State, versions and timings of this page, for whoever looks after the server. */
import type { DebugFacts } from "@server/reports/debug.server";
import { FactList } from "./facts";

export function DebugPanel({ facts, ms, stamp }: { facts: DebugFacts; ms: number; stamp: string }) {
  const { database, details, ...parts } = facts.components;
  return (
    <details className="debug">
      <summary>Debug</summary>
      <FactList
        facts={[
          { label: "Page data", value: `${ms} ms on the server` },
          { label: "Stamp", value: <span className="short-id">{stamp}</span> },
          { label: "Environment", value: `${facts.environment}, Node ${facts.node}` },
          { label: "Schema", value: facts.schema },
          { label: "Catalog", value: `version ${facts.catalog_version}` },
          {
            label: "Database",
            value: `${database}, ${facts.database.connections} connections, ${facts.database.waiting} waiting`,
          },
          ...Object.entries(parts).map(([name, state]) => ({ label: name, value: state })),
          { label: "Details", value: details },
          {
            label: "Outbox",
            value: facts.outbox.length
              ? facts.outbox.map(({ kind, state, n }) => `${kind} ${state}: ${n}`).join(", ")
              : "nothing waiting",
          },
        ]}
      />
    </details>
  );
}
