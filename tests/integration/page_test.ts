/** The status page in Chromium: what it shows, what it does not let happen, and how it is used. */
import { after, before, it } from "node:test";
import assert from "node:assert/strict";
import { TestCollector } from "../ops/http/collector.ts";
import { contrastFaults, namelessControls, tablesWithoutHeads } from "./page/audit.ts";
import { type Browser, findChromium, launch, type Opened, openPage } from "./page/browser.ts";
import { busyRouter, faultyRouter, HOSTILE_NAME, quietRouter, routes } from "./page/routers.ts";
import { describeWith } from "./programs.ts";

const TOKEN = "a-token-that-nobody-guesses";
const MANY = 1000;
/** Notes when the page has all its rows, milliseconds after it was asked for. */
const NOTE_ROWS = `
  new MutationObserver((_, observer) => {
    if (document.querySelectorAll("tr.session").length < 50) return;
    observer.disconnect();
    requestAnimationFrame(() => globalThis.rowsAtMs = performance.now());
  }).observe(document, { childList: true, subtree: true });`;

/** As the page writes numbers. */
function count(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 1 });
}

describeWith(findChromium(), "the status page", (path) => {
  let browser: Browser;
  let test: TestCollector;
  let url: string;

  before(async () => {
    browser = await launch(path);
    test = await TestCollector.start();
    url = `http://127.0.0.1:${test.port}/`;
    await test.router(busyRouter("edge1", 3));
    await test.router(faultyRouter("pe3"));
    await test.router(quietRouter(HOSTILE_NAME));
    (await test.router(quietRouter("gone"))).end();
    await test.until("/api/v1/status", ({ sessions, peers }) =>
      sessions.open === 3 && sessions.ended === 1 && peers.up === 5);
  });
  after(async () => {
    await browser.close();
    await test.stop();
  });

  /** The page, filled; what it complained about is looked at once the test is done with it. */
  async function withPage(
    use: (opened: Opened) => Promise<void>,
    view?: Parameters<typeof openPage>[2],
  ): Promise<void> {
    const opened = await openPage(browser, url, view);
    try {
      await opened.page.waitForSelector("#main:not([hidden])");
      await use(opened);
      assert.deepEqual(opened.complaints, []);
    } finally {
      await opened.page.context().close();
    }
  }

  it("shows the figures of the API", () =>
    withPage(async ({ page }) => {
      const status = await test.json("/api/v1/status");
      const tile = (name: string) =>
        page.locator("#overview > div", { has: page.getByText(name, { exact: true }) });
      assert.equal(await page.locator("#collector").textContent(), status.collector);
      assert.equal(await page.locator("#ready").textContent(), "Ready");
      assert.match((await page.locator("#about").textContent())!, new RegExp(status.version));
      assert.equal(await tile("Routers").locator(".value").textContent(), "3");
      assert.equal(await tile("Peers up").locator(".value").textContent(), count(status.peers.up));
      const messages = await tile("Messages/s").locator(".quiet").textContent();
      assert.equal(messages, `${count(status.received_messages)} in all`);
      const errors = await tile("Decode errors").locator(".value").textContent();
      assert.equal(errors, count(status.decode_errors));

      const { items } = await test.json("/api/v1/sessions");
      const rows = page.locator("#sessions-table tr.session");
      assert.equal(await rows.count(), items.length);
      for (const [i, session] of items.entries()) {
        const cells = await rows.nth(i).locator("th, td").allTextContents();
        assert.ok(cells[0]!.startsWith(session.name), cells[0]);
        assert.ok(cells[0]!.endsWith(`${session.source} port ${session.source_port}`));
        assert.match(cells[1]!, /^open/);
        assert.equal(cells[2], count(session.messages_per_second));
        assert.match(cells[4]!, new RegExp(`^${session.peers.up} up`));
        const { complete, incomplete } = session.dumps;
        assert.equal(
          cells[5],
          complete + incomplete === 0 ? "none" : `${complete} of ${complete + incomplete}`,
        );
        if (session.last_error !== null) assert.ok(cells[6]!.startsWith(session.last_error.code));
      }

      const [sink] = status.sinks;
      const sinkCells = await page.locator("#sinks-table tbody tr").locator("th, td")
        .allTextContents();
      assert.ok(sinkCells[0]!.startsWith(sink.name));
      assert.equal(
        sinkCells[2],
        `${count(sink.lag_messages)} messages, ${count(sink.lag_seconds)} s`,
      );
      assert.equal(sinkCells[4], `${count(sink.records)} records`);

      const ended = page.locator("#ended-table tbody tr");
      await ended.first().waitFor();
      assert.match((await ended.textContent())!, /^gone127\.0\.0\.1 port \d+.*closed.*2$/);
    }));

  it("opens a router: its peers, and what of their dumps is complete", () =>
    withPage(async ({ page }) => {
      await page.getByRole("button", { name: "edge1" }).click();
      const [session] = (await test.json("/api/v1/sessions?q=edge1")).items;
      const { items } = await test.json(`/api/v1/peers?session=${session.id}`);
      const lines = page.getByRole("table", { name: "Peers of edge1" }).locator("tbody tr");
      await lines.first().waitFor();
      let line = 0;
      for (const peer of items) {
        for (const view of peer.views) {
          for (const family of view.families) {
            const cells = await lines.nth(line++).locator("th, td").allTextContents();
            if (cells.length === 8) {
              assert.ok(cells[0]!.startsWith(peer.address), cells[0]);
              assert.ok(cells[1]!.startsWith(peer.state), cells[1]);
            }
            assert.deepEqual(cells.slice(-6, -1), [
              view.view,
              family.family,
              count(family.announced),
              count(family.withdrawn),
              family.end_of_rib_at === null ? "incomplete" : "complete",
            ]);
          }
        }
      }
      assert.equal(line, 6);
      const down = await lines.nth(line).textContent();
      assert.match(down!, /192\.0\.2\.250.*down.*Administrative Shutdown/);
      const facts = await page.locator(".facts").textContent();
      assert.ok(facts!.includes(`Session${session.id}`) && facts!.includes("edge1 runs version"));
    }));

  it("turns the pages of many peers", () =>
    withPage(async ({ page }) => {
      const router = await test.router(busyRouter("big", 60));
      try {
        await page.getByRole("button", { name: "big" }).click();
        await page.getByText("1 to 50 of 61 peers").waitFor();
        await page.getByRole("button", { name: "Next peers" }).click();
        await page.getByText("51 to 61 of 61 peers").waitFor();
        const lines = page.getByRole("table", { name: "Peers of big" }).locator("tbody tr");
        assert.equal(await lines.count(), 2 * 10 + 1);
      } finally {
        router.end();
      }
    }));

  it("shows what a router calls itself as text", () =>
    withPage(async ({ page, complaints }) => {
      const toggle = page.locator(".toggle", { hasText: "onerror" });
      assert.equal(await toggle.textContent(), HOSTILE_NAME);
      await toggle.click();
      await page.getByRole("button", { name: "Watch its records" }).click();
      await page.getByRole("button", { name: "Reset…" }).click();
      assert.ok((await page.locator("#dialog-title").textContent())!.includes(HOSTILE_NAME));
      assert.equal(await page.locator("img, table script, #main script").count(), 0);
      assert.equal(await page.evaluate("globalThis.hacked"), undefined);
      assert.deepEqual(complaints, []);
      const refused = await page.evaluate(
        "try { document.body.innerHTML = '<b>x</b>'; 'done' } catch (error) { error.name }",
      );
      assert.equal(refused, "TypeError");
      // Of this the browser complains rightly.
      complaints.length = 0;
    }));

  it("is used by keyboard: search, open, close", () =>
    withPage(async ({ page }) => {
      await page.keyboard.press("/");
      assert.equal(await page.evaluate("document.activeElement.id"), "search");
      await page.keyboard.type("EDGE1");
      const rows = page.locator("#sessions-table tr.session");
      await page.getByText("1 router", { exact: true }).waitFor();
      assert.match((await rows.first().textContent())!, /^edge1/);
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate("document.activeElement.id"), "only");
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate("document.activeElement.textContent"), "edge1");
      const outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle");
      assert.equal(outline, "solid");
      await page.keyboard.press("Enter");
      await page.getByRole("table", { name: "Peers of edge1" }).waitFor();
      assert.equal(await page.evaluate("document.activeElement.ariaExpanded"), "true");
      // Polls leave the focus and the open row where they are.
      await page.waitForTimeout(2500);
      assert.equal(await page.evaluate("document.activeElement.textContent"), "edge1");
      await page.keyboard.press("Space");
      assert.equal(await page.locator(".details").count(), 0);
    }));

  it("shows only what wants attention", () =>
    withPage(async ({ page }) => {
      await page.getByLabel("Which routers").selectOption("peers-down");
      await page.getByText("1 router", { exact: true }).waitFor();
      await page.getByLabel("Which routers").selectOption("errors");
      await page.locator(".toggle", { hasText: "pe3" }).waitFor();
      assert.equal(await page.locator("tr.session").count(), 1);
      await page.getByLabel("Which routers").selectOption("waiting");
      await page.getByText("No router fits.").waitFor();
    }));

  it("tails records, filtered, until it is paused", () =>
    withPage(async ({ page }) => {
      const router = await test.router(quietRouter("talker"));
      const talk = setInterval(() => router.write(routes(20)), 50);
      try {
        await page.getByLabel("Topic").fill("unicast");
        await page.getByLabel("Text").fill("203.0.7");
        await page.keyboard.press("Enter");
        const lines = page.locator("#tail-lines li");
        await lines.nth(3).waitFor();
        for (const text of await lines.allTextContents()) {
          assert.match(text, /203\.0\.7\.0\/|203\.0\.7/);
        }
        await page.getByLabel("Text").fill("");
        await page.keyboard.press("Tab");
        await lines.nth(199).waitFor();
        await page.getByRole("button", { name: "Pause" }).click();
        const first = await lines.first().textContent();
        await page.waitForTimeout(500);
        assert.equal(await lines.first().textContent(), first);
        assert.equal(await lines.count(), 200);
        await lines.first().locator("summary").press("Enter");
        const record = JSON.parse((await lines.first().locator("pre").textContent())!);
        assert.equal((record.msg_data ?? record).router_name, "talker");
      } finally {
        clearInterval(talk);
        router.end();
      }
    }));

  it("asks before it acts", () =>
    withPage(async ({ page }) => {
      await page.getByRole("button", { name: "pe3" }).click();
      await page.getByRole("button", { name: "Capture…" }).click();
      await page.getByRole("dialog", { name: "Capture pe3?" }).waitFor();
      await page.getByLabel("At most MiB").fill("1");
      await page.keyboard.press("Escape");
      assert.equal((await test.json("/api/v1/captures")).items.length, 0);
      await page.getByRole("button", { name: "Capture…" }).click();
      await page.getByRole("button", { name: "Start the capture" }).click();
      await page.getByText(/^Capturing pe3 to /).waitFor();
      assert.equal((await test.json("/api/v1/captures")).items.length, 1);
      await page.getByRole("button", { name: "Reset…" }).click();
      await page.getByRole("button", { name: "Cancel" }).click();
      assert.equal((await test.json("/api/v1/sessions?q=pe3")).total, 1);
      await page.getByRole("button", { name: "Reset…" }).click();
      await page.getByRole("button", { name: "Reset the session" }).click();
      await page.getByText("The session of pe3 is reset").waitFor();
      await test.until("/api/v1/sessions?q=pe3", ({ total }) => total === 0);
    }));

  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1280, 1100, 800, 360]) {
      it(`can be read and used by everybody: ${colorScheme}, ${width} pixels`, () =>
        withPage(async ({ page }) => {
          await page.getByRole("button", { name: "edge1" }).click();
          await page.getByRole("table", { name: "Peers of edge1" }).waitFor();
          assert.deepEqual(await page.evaluate(namelessControls), []);
          assert.deepEqual(await page.evaluate(tablesWithoutHeads), []);
          assert.deepEqual(await page.evaluate(contrastFaults), []);
          for (const landmark of ["banner", "main", "contentinfo"] as const) {
            assert.equal(await page.getByRole(landmark).count(), 1, landmark);
          }
          const sections = await page.getByRole("region").count();
          assert.ok(sections >= 5, String(sections));
          assert.equal(await page.evaluate("document.documentElement.lang"), "en");
          assert.equal(await page.evaluate("document.documentElement.scrollWidth"), width);
        }, { colorScheme, width }));
    }
  }

  it("would not pass with faint texts, nameless controls and tables without heads", () =>
    withPage(async ({ page }) => {
      await page.evaluate(`
        document.getElementById("sinks-title").style.color = "#999";
        document.getElementById("main").append(document.createElement("button"));
        document.querySelector("#sessions-table table").deleteTHead()`);
      assert.equal((await page.evaluate(contrastFaults) as string[]).length, 1);
      assert.equal((await page.evaluate(namelessControls) as string[]).length, 1);
      assert.equal((await page.evaluate(tablesWithoutHeads) as string[]).length, 1);
    }));

  it("says when the collector does not answer, and when it does again", () =>
    withPage(async ({ page, complaints }) => {
      await page.route("**/api/**", (route) => route.abort());
      await page.getByText(/^The collector does not answer, since/).waitFor();
      await page.unroute("**/api/**");
      await page.locator("#trouble").waitFor({ state: "hidden" });
      complaints.length = 0;
    }));

  it("stops asking while nobody looks", () =>
    withPage(async ({ page }) => {
      let requests = 0;
      page.on("request", () => requests++);
      await page.evaluate(
        `Object.defineProperty(document, "hidden", { value: true, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"))`,
      );
      await page.waitForTimeout(300);
      requests = 0;
      await page.waitForTimeout(2300);
      assert.equal(requests, 0);
      await page.evaluate(
        `delete document.hidden; document.dispatchEvent(new Event("visibilitychange"))`,
      );
      await page.waitForRequest(/status/);
    }));
});

describeWith(findChromium(), "the status page with a token", (path) => {
  it("asks for it, keeps it in the tab, and forgets it", async () => {
    const browser = await launch(path);
    const test = await TestCollector.start({ EDGEBMP_HTTP_TOKEN: TOKEN });
    try {
      const { page } = await openPage(browser, `http://127.0.0.1:${test.port}/`);
      await page.getByLabel("Bearer token").fill("wrong");
      await page.keyboard.press("Enter");
      await page.getByText("The token is not the collector's").waitFor();
      assert.equal(await page.locator("#main").isVisible(), false);
      assert.equal(await page.locator("#collector").textContent(), "");
      await page.getByLabel("Bearer token").fill(TOKEN);
      await page.keyboard.press("Enter");
      await page.locator("#main").waitFor();
      assert.equal(await page.locator("#trouble").isVisible(), false);
      assert.equal(await page.evaluate("localStorage.length + document.cookie.length"), 0);
      assert.doesNotMatch(await page.content(), /a-token-that/);
      await page.reload();
      await page.locator("#main").waitFor();
      await page.getByRole("button", { name: "Forget token" }).click();
      await page.getByLabel("Bearer token").waitFor();
      assert.equal(await page.evaluate("sessionStorage.length"), 0);
    } finally {
      await browser.close();
      await test.stop();
    }
  });
});

describeWith(findChromium(), "the status page with 1,000 sessions", (path) => {
  it("is there within a second, in pages, searched", async () => {
    const browser = await launch(path);
    const test = await TestCollector.start({ EDGEBMP_MAX_SESSIONS_PER_SOURCE: "0" });
    try {
      for (let i = 0; i < MANY; i++) await test.router(quietRouter(`router-${i}`));
      await test.until("/api/v1/status", ({ peers }) => peers.up === MANY);
      const url = `http://127.0.0.1:${test.port}/`;
      // The best of three: the machine has other things to do.
      let tookMs = Infinity;
      for (let i = 0; i < 3; i++) {
        const { page } = await openPage(browser, url, { script: NOTE_ROWS });
        await page.locator("tr.session").nth(49).waitFor();
        tookMs = Math.min(tookMs, await page.evaluate("rowsAtMs") as number);
        await page.context().close();
      }
      assert.ok(tookMs < 1000, `${tookMs} ms`);
      const { page, complaints } = await openPage(browser, url);
      await page.locator("tr.session").nth(49).waitFor();
      assert.equal(await page.locator("tr.session").count(), 50);
      assert.equal(
        await page.locator("#sessions-pages span").textContent(),
        "1 to 50 of 1,000 routers",
      );
      await page.getByRole("button", { name: "Next routers" }).click();
      await page.getByText("51 to 100 of 1,000 routers").waitFor();
      await page.getByLabel("Search routers").fill("router-999");
      await page.getByText("1 router", { exact: true }).waitFor();
      assert.deepEqual(await page.locator(".toggle").allTextContents(), ["router-999"]);
      assert.deepEqual(complaints, []);
    } finally {
      await browser.close();
      await test.stop();
    }
  });
});
