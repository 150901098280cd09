/** Every address that nobody else answers. */
function notFound(): never {
  throw new Response(null, { status: 404 });
}

export const loader = notFound;
export const action = notFound;

export default function NotFound() {
  return null;
}
