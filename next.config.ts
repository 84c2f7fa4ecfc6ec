import type { NextConfig } from "next";
import { PHASE_DEVELOPMENT_SERVER } from "next/constants.js";

const DEFAULT_API = "http://127.0.0.1:4600";

/**
 * The console ships as static files that Weft's own server serves. Only `next dev` talks to a server across origins, by a
 * proxy that exists in that phase alone, so that no shipped command can forward anything.
 */
export default function config(phase: string): NextConfig {
  const shared: NextConfig = {
    reactStrictMode: true,
    poweredByHeader: false,
    // A compressed proxy would hold back server-sent events until its buffer is full.
    compress: false,
    devIndicators: false,
    // Types are checked once, by tsc over the whole house.
    typescript: { ignoreBuildErrors: true },
  };
  if (phase !== PHASE_DEVELOPMENT_SERVER) return { ...shared, output: "export" };
  const api = process.env.WEFT_API ?? DEFAULT_API;
  return {
    ...shared,
    allowedDevOrigins: ["127.0.0.1"],
    rewrites: async () => [{ source: "/api/:path*", destination: `${api}/api/:path*` }],
  };
}
