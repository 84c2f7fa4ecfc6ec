"use client";

import "./styles/globals.css";

/** Stands in for the whole document when the frame itself broke; Next's own page would need styles that the policy refuses. */
export default function GlobalError() {
  return (
    <html lang="en">
      <body>
        <main className="p-5">
          <h1 className="text-20 font-semi">The console broke</h1>
          <p className="mt-2 text-text-2">
            The mesh is not touched by this.{" "}
            <a href="/" className="evidence">
              Load the map again
            </a>
            ; if it stays, restart Weft and report what you did.
          </p>
        </main>
      </body>
    </html>
  );
}
