/** Who an application is: an instance of the table, or the one outside the mesh. */
export interface AppIdentity {
  readonly service: string;
  readonly namespace: string;
  /** `null` outside the mesh, where nothing knows versions. */
  readonly version: string | null;
  readonly id: string;
  /** What it dials from. */
  readonly address: string;
}
