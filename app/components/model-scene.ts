/**
 * The 3D view itself. The only file (with `model-scene-parts`) that knows three.js, and so only ever imported when
 * somebody asks for the view. It draws when something has changed and rests otherwise: nothing moves by itself.
 */
import {
  BufferAttribute,
  BufferGeometry,
  Color,
  DoubleSide,
  Mesh,
  MeshStandardMaterial,
  MOUSE,
  PerspectiveCamera,
  Scene,
  Sphere,
  TOUCH,
  Vector3,
  WebGLRenderer,
} from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import type { BuildVolume } from "@server/mesh/fit";
import type { DrawnModel } from "./model-reader";
import { lights, printerRoom, roomLabels } from "./model-scene-parts";

/** What the buttons and keys of the view do. `x` and `y` are steps to the right and up, as the hand would drag. */
export interface ModelScene {
  show(model: DrawnModel): void;
  turn(x: number, y: number): void;
  move(x: number, y: number): void;
  /** @param steps nearer; negative: farther */
  zoom(steps: number): void;
  /** Does dragging move the view instead of turning it? */
  dragMoves(yes: boolean): void;
  /** The whole plate again, from the front and a little above. */
  reset(): void;
  /** The model alone. */
  closeUp(): void;
  dispose(): void;
}

export interface SceneOptions {
  /** Filled by the view; its CSS variables give the colours. */
  stage: HTMLElement;
  context: WebGL2RenderingContext;
  printer: BuildVolume | null;
  /** The filament's colour as #rrggbb; null: the accent. */
  color: string | null;
  onLost: () => void;
  onRestored: () => void;
}

type Triple = [number, number, number];

const TURN = Math.PI / 12;
const MOVE_PX = 40;
const ZOOM = 0.8;
/** How much of the view the box takes. */
const FILLED = 0.9;
const VIEW_FROM = new Vector3(0.45, -1, 0.62).normalize();

export function openScene({ stage, context, printer, color, onLost, onRestored }: SceneOptions): ModelScene {
  const canvas = context.canvas as HTMLCanvasElement;
  const renderer = new WebGLRenderer({ canvas, context });
  renderer.setPixelRatio(Math.min(window.devicePixelRatio, 2));
  const scene = new Scene();
  const camera = new PerspectiveCamera(32);
  camera.up.set(0, 0, 1);
  const { sky, lamp } = lights();
  camera.add(lamp);
  const room = printer && printerRoom(printer.build_volume_mm);
  scene.add(sky, camera, ...(room ? [room.group] : []));
  const material = new MeshStandardMaterial({ flatShading: true, side: DoubleSide, roughness: 0.8 });
  let mesh: Mesh<BufferGeometry, MeshStandardMaterial> | null = null;
  let fits: NonNullable<DrawnModel["fit"]>["fits"] = "as_is";
  const controls = new OrbitControls(camera, canvas);
  controls.zoomToCursor = true;

  const labels = printer
    ? roomLabels(printer).map(({ at, text }) => {
        const element = document.createElement("span");
        element.className = "viewer-label";
        element.textContent = text;
        stage.append(element);
        return { at, element };
      })
    : [];

  let asked = 0;
  const draw = () => {
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      const distance = controls.getDistance();
      camera.near = distance / 100;
      camera.far = distance + 10_000;
      camera.updateProjectionMatrix();
      renderer.render(scene, camera);
      placeLabels(labels, camera, canvas);
    });
  };

  const paint = () => {
    const style = getComputedStyle(stage);
    const variable = (name: string) => new Color(style.getPropertyValue(name).trim());
    material.color = color ? seen(new Color(color)) : variable("--viewer-part");
    if (room) {
      room.frame.material.color = variable(`--viewer-room-${fits.replace("_", "-")}`);
      room.grid.material.color = variable("--viewer-grid");
      room.plate.material.color = variable("--viewer-plate");
    }
    draw();
  };

  /** Looks at the middle of a box that stands on the plate, from so far that all of it is seen. */
  const lookAt = ([width, depth, height]: Triple, from: Vector3) => {
    controls.target.set(0, 0, height / 2);
    camera.position.copy(controls.target).add(from);
    camera.lookAt(controls.target);
    const [right, up, back] = [new Vector3(), new Vector3(), new Vector3()];
    camera.updateMatrixWorld();
    camera.matrixWorld.extractBasis(right, up, back);
    const tall = Math.tan((camera.fov * Math.PI) / 360) * FILLED;
    let distance = 0;
    for (let i = 0; i < 8; i += 1) {
      const corner = new Vector3(i & 1 ? width : -width, i & 2 ? depth : -depth, i & 4 ? height : -height);
      corner.divideScalar(2);
      const [x, y, z] = [corner.dot(right), corner.dot(up), corner.dot(back)];
      distance = Math.max(distance, z + Math.abs(x) / (tall * camera.aspect), z + Math.abs(y) / tall);
    }
    camera.position.copy(controls.target).addScaledVector(from, distance);
    controls.update();
    draw();
  };
  const reset = () => {
    const model = sizeOf(mesh);
    const all = model.map((mm, axis) => Math.max(mm, printer?.build_volume_mm[axis] ?? 0)) as Triple;
    controls.minDistance = Math.max(...model, 1) / 10;
    controls.maxDistance = Math.hypot(...all) * 6;
    lookAt(all, VIEW_FROM);
  };

  const fill = () => {
    const { clientWidth: width, clientHeight: height } = stage;
    if (!width || !height) return;
    renderer.setSize(width, height, false);
    camera.aspect = width / height;
    draw();
  };
  const size = new ResizeObserver(fill);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const restored = () => {
    onRestored();
    draw();
  };
  stage.append(canvas);
  size.observe(stage);
  scheme.addEventListener("change", paint);
  controls.addEventListener("change", draw);
  canvas.addEventListener("webglcontextlost", onLost);
  canvas.addEventListener("webglcontextrestored", restored);
  fill();
  paint();
  reset();

  return {
    show(model) {
      const geometry = new BufferGeometry();
      geometry.setAttribute("position", new BufferAttribute(model.vertices, 3));
      if (model.triangles) geometry.setIndex(new BufferAttribute(model.triangles, 1));
      // Known already; three.js would go through every vertex for it.
      const [width, depth, height] = model.size_mm;
      geometry.boundingSphere = new Sphere(
        new Vector3(0, 0, height / 2),
        Math.hypot(width, depth, height) / 2,
      );
      mesh = new Mesh(geometry, material);
      mesh.userData.size = model.size_mm;
      scene.add(mesh);
      fits = model.fit?.fits ?? "as_is";
      paint();
      reset();
    },
    turn(x, y) {
      controls.rotateLeft(x * TURN);
      controls.rotateUp(-y * TURN);
    },
    move: (x, y) => controls.pan(x * MOVE_PX, -y * MOVE_PX),
    zoom(steps) {
      if (steps > 0) controls.dollyIn(ZOOM ** steps);
      else controls.dollyOut(ZOOM ** -steps);
    },
    dragMoves(yes) {
      controls.mouseButtons.LEFT = yes ? MOUSE.PAN : MOUSE.ROTATE;
      controls.mouseButtons.RIGHT = yes ? MOUSE.ROTATE : MOUSE.PAN;
      controls.touches.ONE = yes ? TOUCH.PAN : TOUCH.ROTATE;
    },
    reset,
    closeUp: () => lookAt(sizeOf(mesh), camera.position.clone().sub(controls.target).normalize()),
    dispose() {
      cancelAnimationFrame(asked);
      size.disconnect();
      scheme.removeEventListener("change", paint);
      canvas.removeEventListener("webglcontextlost", onLost);
      canvas.removeEventListener("webglcontextrestored", restored);
      controls.dispose();
      mesh?.geometry.dispose();
      material.dispose();
      for (const part of room ? [room.frame, room.grid, room.plate] : []) {
        part.geometry.dispose();
        part.material.dispose();
      }
      renderer.dispose();
      // Browsers allow a page only a few contexts, and collect old ones late.
      renderer.forceContextLoss();
      for (const { element } of labels) element.remove();
      canvas.remove();
    },
  };
}

/** Its size, mm; before it has come, that of an ordinary part. */
function sizeOf(mesh: Mesh | null): Triple {
  return (mesh?.userData.size as Triple | undefined) ?? [100, 100, 100];
}

/** Black filament still has edges and white has shades: as a lamp would show them. */
function seen(color: Color): Color {
  const { h, s, l } = color.getHSL({ h: 0, s: 0, l: 0 });
  return color.setHSL(h, s, Math.min(0.84, Math.max(0.1, l)));
}

function placeLabels(
  labels: { at: Vector3; element: HTMLElement }[],
  camera: PerspectiveCamera,
  { clientWidth, clientHeight }: HTMLCanvasElement,
) {
  for (const { at, element } of labels) {
    const { x, y, z } = at.clone().project(camera);
    element.hidden = z > 1 || Math.abs(x) > 1 || Math.abs(y) > 1;
    element.style.transform = `translate(-50%, -50%) translate(${((x + 1) / 2) * clientWidth}px, ${((1 - y) / 2) * clientHeight}px)`;
  }
}
