import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";

import { AppShell } from "#components/shell/app-shell.tsx";

import { inter, jetbrainsMono } from "./fonts.ts";
import { Providers } from "./providers.tsx";
import "./styles/globals.css";

export const metadata: Metadata = {
  title: { default: "Weft", template: "%s · Weft" },
  description: "The live map of a service mesh, and its traffic splits moved with proof.",
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  colorScheme: "light dark",
};

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    // The theme is set by boot.js before React runs, hence the attribute that React did not write.
    <html lang="en" className={`${inter.variable} ${jetbrainsMono.variable}`} suppressHydrationWarning>
      <head>
        <script src="/boot.js" />
      </head>
      <body>
        <Providers>
          <AppShell>{children}</AppShell>
        </Providers>
      </body>
    </html>
  );
}
