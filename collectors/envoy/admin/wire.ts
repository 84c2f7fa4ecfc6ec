import { z } from "zod";

// Proto-JSON as Envoy's admin writes it (checked on 1.40): original field names, defaults left out, 64-bit integers as
// strings, durations as "6s". So nearly everything may be absent, and absent means the default.

const SocketAddress = z.object({ address: z.string().default(""), port_value: z.number().int().default(0) });
const Address = z.object({ socket_address: SocketAddress.optional() });

const Duration = z
  .string()
  .regex(/^\d+(\.\d+)?s$/)
  .transform((text) => Number(text.slice(0, -1)));

/** `/server_info`. `uptime_current_epoch` in seconds. */
export const ServerInfo = z.object({
  version: z.string(),
  state: z.enum(["LIVE", "DRAINING", "PRE_INITIALIZING", "INITIALIZING"]).default("LIVE"),
  uptime_current_epoch: Duration.default(0),
  node: z
    .object({
      id: z.string().default(""),
      cluster: z.string().default(""),
      metadata: z.record(z.string(), z.unknown()).default({}),
    })
    .default({ id: "", cluster: "", metadata: {} }),
});
export type ServerInfo = z.infer<typeof ServerInfo>;

const HostStatus = z.object({
  address: Address.default({}),
  health_status: z
    .object({
      eds_health_status: z.string().default("UNKNOWN"),
      failed_active_health_check: z.boolean().default(false),
      failed_outlier_check: z.boolean().default(false),
      pending_dynamic_removal: z.boolean().default(false),
      pending_active_hc: z.boolean().default(false),
      excluded_via_immediate_hc_fail: z.boolean().default(false),
    })
    .prefault({}),
});

/** One upstream of a proxy with its endpoints, from `/clusters?format=json`. */
export const ClusterStatus = z.object({ name: z.string(), host_statuses: z.array(HostStatus).default([]) });
export type ClusterStatus = z.infer<typeof ClusterStatus>;

export const ClustersAnswer = z.object({ cluster_statuses: z.array(ClusterStatus).default([]) });

const AlternativeName = z.object({ uri: z.string().optional(), dns: z.string().optional(), ip_address: z.string().optional() });

/** One certificate out of `/certs`. `days_until_expiration` is left alone: it reads "0" for both "today" and "over". */
export const CertificateDetails = z.object({
  path: z.string().default(""),
  serial_number: z.string().default(""),
  subject_alt_names: z.array(AlternativeName).default([]),
  valid_from: z.string().optional(),
  expiration_time: z.string().optional(),
});
export type CertificateDetails = z.infer<typeof CertificateDetails>;

/** One entry of `/certs`: there is one per place of use, so equal ones repeat. */
export const CertificateEntry = z.object({
  ca_cert: z.array(CertificateDetails).default([]),
  cert_chain: z.array(CertificateDetails).default([]),
});
export type CertificateEntry = z.infer<typeof CertificateEntry>;

export const CertsAnswer = z.object({ certificates: z.array(CertificateEntry).default([]) });

/** Where a listener really listens, from `/listeners?format=json`. */
export const ListenerStatus = z.object({ name: z.string(), local_address: Address.default({}) });
export type ListenerStatus = z.infer<typeof ListenerStatus>;

export const ListenersAnswer = z.object({ listener_statuses: z.array(ListenerStatus).default([]) });

/** What is asked of the bootstrap's entry; `last_updated` is when the process read it, to the millisecond. */
export const BootstrapAnswer = z.object({
  configs: z
    .array(
      z.object({
        "@type": z.string(),
        last_updated: z.string().optional(),
        bootstrap: z.object({ stats_flush_interval: Duration.default(5) }).optional(),
      }),
    )
    .default([]),
});

const DataSource = z.object({ inline_string: z.string().optional(), inline_bytes: z.string().optional() });

/**
 * What is kept of a secret: its name and the certificates that it shows to everybody. Everything else is dropped while
 * parsing, a private key first of all, whatever the admin answers.
 */
export const SecretElement = z.object({
  name: z.string().default(""),
  secret: z.object({ tls_certificate: z.object({ certificate_chain: DataSource.optional() }).optional() }).optional(),
});
export type SecretElement = z.infer<typeof SecretElement>;

export const SecretsAnswer = z.object({ configs: z.array(SecretElement).default([]) });
