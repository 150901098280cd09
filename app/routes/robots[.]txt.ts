/** Only the submission form is for everybody; private links and the staff's pages are for no crawler. */
export function loader() {
  const lines = ["User-agent: *", "Allow: /$", "Allow: /submit$", "Disallow: /", ""];
  return new Response(lines.join("\n"), { headers: { "Content-Type": "text/plain" } });
}
