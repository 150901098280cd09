/** What stands in the 3D view beside the model: the printer's plate and room, and the light. Only the lazy chunk has it. */
import {
  BufferGeometry,
  DirectionalLight,
  DoubleSide,
  Float32BufferAttribute,
  Group,
  HemisphereLight,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshBasicMaterial,
  PlaneGeometry,
  Vector3,
} from "three";

type Triple = readonly [number, number, number];

/** Lines of the grid, mm apart. */
const GRID_MM = 10;

/** The printer's room as lines, its plate as a grid; lines take their colours later. */
export function printerRoom([width, depth, height]: Triple) {
  const [x, y] = [width / 2, depth / 2];
  const frame = lines(
    [0, height]
      .flatMap((z) => [-x, -y, z, x, -y, z, x, -y, z, x, y, z, x, y, z, -x, y, z, -x, y, z, -x, -y, z])
      .concat([-x, -x, x, x].flatMap((cx, i) => [cx, i % 2 ? y : -y, 0, cx, i % 2 ? y : -y, height])),
  );
  const rules: number[] = [];
  // From the middle, where the model stands, to both sides.
  for (let at = 0; at < x; at += GRID_MM)
    for (const side of at ? [-at, at] : [0]) rules.push(side, -y, 0, side, y, 0);
  for (let at = 0; at < y; at += GRID_MM)
    for (const side of at ? [-at, at] : [0]) rules.push(-x, side, 0, x, side, 0);
  const grid = lines(rules);
  const plate = new Mesh(
    new PlaneGeometry(width, depth),
    new MeshBasicMaterial({
      side: DoubleSide,
      transparent: true,
      opacity: 0.7,
      depthWrite: false,
      // Behind what lies on it.
      polygonOffset: true,
      polygonOffsetFactor: 2,
      polygonOffsetUnits: 2,
    }),
  );
  plate.renderOrder = -2;
  grid.renderOrder = -1;
  Object.assign(grid.material, { transparent: true, opacity: 0.45, depthWrite: false });
  return { group: new Group().add(plate, grid, frame), frame, grid, plate };
}

function lines(points: number[]) {
  const geometry = new BufferGeometry().setAttribute("position", new Float32BufferAttribute(points, 3));
  return new LineSegments(geometry, new LineBasicMaterial());
}

/** Daylight from above and a lamp over the shoulder; the lamp belongs to the camera. */
export function lights() {
  const sky = new HemisphereLight(0xffffff, 0x8a8f8d, 1.5);
  sky.position.set(0, 0, 1);
  const lamp = new DirectionalLight(0xffffff, 1.8);
  lamp.position.set(-0.7, 0.9, 1);
  return { sky, lamp };
}

/** Where the measures stand: in the middle of the edges nearest to the reader at the start. */
export function roomLabels(printer: { name: string; build_volume_mm: Triple }) {
  const [width, depth, height] = printer.build_volume_mm;
  return [
    { at: new Vector3(0, -depth / 2, 0), text: `${printer.name}, front: ${width} mm` },
    { at: new Vector3(width / 2, 0, 0), text: `${depth} mm` },
    { at: new Vector3(-width / 2, -depth / 2, height / 2), text: `${height} mm` },
  ];
}
