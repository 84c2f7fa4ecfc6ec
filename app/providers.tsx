"use client";

import { CSPProvider } from "@base-ui/react/csp-provider";
import { QueryClientProvider } from "@tanstack/react-query";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import { useState, type ReactNode } from "react";

import { LiveProvider } from "#lib/client/live-provider.tsx";
import { createQueryClient } from "#lib/client/query-client.ts";

/** Everything the pages stand on: the query cache, the address as state, the live stream. */
export function Providers({ children }: { children: ReactNode }) {
  const [queryClient] = useState(createQueryClient);
  return (
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <NuqsAdapter>
          <LiveProvider>{children}</LiveProvider>
        </NuqsAdapter>
      </QueryClientProvider>
    </CSPProvider>
  );
}
