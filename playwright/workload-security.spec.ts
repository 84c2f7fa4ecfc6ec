import { endpoints } from "#lib/contract/endpoints.ts";
import type { Problem } from "#lib/contract/envelope.ts";

import { until } from "../acceptance/demo-mesh.ts";
import { expect, test } from "./fixtures.ts";
import { pressUntilFocused } from "./pages/keyboard.ts";

// The name of this file makes it the last: who was refused stays on the map for as long as the window of those who look.

const PLAINTEXT_EDGE = "unknown/legacy-report|payments/ledger|http";

test.beforeEach(async ({ mesh }) => {
  await until("the plaintext caller to be seen", async () => {
    const { edges } = await mesh.security();
    return (edges.find((one) => one.id === PLAINTEXT_EDGE)?.observed.plaintext ?? 0) > 0;
  });
});

test.describe("who calls in plaintext is named, with the evidence", () => {
  test("with the mouse", async ({ security, page }) => {
    await security.open();
    await expect(security.headline).toContainText(/^\d+ of \d+ edges mutual TLS; .*legacy-report calls ledger in plaintext/);
    const first = security.rows("Edges").first();
    await expect(first.getByRole("rowheader", { name: "legacy-report to ledger" })).toBeVisible();
    await expect(first).toContainText("plaintext 100 %");
    await expect(first).toContainText("permissive");

    await security.filter("Observed").click();
    await security.choice(/^plaintext/).click();
    await expect(page).toHaveURL(/observed=plaintext/);
    await expect(security.rows("Edges")).toHaveCount(1);

    // A press anywhere on the row, not on its name alone.
    await first.getByRole("cell", { name: "plaintext 100 %" }).click();
    const details = security.details("Edge legacy-report to ledger");
    await expect(details).toContainText(/Called in plaintext from 127\.0\.1\.12, without a certificate/);
    await expect(details).toContainText(/Seen in the window: \d+ requests? in plaintext/);
    await expect(details).toContainText("ledger-v1-0.payments");
    await expect(page).toHaveURL(/sel=/);

    await page.goBack();
    await expect(details).toBeHidden();
    await page.getByRole("button", { name: "Show all" }).click();
    await expect(security.edge("payments", "ledger")).toContainText("mTLS 100 %");
    await expect(security.edge("payments", "ledger")).toContainText("spiffe://demo.mesh/ns/payments/sa/payments");
  });

  test("with the keyboard alone", async ({ security, page }) => {
    await page.goto("/sources");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    // A busy machine may take longer between the two keys than they may lie apart.
    await expect(async () => {
      await page.keyboard.press("g");
      await page.keyboard.press("e");
      await expect(page).toHaveURL(/\/security/, { timeout: 2_000 });
    }).toPass();

    await pressUntilFocused("Tab", security.filter("Observed"));
    await page.keyboard.press("Enter");
    await pressUntilFocused("ArrowDown", security.choice(/^plaintext/));
    await page.keyboard.press("Enter");
    await expect(security.rows("Edges")).toHaveCount(1);
    await pressUntilFocused("Tab", page.getByRole("button", { name: "Show all" }));
    await page.keyboard.press("Enter");
    await expect(security.edge("payments", "ledger")).toBeVisible();

    const opener = security.opener("legacy-report to ledger");
    await pressUntilFocused("Tab", opener);
    await page.keyboard.press("Enter");
    const details = security.details("Edge legacy-report to ledger");
    await expect(details.getByRole("heading", { name: "legacy-report to ledger" })).toBeFocused();
    await expect(details).toContainText("127.0.1.12");
    await page.keyboard.press("Escape");
    await expect(details).toBeHidden();
    await expect(opener).toBeFocused();
    await page.keyboard.press("ArrowDown");
    await expect(security.rows("Edges").nth(1).getByRole("button").first()).toBeFocused();
  });

  test("on the map, where it is found by how it travels", async ({ map, page }) => {
    await map.open("?find=mtls%3Aplaintext");
    const label = page.locator(`[data-map-item="${PLAINTEXT_EDGE}"]`);
    await expect(label).toHaveAccessibleName(/^legacy-report to ledger, .*plaintext/);
    await label.click();
    const inspector = map.inspector("legacy-report");
    await expect(inspector).toContainText(/Called in plaintext from 127\.0\.1\.12/);
    await inspector.getByRole("link", { name: "In security" }).click();
    await expect(page).toHaveURL(/\/security\?.*sel=/);
    await expect(page.getByRole("region", { name: "Edge legacy-report to ledger" })).toBeVisible();
  });
});

test.describe("what STRICT would break is asked, tried, proven and taken back", () => {
  test.describe.configure({ timeout: 300_000 });
  test.afterEach(async ({ mesh }) => {
    await mesh.undoStrict();
  });

  test("with the mouse", async ({ security, review, page }) => {
    await security.open();
    await expect(security.whatIf).toContainText(/1 caller would be refused: legacy-report, \d+ requests? in/);
    await security.whatIf.getByRole("button", { name: /^Asked about: / }).click();
    await security.choice(/^The whole mesh$/).click();
    await expect(page).toHaveURL(/scope=mesh/);
    await expect(security.whatIf).toContainText("1 caller would be refused: legacy-report");
    await expect(security.callersThat("breaks")).toHaveCount(1);
    await expect(security.callersThat("breaks")).toContainText(/legacy-report.* to ledger/);
    await expect(security.callersThat("breaks")).toContainText("127.0.1.12");
    await expect(security.whatIf).toContainText("ratings is strict");
    await expect(security.review("ratings")).toBeDisabled();

    await security.review("ledger").click();
    await expect(review.title).toContainText("ledger refuses plaintext");
    await expect(page.getByText("draft, nothing written")).toBeVisible();
    await review.apply.click();
    await review.expectDone("Live", 60_000);
    await expect(review.step("Live")).toContainText("on 1/1 proxy");

    const applied = page.url();
    await review.undo.click();
    await expect(page).not.toHaveURL(applied);
    await expect(review.title).toContainText("ledger lets plaintext in again");
    await review.expectDone("Live", 60_000);
  });

  test("with the keyboard alone, down to the broken lock on the map", async ({ security, review, mesh, page }) => {
    await security.open();
    await expect(security.whatIf).toContainText(/1 caller would be refused: legacy-report, \d+ requests? in/);
    await expect(security.callersThat("breaks")).toHaveCount(1);
    await expect(security.callersThat("keeps working")).toHaveCount(2);
    await pressUntilFocused("Tab", security.review("ledger"));
    await page.keyboard.press("Enter");

    await expect(page).toHaveURL(/change\?plan=/);
    await expect(page.getByText("draft, nothing written")).toBeVisible();
    const refused = page.getByRole("table", { name: "Callers that came in plaintext" }).getByRole("row");
    await expect(refused).toHaveCount(2);
    await expect(refused.nth(1)).toContainText(/legacy-report.*127\.0\.1\.12/);
    await expect(review.apply).toBeEnabled();
    await page.keyboard.press("Control+Enter");
    await review.expectDone("Asked");
    await review.expectDone("Accepted");
    await review.expectDone("Live", 60_000);
    await expect(review.step("Live")).toContainText("on 1/1 proxy");
    await review.expectDone("Observed", 120_000);
    await expect(review.step("Observed")).toContainText(/^.*\D0 of [\d,]+ requests in plaintext/);
    await expect(review.step("Observed")).toContainText("legacy-report");

    await page.keyboard.press("g");
    await page.keyboard.press("m");
    await expect(page).toHaveURL(/\/(\?|$)/);
    await page.keyboard.press("/");
    await page.keyboard.type("mtls:broken");
    const label = page.getByRole("button", { name: /^legacy-report to ledger, .*connections? refused/ });
    await pressUntilFocused("Tab", label);
    await page.keyboard.press("Enter");
    const inspector = page.getByRole("complementary", { name: /legacy-report/ });
    await expect(inspector).toContainText(/connections? of legacy-report: it came in plaintext/);
    await expect(inspector).toContainText("takes mutual TLS only");

    await page.keyboard.press("g");
    await page.keyboard.press("c");
    await pressUntilFocused(
      "Tab",
      page
        .getByRole("table")
        .getByRole("link", { name: /^ledger / })
        .first(),
    );
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/change\?id=/);
    await expect(review.title).toContainText("ledger refuses plaintext");
    await pressUntilFocused("Tab", review.undo);
    await page.keyboard.press("Enter");
    await expect(review.title).toContainText("ledger lets plaintext in again");
    await review.expectDone("Live", 60_000);
    const backMs = Date.now();

    await until("legacy-report to be let in again", async () => {
      const edge = (await mesh.security()).edges.find((one) => one.id === PLAINTEXT_EDGE);
      return edge?.callers.some((caller) => caller.transport === "plaintext" && Date.parse(caller.lastSeen) > backMs);
    });
    await page.keyboard.press("g");
    await page.keyboard.press("e");
    await expect(security.edge("legacy-report", "ledger")).toContainText("permissive");
    await expect(security.edge("legacy-report", "ledger")).toContainText("plaintext");
  });
});

/** Serials are told with or without leading zeros. */
function plainSerial(serial: string): string {
  return serial.replaceAll(":", "").replace(/^0+/, "").toLowerCase();
}

test("a certificate near its end is told, and a renewed one shows its new serial", async ({ security, mesh, page }) => {
  await security.open();
  await security.facts.getByRole("link", { name: "1 certificate", exact: true }).click();
  await expect(security.view("Certificates")).toHaveAttribute("aria-pressed", "true");
  const first = security.rows("Certificates").first();
  await expect(first).toContainText(/^ratings\s*\d+\smin/);
  await first.getByRole("button").first().click();
  const near = security.details("Certificate of ratings");
  await expect(near).toContainText("spiffe://demo.mesh/ns/reviews/sa/ratings");
  await expect(near).toContainText("Demo mesh CA");
  await expect(near.getByRole("term").filter({ hasText: "Serial" })).toBeVisible();

  await security.opener("cart").click();
  const held = security.details("Certificate of cart");
  const built = async () => plainSerial((await mesh.posture()).certificates.find((one) => one.service === "cart")?.serial ?? "");
  const before = await built();
  await expect(held).toContainText(before);
  await mesh.faults({ certificates: { cart: "valid" } });
  const after = await built();
  expect(after).not.toBe(before);
  await expect(page.getByRole("region", { name: "Rotations and failures" }).getByRole("listitem").filter({ hasText: after })).toContainText(
    /renewed .* of cart, at cart-v1-0\.shop/,
  );
  await expect(page.getByRole("region", { name: "What was opened" })).toContainText("A certificate that was renewed has another serial");
  await security.opener("cart").click();
  await expect(held).toContainText(after);
  await expect(held).toContainText(/Rotations\s*[1-9]/);
});

test("who was denied is told by policy, and which policy can never match", async ({ security, page }) => {
  await security.open("?view=authorization");
  const ledger = page.getByRole("region", { name: "Policies of ledger" });
  await expect(ledger).toContainText(/\d+ requests? denied/);
  const denied = ledger.getByRole("table", { name: /^What became of/ }).getByRole("row", { name: /^checkout/ });
  await expect(denied).toHaveCount(1);
  await expect(denied).toContainText("spiffe://demo.mesh/ns/shop/sa/checkout");
  await expect(denied).toContainText(/denied\s*no-direct-reads/);
  await expect(ledger.getByRole("row", { name: /would be denied/ })).toContainText("would-deny-without-identity");
  const never = ledger.getByRole("row").filter({ hasText: "never matches" });
  await expect(never).toHaveCount(1);
  await expect(never).toContainText("left-over");
  await expect(never.getByRole("cell").last()).toHaveText("0");
  const shadow = ledger.getByRole("listitem").filter({ hasText: "shadow: counts, decides nothing" });
  await expect(shadow).toContainText(/\d+ would be allowed, \d+ would be denied/);
});

test("a caller whose certificate has a wrong name is refused, and named with what it claims", async ({ security, mesh, page }) => {
  await mesh.faults({ wrongSanCaller: true });
  try {
    await security.open();
    await expect(security.refused.getByRole("link", { name: "rogue-job to ledger" })).toBeVisible({ timeout: 30_000 });
    await expect(security.refused).toContainText(
      /refused by the callee: its certificate has a name that is not let in, from 127\.0\.1\.13/,
    );
    await expect(security.refused).toContainText(/It claims to be spiffe:\/\/elsewhere\.mesh\/\S+, which is not proven/);
    await security.refused.getByRole("link", { name: "rogue-job to ledger" }).click();
    await expect(page).toHaveURL(/observed=refused/);
    await expect(security.edge("rogue-job", "ledger")).toContainText("refused");
    await expect(security.edge("rogue-job", "ledger")).not.toContainText("plaintext");

    await page.goto("/?table=true&find=mtls%3Arefused");
    const onMap = page.getByRole("table", { name: /^Edges of the map, \d+ of / }).getByRole("row", { name: /^rogue-job/ });
    await expect(onMap).toContainText(/\d+ connections? refused/);
  } finally {
    await mesh.faults({ wrongSanCaller: false });
  }
});

test.describe("every table can be had as a file", () => {
  for (const { view, word, column, holds } of [
    { view: "edges", word: "Edges", column: "source", holds: "legacy-report" },
    { view: "workloads", word: "Workloads", column: "workload", holds: "payments/ledger" },
    { view: "certificates", word: "Certificates", column: "serial", holds: "spiffe://demo.mesh/ns/reviews/sa/ratings" },
    { view: "authorization", word: "Authorization", column: "policy", holds: "no-direct-reads" },
  ] as const) {
    test(`${view}, as CSV and as JSON`, async ({ security, page }) => {
      await security.open(`?view=${view}`);
      for (const format of ["csv", "json"] as const) {
        const link = page.getByRole("link", { name: `All ${word.toLowerCase()} as ${format.toUpperCase()}` });
        const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
        expect(download.suggestedFilename()).toBe(`security-${view}.${format}`);
        const answer = await page.request.get((await link.getAttribute("href")) ?? "");
        expect(answer.headers()).toMatchObject({
          "content-type": format === "csv" ? "text/csv; charset=utf-8" : expect.stringMatching(/^application\/json\b/),
          "content-disposition": `attachment; filename="security-${view}.${format}"`,
          "cache-control": "no-store",
          "x-content-type-options": "nosniff",
        });
        const text = await answer.text();
        expect(text).toContain(holds);
        expect(text).not.toContain("PRIVATE KEY");
        if (format === "csv") expect(text.split(/\r?\n/)[0]?.split(",")).toContain(column);
        else expect((JSON.parse(text) as unknown[]).length).toBeGreaterThan(0);
      }
    });
  }
});

const REPORT = "**/api/security?*";

function problem(
  status: number,
  code: Problem["code"],
  detail: string,
  mend: string,
): { status: number; contentType: string; body: string } {
  const body: Problem = { type: "about:blank", title: code, status, code, detail, field: null, mend };
  return { status, contentType: "application/problem+json", body: JSON.stringify(body) };
}

test.describe("when there is no report, or an old one", () => {
  test.use({ expectedComplaint: "the server responded with a status of 500" });

  test("who may not read it is told so, and gets it once it may be read", async ({ security, page }) => {
    // A page that nobody sees does not ask again by itself, so that it is the button that brings the report.
    await page.addInitScript(() => void Object.defineProperty(document, "visibilityState", { value: "hidden" }));
    await page.route(REPORT, (route) => route.fulfill(problem(403, "FORBIDDEN", "You may not read this", "Ask for the role of a reader")));
    await page.goto("/security");
    await expect(page.getByText("You may not read the security report")).toBeVisible();
    await expect(page.getByText("Ask for the role of a reader.")).toBeVisible();
    await expect(security.table("Edges")).toHaveCount(0);
    await page.unroute(REPORT);
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(security.edge("legacy-report", "ledger")).toBeVisible();
  });

  test("a report that fails says why, and shows no table that looks safe", async ({ security, page }) => {
    await page.route(REPORT, (route) => route.fulfill(problem(500, "INTERNAL", "The report broke", "Look into the log")));
    await page.goto("/security");
    await expect(page.getByText("The security report could not be read")).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText("The report broke.")).toBeVisible();
    await expect(security.table("Edges")).toHaveCount(0);
    await expect(security.headline).not.toContainText("mutual TLS");
  });

  test("an answer that fails later leaves the rows, and says that they are from before", async ({ security, page }) => {
    await security.open();
    await page.route(REPORT, (route) => route.fulfill(problem(500, "INTERNAL", "The report broke", "Look into the log")));
    await expect(page.getByRole("status").filter({ hasText: "The security report is from before: The report broke." })).toBeVisible({
      timeout: 45_000,
    });
    await expect(security.edge("legacy-report", "ledger")).toBeVisible();
    await page.unroute(REPORT);
    await expect(page.getByText("The security report is from before")).toBeHidden({ timeout: 30_000 });
  });

  test("old facts are said to be old", async ({ security, page }) => {
    await page.route(REPORT, async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), coverage: "stale" } });
    });
    await security.open();
    await expect(
      page.getByRole("status").filter({ hasText: "The newest fact in this report is older than three intervals" }),
    ).toBeVisible();
    await expect(security.edge("legacy-report", "ledger")).toBeVisible();
    await page.unroute(REPORT);
    await expect(page.getByText("The newest fact in this report is older")).toBeHidden();
  });

  test("a mesh that nobody watches is not called safe", async ({ security, page, mesh }) => {
    const { value, ...answer } = await mesh.api.get(endpoints.getSecurity, { window: "60s" });
    const edges = value.edges.map((edge) => ({
      ...edge,
      observed: { ...edge.observed, transport: "unknown", mutual: 0, oneWay: 0, plaintext: 0, mutualShare: null },
      callers: [],
      rate: null,
    }));
    await page.route(REPORT, (route) => route.fulfill({ json: { ...answer, value: { ...value, observedSince: null, edges } } }));
    await security.open();
    await expect(page.getByRole("status").filter({ hasText: "Nobody watches who calls" })).toBeVisible();
    await expect(page.getByText("Somebody may call in plaintext all the same.")).toBeVisible();
    await expect(security.edge("payments", "ledger")).toContainText("no calls seen");
    await expect(security.edge("payments", "ledger")).not.toContainText("mTLS 100 %");
  });
});
