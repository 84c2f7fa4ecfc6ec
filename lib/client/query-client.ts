import { QueryClient } from "@tanstack/react-query";

import { isRetryable } from "./api-problem.ts";

const READ_TRIES = 2;

/** The browser's copy of what the server said. Old data stays on the screen, with its age, while newer is on its way. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 2_000,
        gcTime: 10 * 60_000,
        refetchOnWindowFocus: true,
        retry: (failures, error) => failures < READ_TRIES && isRetryable(error),
      },
      mutations: { retry: false },
    },
  });
}
