/** From "show me" to a model that can be turned, and everything put away again: the states of the 3D view. */
import { useEffect, useRef, useState, type RefObject } from "react";
import type { ModelShown } from "@server/reports/model-shown";
import { readModel, ReadProblem, type DrawnModel } from "./model-reader";
import type { ModelScene } from "./model-scene";

export type ViewState =
  | { at: "reading"; percent: number }
  | { at: "shown"; model: Pick<DrawnModel, "size_mm" | "fit"> }
  | { at: "failed"; text: string };

const NO_WEBGL =
  "This browser cannot draw in 3D (WebGL is missing or switched off). The picture on the job page shows the model.";
const NOT_LOADED = "The 3D view could not be loaded. Reload the page and try again.";

/**
 * @param stage where the view is drawn
 * @param file path of the download
 * @returns the state; the scene as soon as there is one; whether the graphics card has given up meanwhile
 */
export function useModelScene(
  stage: RefObject<HTMLElement>,
  file: string,
  { name, printer }: ModelShown,
  color: string | null,
): { state: ViewState; scene: RefObject<ModelScene | null>; lost: boolean } {
  const [state, setState] = useState<ViewState>({ at: "reading", percent: 0 });
  const [lost, setLost] = useState(false);
  const scene = useRef<ModelScene | null>(null);
  // What is shown stays when the page's data are asked for again: only the file and its surroundings count.
  const room = JSON.stringify(printer);
  useEffect(() => {
    const gone = new AbortController();
    const start = async () => {
      // Asked before anything is fetched: without it there is nothing to fetch for.
      const context = document.createElement("canvas").getContext("webgl2", { antialias: true });
      if (!context) throw new ReadProblem(NO_WEBGL);
      const place = JSON.parse(room) as ModelShown["printer"];
      const { openScene } = await import("./model-scene").catch(() => {
        throw new ReadProblem(NOT_LOADED);
      });
      gone.signal.throwIfAborted();
      scene.current = openScene({
        stage: stage.current!,
        context,
        printer: place,
        color,
        onLost: () => setLost(true),
        onRestored: () => setLost(false),
      });
      const model = await readModel(
        { url: file, name, printer: place },
        (percent) => setState({ at: "reading", percent }),
        gone.signal,
      );
      scene.current.show(model);
      setState({ at: "shown", model: { size_mm: model.size_mm, fit: model.fit } });
    };
    start().catch((error: unknown) => {
      if (gone.signal.aborted) return;
      if (!(error instanceof ReadProblem)) reportError(error);
      setState({ at: "failed", text: error instanceof ReadProblem ? error.message : NOT_LOADED });
    });
    return () => {
      gone.abort();
      scene.current?.dispose();
      scene.current = null;
    };
  }, [stage, file, name, room, color]);
  return { state, scene, lost };
}
