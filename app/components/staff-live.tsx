/** How fresh the board is, and what keeps it so. Without a script: when it was made, and the page's own refresh. */
import { formatTime } from "@server/time";
import { useEffect, useState } from "react";
import { useLab } from "./lab";
import type { Live } from "./use-live";
import type { Chime } from "./use-chime";

export function LiveBar({ live, chime }: { live: Live; chime: Chime }) {
  const { time_zone } = useLab();
  const [scripted, setScripted] = useState(false);
  useEffect(() => setScripted(true), []);
  return (
    <div className="live">
      <p
        className={live.reached ? "text-sm text-soft" : "text-sm font-semibold text-caution"}
        role={live.reached ? undefined : "status"}
      >
        {!live.reached && "The server does not answer; trying again. "}
        Last updated <time dateTime={live.checked}>{formatTime(live.checked, time_zone)}</time>
        {live.paused && " (paused)"}
      </p>
      {scripted && (
        <>
          <button type="button" className="btn btn-quiet" onClick={live.refresh}>
            Refresh
          </button>
          <button
            type="button"
            className="btn btn-quiet"
            aria-pressed={live.paused}
            onClick={() => live.setPaused(!live.paused)}
          >
            {live.paused ? "Go on updating" : "Pause updates"}
          </button>
          {chime.asks && (
            <button type="button" className="btn btn-quiet" onClick={chime.allow}>
              Allow the sound for new jobs
            </button>
          )}
        </>
      )}
    </div>
  );
}
