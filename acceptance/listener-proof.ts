import { z } from "zod";

const Built = z.object({
  edges: z.array(
    z.object({
      source: z.string(),
      target: z.string(),
      declaredClient: z.string().nullable(),
      declaredServer: z.string().nullable(),
      observed: z.string(),
    }),
  ),
  certificates: z.array(z.object({ service: z.string(), serial: z.string(), notAfter: z.string(), state: z.string() })),
});
/** What the demo built, as it stands now. */
export type BuiltPosture = z.infer<typeof Built>;

export async function postureOf(controlUrl: string): Promise<BuiltPosture> {
  const response = await fetch(`${controlUrl}/posture`);
  return Built.parse(await response.json());
}

const Dump = z.object({
  configs: z.array(
    z.object({
      name: z.string(),
      active_state: z.object({
        listener: z.object({ filter_chains: z.array(z.looseObject({ transport_socket: z.unknown().optional() })) }),
      }),
    }),
  ),
});

/** What a proxy itself says of its inbound listener: chains without TLS, and connections that stand on them. */
export async function askListener(adminUrl: string): Promise<{ plaintextChains: number; plaintextConnections: number }> {
  const dump = Dump.parse(await (await fetch(`${adminUrl}/config_dump?resource=dynamic_listeners`)).json());
  const inbound = dump.configs.find((config) => config.name === "inbound");
  if (inbound === undefined) throw new Error("the proxy has no inbound listener");
  const stats = await (await fetch(`${adminUrl}/stats?filter=${encodeURIComponent("^http.inbound_plain.downstream_cx_active$")}`)).text();
  return {
    plaintextChains: inbound.active_state.listener.filter_chains.filter((chain) => chain.transport_socket === undefined).length,
    plaintextConnections: Number(/: (\d+)/.exec(stats)?.[1] ?? 0),
  };
}
