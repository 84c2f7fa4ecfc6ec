import { describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";
import { recordOf } from "#lib/testing/change-builders.ts";
import { createFakeDemandTarget } from "#lib/testing/fake-demand-target.ts";
import { createFakeRoutingTarget } from "#lib/testing/fake-routing-target.ts";
import { createMesh, openDesk } from "#lib/testing/mesh-desk.ts";

import { findRoute, findTarget } from "./find-target.ts";
import { listRoutes } from "./list-routes.ts";

const OTHER = createFakeRoutingTarget({ id: "other", routes: { ratings: {} } });

describe("listRoutes", () => {
  it("lists the routes of every target, with their evidence", async () => {
    const mesh = createMesh();
    const answer = await listRoutes(openDesk(mesh, undefined, { routing: [mesh.target, OTHER] }).context);
    expect(answer.value.map(({ id }) => id)).toEqual(["fake:reviews", "other:ratings"]);
    expect(answer).toMatchObject({ coverage: "complete", notices: [], provenance: [{ source: "fake" }, { source: "other" }] });
  });

  it("loses the part of a target that fails, and says so", async () => {
    const mesh = createMesh();
    mesh.target.failNext("routes", new WeftError("SOURCE_UNREACHABLE", "The folder is gone.", { mend: "Mount it." }));
    expect(await listRoutes(openDesk(mesh, undefined, { routing: [mesh.target, OTHER] }).context)).toMatchObject({
      value: [{ id: "other:ratings" }],
      coverage: "partial",
      notices: [{ level: "error", code: "SOURCE_UNREACHABLE", text: "The folder is gone.", source: "fake", mend: "Mount it." }],
    });
  });

  it("says how to get routes where no target is configured", async () => {
    expect(await listRoutes(openDesk(createMesh(), undefined, { routing: [] }).context)).toMatchObject({
      value: [],
      coverage: "complete",
      notices: [{ level: "info", code: "no-routing-target", mend: "Start Weft with a directory of routes: ./weft up --routes DIR" }],
    });
  });
});

describe("findRoute", () => {
  it("finds the route and the target that keeps it", async () => {
    const mesh = createMesh();
    const { context } = openDesk(mesh, undefined, { routing: [mesh.target, OTHER] });
    expect(await findRoute(context, "other:ratings")).toMatchObject({
      ok: true,
      value: { target: OTHER, route: { value: { host: "ratings" } } },
    });
    expect(await findRoute(context, "nobody's")).toMatchObject({
      ok: false,
      error: { code: "NOT_FOUND", mend: "Choose a route from the Routes page" },
    });
  });

  it("does not take a target that fails for one that does not know the route", async () => {
    const mesh = createMesh();
    mesh.target.failNext("route", new WeftError("SOURCE_UNREACHABLE", "The folder is gone."));
    const { context } = openDesk(mesh, undefined, { routing: [mesh.target, OTHER] });
    expect(await findRoute(context, "fake:reviews")).toMatchObject({ ok: false, error: { code: "SOURCE_UNREACHABLE" } });
    mesh.target.failNext("route", new WeftError("SOURCE_UNREACHABLE", "The folder is gone."));
    expect(await findRoute(context, "other:ratings")).toMatchObject({ ok: true, value: { target: OTHER } });
  });
});

describe("findTarget", () => {
  it("finds a target by its id, or says that it is gone", () => {
    const { write } = recordOf();
    const sources = { routing: [OTHER], demands: [createFakeDemandTarget({ id: "fake" })] };
    expect(findTarget(sources, { ...write, targetId: "other" })).toEqual({ ok: true, value: OTHER });
    // An id is of its kind: a target of demands is never asked to write weights.
    expect(findTarget(sources, write)).toMatchObject({
      ok: false,
      error: {
        code: "SOURCE_UNREACHABLE",
        message: "The routing target fake is not configured any more",
        mend: "Start Weft with the routing target that this change was written to",
      },
    });
  });
});
