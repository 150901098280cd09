/** The 3D view, over the page: everything the hand can do in it, buttons and keys can do too. */
import { sizeText } from "@server/parts/judge";
import type { ModelShown } from "@server/reports/model-shown";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { Alert } from "./alert";
import { Icon, type IconName } from "./icon";
import type { ModelScene } from "./model-scene";
import { useModelScene, type ViewState } from "./use-model-scene";

interface Props {
  /** Path of the download. */
  file: string;
  model: ModelShown;
  color: string | null;
  onClose: () => void;
}

const LOST = "The graphics card has stopped drawing. Close this view and open it again.";

export function ModelViewerDialog({ file, model, color, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const { state, scene, lost } = useModelScene(stage, file, model, color);
  const [moving, setMoving] = useState(false);
  useEffect(() => {
    const element = dialog.current!;
    if (!element.open) element.showModal();
  }, []);
  // The browser gives the focus back, and then says that it is closed.
  const close = () => dialog.current?.close();
  const shown = state.at === "shown";
  const step = (x: number, y: number, move: boolean) =>
    move ? scene.current?.move(x, y) : scene.current?.turn(x, y);
  const press = (event: KeyboardEvent) => {
    if (!shown || event.ctrlKey || event.altKey || event.metaKey) return;
    const act = keyAction(event.key);
    if (!act) return;
    event.preventDefault();
    act(scene.current, (x, y) => step(x, y, event.shiftKey !== moving));
  };
  const switchMoving = () => {
    scene.current?.dragMoves(!moving);
    setMoving(!moving);
  };
  const verb = moving ? "Move" : "Turn";
  return (
    // Keys work wherever the focus is inside; the controls are the buttons.
    <dialog
      ref={dialog}
      className="viewer"
      aria-labelledby="viewer-title"
      onClose={onClose}
      onKeyDown={press}
    >
      <header className="viewer-head">
        <div className="min-w-0">
          <h2 id="viewer-title" className="viewer-title">
            {model.name}
          </h2>
          <ViewWords state={state} printer={model.printer} />
        </div>
        <button type="button" className="btn btn-neutral" onClick={close}>
          Close
        </button>
      </header>
      {lost && <Alert tone="error" live title={LOST} />}
      {state.at === "failed" && <Alert tone="error" live title={state.text} />}
      <div className="viewer-stage" ref={stage} hidden={state.at === "failed"}>
        {state.at === "reading" && (
          <div className="viewer-wait">
            <p>
              Reading the model… <span className="tabular-nums">{state.percent} %</span>
            </p>
            <progress className="bar" max={100} value={state.percent} aria-label="Reading the model" />
            <button type="button" className="btn btn-neutral" onClick={close}>
              Cancel
            </button>
          </div>
        )}
      </div>
      <div className="viewer-tools" role="group" aria-label="View" hidden={!shown}>
        <div>
          <Tool icon="left" label={`${verb} left`} onPress={() => step(-1, 0, moving)} />
          <Tool icon="right" label={`${verb} right`} onPress={() => step(1, 0, moving)} />
          <Tool icon="up" label={`${verb} up`} onPress={() => step(0, 1, moving)} />
          <Tool icon="down" label={`${verb} down`} onPress={() => step(0, -1, moving)} />
          <button type="button" className="btn btn-neutral" aria-pressed={moving} onClick={switchMoving}>
            Move
          </button>
        </div>
        <div>
          <Tool icon="plus" label="Zoom in" onPress={() => scene.current?.zoom(1)} />
          <Tool icon="minus" label="Zoom out" onPress={() => scene.current?.zoom(-1)} />
          <button type="button" className="btn btn-neutral" onClick={() => scene.current?.closeUp()}>
            To the model
          </button>
          <button type="button" className="btn btn-neutral" onClick={() => scene.current?.reset()}>
            Reset
          </button>
        </div>
      </div>
      <p className="viewer-help">
        Mouse: drag to turn, wheel to zoom, right button to move. Keys: arrows turn, Shift with arrows moves,
        + and − zoom, 0 resets, Esc closes.
      </p>
    </dialog>
  );
}

/** Size, printer and fit in words; what is drawn says nothing that is not here. */
function ViewWords({ state, printer }: { state: ViewState; printer: ModelShown["printer"] }) {
  const room = printer
    ? `${printer.name}: ${printer.build_volume_mm.join(" × ")} mm.`
    : "The printer that was asked for is no longer in the catalog, so no plate is drawn.";
  if (state.at !== "shown")
    return (
      <p className="viewer-words" role="status">
        {room}
      </p>
    );
  const { size_mm, fit } = state.model;
  return (
    <p className="viewer-words" role="status">
      Model: {sizeText(size_mm)}. {room}{" "}
      {fit && <span className={fit.fits === "no" ? "font-bold text-danger" : undefined}>{fit.text}</span>}
    </p>
  );
}

function Tool({ icon, label, onPress }: { icon: IconName; label: string; onPress: () => void }) {
  return (
    <button
      type="button"
      className="btn btn-neutral viewer-tool"
      aria-label={label}
      title={label}
      onClick={onPress}
    >
      <Icon name={icon} />
    </button>
  );
}

type KeyAction = (scene: ModelScene | null, step: (x: number, y: number) => void) => void;

function keyAction(key: string): KeyAction | undefined {
  switch (key) {
    case "ArrowLeft":
      return (_scene, step) => step(-1, 0);
    case "ArrowRight":
      return (_scene, step) => step(1, 0);
    case "ArrowUp":
      return (_scene, step) => step(0, 1);
    case "ArrowDown":
      return (_scene, step) => step(0, -1);
    case "+":
    case "=":
      return (scene) => scene?.zoom(1);
    case "-":
    case "_":
      return (scene) => scene?.zoom(-1);
    case "0":
    case "Home":
      return (scene) => scene?.reset();
    default:
      return undefined;
  }
}
